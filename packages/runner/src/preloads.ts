import { fileURLToPath, pathToFileURL } from 'node:url'
import { isEsModule } from './es-module.ts'
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
  const isModule = isEsModule(options.scriptFile, users.length === 0)
  const isAlone = isModule && users.length === 0
  const canRequire =
    !isAlone && users.every(({ isRequired }) => isRequired) && !files.some(isOldRegister)
  const argument = (file: string, isRequired: boolean) =>
    isRequired ? `--require=${file}` : `--import=${pathToFileURL(file).href}`
  const first = files.map((file) => argument(file, canRequire))
  if (whyImpossible(options) !== undefined) return { first, last: [] }
  // What is imported comes behind all that is required.
  const isRequired = canRequire && !isModule
  const name = isRequired ? 'wait-require.cjs' : 'wait-import.js'
  const wait = argument(ownFile(`./standby/${name}`), isRequired)
  // What is the application's own runs when the process is taken, and not before.
  return hasOwnPreload(options) ? { first: [...first, wait], last: [] } : { first, last: [wait] }
}

function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
