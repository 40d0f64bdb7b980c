import { callSites } from './call-sites.ts'

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
 * Reads the kind of an import off the stack: `import()` resolves on its caller's stack, an import
 * statement does not; a frame whose function begins at the module's first character is the module
 * itself, still being evaluated (async frames count).
 *
 * @param parentUrl URL of the importing module, with its version
 * @param cleanUrl the same without: stack frames carry either
 * @param above the hook, to be left out of the stack
 */
export function importSite(
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
export function isRequireResolve(above: (...args: never[]) => unknown): boolean {
  for (const site of callSites(above)) {
    const name = site.getFileName()
    if (!name?.startsWith('node:internal/')) continue
    if (name.endsWith('/modules/helpers')) return /resolve$/.test(site.getFunctionName() ?? '')
  }
  return false
}
