import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nearestPackage } from '../files/directory.ts'
import { coded } from '../log/codes.ts'
import { inOneLine } from '../log/startup-error.ts'
import { assertNodeVersion } from '../node/node-version.ts'
import { isCommand } from './command.ts'
import type { HotOptions } from './options.ts'

/** Where the options of a preload are written, for errors. */
export const optionsSource = 'package.json "hotHook"'

/** What a preload does before Hot Hook itself is loaded; returns the options of package.json. */
export function prepare(): HotOptions | undefined {
  assertNodeVersion()
  return packageOptions()
}

/** The "hotHook" key of the package.json that is nearest to the script, or to the working directory. */
function packageOptions(): HotOptions | undefined {
  const [, given] = process.argv
  const isElsewhere = given === undefined || isCommand(given)
  const directory = nearestPackage(isElsewhere ? process.cwd() : resolve(given))
  if (directory === undefined) return undefined
  const path = join(directory, 'package.json')
  const text = textOf(path)
  // Node takes one that it may not read for none.
  if (text === undefined) return undefined
  try {
    return (JSON.parse(text) as { hotHook?: HotOptions }).hotHook
  } catch (error) {
    const message = `${path} is no valid JSON: ${(error as Error).message}`
    throw inOneLine(coded('ERR_HOT_HOOK_OPTIONS', new Error(message)))
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
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
