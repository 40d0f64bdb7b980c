import { readFileSync } from 'node:fs'
import module from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { coded } from '../log/codes.ts'
import { inOneLine } from '../log/startup-error.ts'
import { enableCompileCache } from '../node/compile-cache.ts'
import { assertNodeVersion } from '../node/node-version.ts'
import { isCommand } from './command.ts'
import type { HotOptions } from './options.ts'

/** Where the options of a preload are written, for errors. */
export const optionsSource = 'package.json "hotHook"'

/** What a preload does before Hot Hook itself is loaded; returns the options of package.json. */
export function prepare(): HotOptions | undefined {
  assertNodeVersion()
  const options = packageOptions()
  // Hot Hook itself is a large file.
  if (options?.compileCache !== false) enableCompileCache()
  return options
}

/** The "hotHook" key of the package.json that is nearest to the script, or to the working directory. */
function packageOptions(): HotOptions | undefined {
  const [, given] = process.argv
  const isElsewhere = given === undefined || isCommand(given)
  const script = isElsewhere ? join(process.cwd(), 'index.js') : given
  const path = module.findPackageJSON('.', pathToFileURL(script))
  // Where there is none, Node 24 and newer give the place from which they looked.
  if (path === undefined || basename(path) !== 'package.json') return undefined
  const text = readFileSync(path, 'utf8')
  try {
    return (JSON.parse(text) as { hotHook?: HotOptions }).hotHook
  } catch (error) {
    const message = `${path} is no valid JSON: ${(error as Error).message}`
    throw inOneLine(coded('ERR_HOT_HOOK_OPTIONS', new Error(message)))
  }
}

/** Options or a Node that cannot be used end the process: the message says it all. */
export function endWith(error: unknown): never {
  const isUsers =
    error instanceof Error && 'code' in error && /^ERR_HOT_HOOK_/.test(String(error.code))
  if (!isUsers) throw error
  process.stderr.write(`[hot-hook] ${error.message}\n`)
  process.exit(1)
}
