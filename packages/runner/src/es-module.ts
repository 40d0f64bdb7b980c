import { readFileSync } from 'node:fs'
import module from 'node:module'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'

/** What V8 says of the syntax of ES modules in a script. */
const ofModules =
  /^(?:Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta' outside a module)/

/**
 * Node is sure to load it as an ES module.
 *
 * @param isReadByNode no loader compiles it: where its package says no type, Node takes its syntax for it
 */
export function isEsModule(file: string, isReadByNode: boolean): boolean {
  if (/\.m[jt]s$/.test(file)) return true
  if (!/\.[jt]sx?$/.test(file)) return false
  const path = module.findPackageJSON('.', pathToFileURL(file))
  try {
    const text = path === undefined ? '{}' : readFileSync(path, 'utf8')
    const { type } = JSON.parse(text) as { type?: unknown }
    if (type !== undefined || !isReadByNode || !file.endsWith('.js')) return type === 'module'
    return hasModuleSyntax(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}

/** See https://nodejs.org/api/packages.html#syntax-detection */
function hasModuleSyntax(source: string): boolean {
  try {
    new Script(module.wrap(source.replace(/^#!/, '//')))
    return false
  } catch (error) {
    return error instanceof SyntaxError && ofModules.test(error.message)
  }
}
