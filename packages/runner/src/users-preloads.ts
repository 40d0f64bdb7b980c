import { createRequire } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { effectiveNodeArgs } from './node-options.ts'
import type { ResolvedOptions } from './options.ts'

/** A module that Node loads in front of the script. */
export interface Preload {
  specifier: string
  /** Given with `-r`, not with `--import` or `--loader`. */
  isRequired: boolean
}

/** The application's own Hot Hook, else the one that came with the runner. */
export function registerFile(scriptFile: string): string {
  try {
    return createRequire(scriptFile).resolve('hot-hook/register')
  } catch {
    return createRequire(import.meta.url).resolve('hot-hook/register')
  }
}

/** The register of hot-hook 1.x waits at its top level, which `-r` cannot. */
export function isOldRegister(file: string): boolean {
  return /[\\/]build[\\/]src[\\/]register\.js$/.test(file)
}

/** Whether what the user gives is the register of Hot Hook, this file. */
export function isRegister({ specifier }: Preload, file: string, cwd: string): boolean {
  if (specifier === 'hot-hook/register') return true
  try {
    const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier
    return createRequire(join(cwd, 'noop.js')).resolve(path) === file
  } catch {
    return false
  }
}

/** Whether what the user gives is a package: its own modules are the application's. */
export function isPackage({ specifier }: Preload, cwd: string): boolean {
  if (/^(?:[./\\#]|[a-z]:\\|file:|data:)/i.test(specifier)) {
    return /[\\/]node_modules[\\/]/.test(specifier)
  }
  try {
    const path = createRequire(join(cwd, 'noop.js')).resolve(specifier)
    return !isAbsolute(path) || /[\\/]node_modules[\\/]/.test(path)
  } catch {
    // It can only be imported.
    return true
  }
}

/** Whether a module of the application itself is loaded in front of the script. */
export function hasOwnPreload(options: ResolvedOptions): boolean {
  return usersPreloads(options).some(
    (preload) => !isPackage(preload, options.cwd) && !isRefresh(preload),
  )
}

/** Whether it is what `--refresh` loads in front of the script, wherever that is installed. */
function isRefresh({ specifier }: Preload): boolean {
  return specifier === createRequire(import.meta.url).resolve('@hot-hook/viewer/preload')
}

const preloadOption = /^(?:-r|--require|--import|--loader|--experimental[-_]loader)(?:=(.*))?$/s

/** What the user's own options load. */
export function usersPreloads({ env, nodeArgs }: ResolvedOptions): Preload[] {
  return preloadsIn(effectiveNodeArgs(env, nodeArgs))
}

/** What these options of Node load in front of the script. */
export function preloadsIn(args: readonly string[]): Preload[] {
  const preloads: Preload[] = []
  for (const [index, argument] of args.entries()) {
    const match = preloadOption.exec(argument)
    const specifier = match?.[1] ?? args[index + 1]
    if (!match || specifier === undefined) continue
    preloads.push({ specifier, isRequired: /^(?:-r|--require)\b/.test(argument) })
  }
  return preloads
}
