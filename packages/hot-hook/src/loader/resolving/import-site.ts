import type { ModuleNode } from '../../graph/module-graph.ts'
import { hasStartedUp, isRequiring } from '../commonjs/commonjs.ts'
import { isOwn, withoutVersion } from '../instances/module-url.ts'
import { callSites } from './call-sites.ts'

/** Who asks the resolver. */
export type ImportSite =
  /** An import statement that is being linked, or a `require()` while its module is evaluated. */
  | 'static'
  /** An `import()` or lazy `require()` while the program starts up, a module is evaluated, or an accept callback runs. */
  | 'start-up'
  /** One of a program that has started up. */
  | 'later'
  /** `import.meta.resolve()` or `require.resolve()`: nothing will be loaded. */
  | 'resolve'

/** A request for a module, as the `resolve` hook gets it. */
interface ModuleRequest {
  /** URL of the importing module, with its version. */
  parentUrl: string
  importer: ModuleNode
  isRequire: boolean
  /** The program starts up, or puts a part of itself together again. */
  isWiring: boolean
}

/**
 * Where a request comes from, read off the stack: `import()` and `require()` resolve on their
 * caller's stack, an import statement does not.
 *
 * @param above the hook, to be left out of the stack
 */
export function requestSite(
  request: ModuleRequest,
  above: (...args: never[]) => unknown,
): ImportSite {
  const { importer, isRequire, isWiring } = request
  if (isRequire && !isRequiring(importer.file) && isRequireResolve(above)) return 'resolve'
  // A CommonJS module knows by itself whether it is being evaluated.
  if (isRequire && hasStartedUp(importer) === false) return 'static'
  const { isCalled, isResolve, evaluating } = readStack(request, above)
  if (isResolve) return 'resolve'
  if (!isCalled && !isRequire) return 'static'
  // Node 22 asks for what TypeScript requires as for an import.
  if ((isRequire || importer.isCommonJs) && evaluating === 'importer') return 'static'
  return !isWiring && evaluating === undefined ? 'later' : 'start-up'
}

/** What the stack says: async frames count. */
function readStack(
  { parentUrl, importer }: ModuleRequest,
  above: (...args: never[]) => unknown,
): { isCalled: boolean; isResolve: boolean; evaluating: 'importer' | 'other' | undefined } {
  // Frames carry either of the names.
  const names = new Set([parentUrl, withoutVersion(parentUrl), importer.file])
  // Who listens to what Node tells of a require() is on the stack himself.
  let isOutside = false
  let isCalled = false
  let isResolve = false
  let evaluating: 'importer' | 'other' | undefined
  for (const site of callSites(above)) {
    const name = site.getFileName()
    if (!name) continue
    if (isOwn(name)) {
      // A handler of an update: the module that waits for it has not called it.
      if (isOutside) break
      continue
    }
    isOutside = true
    if (!isCalled && name.endsWith('/esm/initialize_import_meta')) isResolve = true
    const isImporter = names.has(name)
    if (isImporter) isCalled = true
    if (evaluating !== 'importer' && isModuleBody(site) && !name.startsWith('node:')) {
      evaluating = isImporter ? 'importer' : 'other'
    }
  }
  return { isCalled, isResolve, evaluating }
}

/** The function that a module is: it begins at the first character of its file and has no name. */
function isModuleBody(site: NodeJS.CallSite): boolean {
  return (
    site.getEnclosingLineNumber() === 1 &&
    site.getEnclosingColumnNumber() === 1 &&
    !site.getFunctionName()
  )
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
