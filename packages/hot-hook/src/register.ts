import { readFileSync } from 'node:fs'
import module from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { enableCompileCache } from './compile-cache.ts'
import type { HotOptions } from './options.ts'
import { inOneLine } from './startup-error.ts'

/** The "hotHook" key of the package.json that is nearest to the script, or to the directory. */
function packageOptions(): HotOptions | undefined {
  // An old Node is told so by `register`.
  if (typeof module.findPackageJSON !== 'function') return undefined
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

const options = packageOptions()
// Before Hot Hook itself is loaded: it is a large file.
if (options?.compileCache !== false) enableCompileCache()
const { hot } = await import('./index.ts')
await hot.register(options, 'package.json "hotHook"')
