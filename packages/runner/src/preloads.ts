import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { effectiveNodeArgs } from './node-options.ts'
import type { ResolvedOptions } from './options.ts'

/** A module that Node loads in front of the script. */
interface Preload {
  specifier: string
  /** Given with `-r`, not with `--import` or `--loader`. */
  isRequired: boolean
}

/**
 * The options with which Node loads us and Hot Hook in front of everything else. With any `--import`
 * Node starts a CommonJS script through its ES module loader, where loaders that are given with `-r`
 * (ts-node, @swc-node/register) do not compile it: we use it only when the user does.
 */
export function preloadArgs(options: ResolvedOptions): string[] {
  const users = usersPreloads(options)
  const register = registerFile(options.scriptFile)
  const files = [fileURLToPath(new URL('./preload.js', import.meta.url))]
  // hot-hook 1.x cannot be registered twice.
  if (!users.some((preload) => isRegister(preload, register, options.cwd))) files.push(register)
  const canRequire = users.every(({ isRequired }) => isRequired) && files.every(isRequirable)
  return files.map((file) =>
    canRequire ? `--require=${file}` : `--import=${pathToFileURL(file).href}`,
  )
}

/** The application's own Hot Hook, else the one that came with the runner. */
function registerFile(scriptFile: string): string {
  try {
    return createRequire(scriptFile).resolve('hot-hook/register')
  } catch {
    return createRequire(import.meta.url).resolve('hot-hook/register')
  }
}

/** The register of hot-hook 1.x waits at its top level, which `-r` cannot. */
function isRequirable(file: string): boolean {
  return !/[\\/]build[\\/]src[\\/]register\.js$/.test(file)
}

function isRegister({ specifier }: Preload, file: string, cwd: string): boolean {
  if (specifier === 'hot-hook/register') return true
  try {
    const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier
    return createRequire(join(cwd, 'noop.js')).resolve(path) === file
  } catch {
    return false
  }
}

const preloadOption = /^(?:-r|--require|--import|--loader|--experimental[-_]loader)(?:=(.*))?$/s

/** What the user's own options load. */
function usersPreloads({ env, nodeArgs }: ResolvedOptions): Preload[] {
  const preloads: Preload[] = []
  const args = effectiveNodeArgs(env, nodeArgs)
  for (const [index, argument] of args.entries()) {
    const match = preloadOption.exec(argument)
    const specifier = match?.[1] ?? args[index + 1]
    if (!match || specifier === undefined) continue
    preloads.push({ specifier, isRequired: /^(?:-r|--require)\b/.test(argument) })
  }
  return preloads
}
