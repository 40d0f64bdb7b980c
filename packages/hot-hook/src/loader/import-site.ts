import type { ModuleNode } from '../graph/module-graph.ts'
import { callSites } from './call-sites.ts'
import { hasStartedUp, isRequiring } from './commonjs.ts'
import { withoutVersion } from './module-url.ts'

/** Who asks the resolver. */
export type ImportSite =
  /** An import statement that is being linked. */
  | 'static'
  /** An `import()` while its module is still being evaluated. */
  | 'start-up'
  /** An `import()` of a module that has started up. */
  | 'later'
  /** `import.meta.resolve()` or `require.resolve()`: nothing will be loaded. */
  | 'resolve'

/**
 * Where a request comes from: a CommonJS module knows by itself whether it has started up, all else
 * is read off the stack.
 *
 * @param parentUrl URL of the importing module, with its version
 * @param above the hook, to be left out of the stack
 */
export function requestSite(
  parentUrl: string,
  importer: ModuleNode,
  isRequire: boolean,
  above: (...args: never[]) => unknown,
): ImportSite {
  if (isRequire) {
    if (!isRequiring(importer.file) && isRequireResolve(above)) return 'resolve'
    const isStarted = hasStartedUp(importer.file) ?? (importer.isCommonJs || undefined)
    if (isStarted !== undefined) return isStarted ? 'later' : 'static'
  }
  return importSite(parentUrl, withoutVersion(parentUrl), importer.file, above)
}

/**
 * Reads the kind of an import off the stack: `import()` resolves on its caller's stack, an import
 * statement does not; a frame whose function begins at the module's first character is the module
 * itself, still being evaluated (async frames count).
 *
 * @param parentUrl URL of the importing module, with its version
 * @param cleanUrl the same without: stack frames carry either
 * @param above the hook, to be left out of the stack
 */
function importSite(
  parentUrl: string,
  cleanUrl: string,
  parentFile: string,
  above: (...args: never[]) => unknown,
): ImportSite {
  let isCalled = false
  let isResolve = false
  for (const site of callSites(above)) {
    const name = site.getFileName()
    if (!name) continue
    if (!isCalled && name.endsWith('/esm/initialize_import_meta')) isResolve = true
    if (name !== parentUrl && name !== cleanUrl && name !== parentFile) continue
    isCalled = true
    if (site.getEnclosingLineNumber() === 1 && site.getEnclosingColumnNumber() === 1) {
      return isResolve ? 'resolve' : 'start-up'
    }
  }
  if (isResolve) return 'resolve'
  return isCalled ? 'later' : 'static'
}

/** Whether the resolver is asked by `require.resolve()`: only the stack tells it from `require()`. */
function isRequireResolve(above: (...args: never[]) => unknown): boolean {
  for (const site of callSites(above)) {
    const name = site.getFileName()
    if (!name?.startsWith('node:internal/')) continue
    if (name.endsWith('/modules/helpers')) return /resolve$/.test(site.getFunctionName() ?? '')
  }
  return false
}
