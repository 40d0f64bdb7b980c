// Built as CommonJS: Node loads it with `-r` and with `--import`, and every old Node can read it.
import { readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { enableCompileCache } from './compile-cache.ts'
import { assertNodeVersion } from './node-version.ts'
import type { HotOptions } from './options.ts'
import { inOneLine } from './startup-error.ts'

/** The "hotHook" key of the package.json that is nearest to the script, or to the directory. */
function packageOptions(): HotOptions | undefined {
  const script = process.argv[1] ?? join(process.cwd(), 'index.js')
  const path = module.findPackageJSON('.', pathToFileURL(script))
  // Where there is none, Node 24 and newer give the place from which they looked.
  if (path === undefined || basename(path) !== 'package.json') return undefined
  const text = readFileSync(path, 'utf8')
  try {
    return (JSON.parse(text) as { hotHook?: HotOptions }).hotHook
  } catch (error) {
    const message = `${path} is no valid JSON: ${(error as Error).message}`
    throw inOneLine(Object.assign(new Error(message), { code: 'ERR_HOT_HOOK_OPTIONS' }))
  }
}

function register(): void {
  assertNodeVersion()
  const options = packageOptions()
  // Before Hot Hook itself is loaded: it is a large file.
  if (options?.compileCache !== false) enableCompileCache()
  // Not an import(): with `-r` nothing can be waited for.
  const { hot } = createRequire(__filename)('./index.js') as typeof import('./index.ts')
  hot.register(options, 'package.json "hotHook"')
}

/** Options or a Node that cannot be used: the message says it all. */
function isUsersError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^ERR_HOT_HOOK_/.test(String(error.code))
}

try {
  register()
} catch (error) {
  if (!isUsersError(error)) throw error
  process.stderr.write(`[hot-hook] ${error.message}\n`)
  process.exit(1)
}
