import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const extensions = ['.ts', '.tsx', '.mts', '.cts']

/** What Node says of TypeScript that it cannot load by itself. */
const unsupported =
  /is not supported in strip-only mode|Unknown file extension "\.tsx"|ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX/

/**
 * What helps a script that Node alone cannot load: it is TypeScript that needs a loader. `undefined` for
 * every other error.
 *
 * @param message name and message of the error that ended the script
 */
export function loaderHint(message: string, script: string): string | undefined {
  const found = unsupported.test(message) || isTypeScriptBeside(message)
  if (!found) return undefined
  return `Node alone cannot load this TypeScript. A loader can: npm i -D tsx, then hot-runner --import=tsx ${script}`
}

/** `./app.js` or `./app` is imported, and there is an `app.ts`. */
function isTypeScriptBeside(message: string): boolean {
  const [, name] =
    /(?:Cannot find module|Directory import) '(.+?)'.* imported from /.exec(message) ?? []
  if (name === undefined) return false
  const path = name.startsWith('file:') ? fileURLToPath(name) : name
  const [, stem = path, kind = ''] = /^(.*)\.([cm]?)jsx?$/.exec(path) ?? []
  const wanted = stem === path ? extensions : [`.${kind}ts`, '.tsx']
  return [stem, join(path, 'index')].some((each) =>
    wanted.some((extension) => existsSync(each + extension)),
  )
}
