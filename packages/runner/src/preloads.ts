import { readFileSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ResolvedOptions } from './options.ts'
import { whyImpossible } from './standby/possible.ts'
import {
  hasOwnPreload,
  isOldRegister,
  isRegister,
  registerFile,
  usersPreloads,
} from './users-preloads.ts'

/** Options for Node that load us, around those of the user. */
export interface PreloadArguments {
  first: string[]
  last: string[]
}

/**
 * The options with which Node loads us and Hot Hook in front of everything else. With any `--import`
 * Node starts a CommonJS script through its ES module loader, where loaders that are given with `-r`
 * (ts-node, @swc-node/register) do not compile it: we use it only when the user does, or when the script is
 * an ES module, which Node loads in no other way.
 */
export function preloadArgs(options: ResolvedOptions): PreloadArguments {
  const users = usersPreloads(options)
  const register = registerFile(options.scriptFile)
  const files = [ownFile('./preload.js')]
  // hot-hook 1.x cannot be registered twice.
  if (!users.some((preload) => isRegister(preload, register, options.cwd))) files.push(register)
  const isModule = users.length === 0 && isEsModule(options.scriptFile)
  const canRequire =
    !isModule && users.every(({ isRequired }) => isRequired) && !files.some(isOldRegister)
  const argument = (file: string) =>
    canRequire ? `--require=${file}` : `--import=${pathToFileURL(file).href}`
  const first = files.map(argument)
  if (whyImpossible(options) !== undefined) return { first, last: [] }
  const wait = argument(ownFile(`./standby/wait-${canRequire ? 'require' : 'import'}.js`))
  // What is the application's own runs when the process is taken, and not before.
  return hasOwnPreload(options) ? { first: [...first, wait], last: [] } : { first, last: [wait] }
}

function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

/** Node is sure to load it as an ES module, whatever is in it. */
function isEsModule(file: string): boolean {
  if (/\.m[jt]s$/.test(file)) return true
  if (!/\.[jt]sx?$/.test(file)) return false
  const path = module.findPackageJSON('.', pathToFileURL(file))
  try {
    const text = path === undefined ? '{}' : readFileSync(path, 'utf8')
    return (JSON.parse(text) as { type?: unknown }).type === 'module'
  } catch {
    return false
  }
}
