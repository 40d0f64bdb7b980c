import { channel } from 'node:diagnostics_channel'
import module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Edge, type ModuleNode, mayName } from '../../graph/module-graph.ts'
import { versionedUrl, withoutVersion } from '../instances/module-url.ts'

type CommonJsModule = NodeJS.Module & { children: NodeJS.Module[] }

let requireCache: NodeJS.Dict<NodeJS.Module> | undefined

/** Asked for when it is needed: a program without CommonJS starts without. */
function cache(): NodeJS.Dict<NodeJS.Module> {
  requireCache ??= createRequire(import.meta.url).cache
  return requireCache
}

/** What Node calls CommonJS: TypeScript included. */
export function isCommonJs(format: string | null | undefined): boolean {
  return format?.startsWith('commonjs') === true
}

/**
 * The names that a module may have in require.cache: its file, or what tsx makes of the URL of a
 * version that was imported.
 */
function cacheKeysOf({ file, version, running = 0 }: ModuleNode): string[] {
  if (version === 0 && running === 0) return [file]
  return [file, versionedUrl(file, version), versionedUrl(file, running)]
}

function cachedModule(node: ModuleNode): NodeJS.Module | undefined {
  for (const key of cacheKeysOf(node)) if (cache()[key]) return cache()[key]
  return undefined
}

/** Whether a module is in require.cache and has started up; `undefined` when it is not there. */
export function hasStartedUp(node: ModuleNode): boolean | undefined {
  return cachedModule(node)?.loaded
}

/** Whether a `require()` of the module would be answered from the cache. */
export function isCached(node: ModuleNode): boolean {
  return cachedModule(node) !== undefined
}

/** Whether a loader that was given with `-r` compiles the module: it puts its own method on it. */
export function isCompiledByLoader(node: ModuleNode): boolean {
  const loading = cachedModule(node)
  return loading !== undefined && Object.hasOwn(loading, '_compile')
}

/** What `require()` gives for a file, when it has been loaded. */
export function exportsOf(node: ModuleNode): { exports: unknown } | undefined {
  return node.isCommonJs ? cachedModule(node) : undefined
}

/** Loads the module anew, now. */
export function requireModule(node: ModuleNode): void {
  // A function of its own each time: it keeps all that it has ever required.
  createRequire(import.meta.url)(node.file)
}

let runs = 0

/**
 * Runs a module that an ES import has put into require.cache and not run yet; one that is under way is
 * left alone. Where Node remembers what a specifier means in a directory, a `require()` would take the
 * first for the second, and give its empty exports.
 */
export function runImported({ file }: ModuleNode): void {
  const own = fileURLToPath(import.meta.url)
  const parent = new module.Module(own)
  // In a directory of its own nothing is remembered.
  Object.assign(parent, { filename: own, path: `${own}/${++runs}` })
  try {
    parent.require(file)
  } catch (error) {
    throwNext(file, error)
  }
}

/** What has failed is not run again: the `require()` that is under way throws the same error. */
function throwNext(file: string, error: unknown): void {
  const failed = new module.Module(file)
  failed.loaded = true
  Object.defineProperty(failed, 'exports', {
    get() {
      throw error
    },
  })
  cache()[file] = failed
  calls.at(-1)?.ends.push(() => {
    if (cache()[file] === failed) delete cache()[file]
  })
}

/**
 * Takes modules out of require.cache, so that the next `require()` or `import()` evaluates them.
 * The modules that required them no longer hold them: Node never lets go of `module.children`.
 */
export function evict(nodes: Iterable<ModuleNode>): void {
  for (const node of nodes) {
    const old = cachedModule(node)
    if (!old) continue
    for (const key of cacheKeysOf(node)) delete cache()[key]
    for (const importer of node.importers.keys()) {
      const parent = cachedModule(importer) as CommonJsModule | undefined
      const at = parent?.children.indexOf(old) ?? -1
      if (at >= 0) parent?.children.splice(at, 1)
    }
  }
}

/** How a `require()` that is under way ended. */
type RequireEnd = (failure: { error: unknown } | undefined) => void

/** The calls under way, the innermost last: what Node tells of each, and who waits for its end. */
const calls: { event: object; ends: RequireEnd[] }[] = []
let isTracing = false

/**
 * Follows `require()` calls from now on: a program without CommonJS does not pay for it.
 *
 * @param called told the file that requires, and the specifier, also where its cache answers
 */
export function traceRequires(called: (file: string, specifier: string) => void): void {
  if (isTracing) return
  isTracing = true
  // Node's public channel; its event object is the same from the start of a call to its end.
  channel('tracing:module.require:start').subscribe((event) => {
    const { parentFilename, id } = event as { parentFilename?: string; id: string }
    calls.push({ event: event as object, ends: [] })
    if (parentFilename !== undefined) called(withoutVersion(parentFilename), id)
  })
  channel('tracing:module.require:end').subscribe((event) => {
    const at = calls.findLastIndex((call) => call.event === event)
    if (at < 0) return
    const [ended] = calls.splice(at)
    const failure = 'error' in (event as object) ? (event as { error: unknown }) : undefined
    for (const end of ended?.ends ?? []) end(failure)
  })
}

/** Whether the innermost `require()` that is known to be under way is one of `file`. */
export function isRequiring(file: string): boolean {
  const { parentFilename } = (calls.at(-1)?.event ?? {}) as { parentFilename?: string }
  return parentFilename !== undefined && withoutVersion(parentFilename) === file
}

/** Calls `end` when the `require()` that is under way has ended. */
export function whenRequired(node: ModuleNode, end: RequireEnd): void {
  const call = calls.at(-1)
  if (call) call.ends.push(end)
  // The first call of the program began before it was followed; it ends with this turn.
  else queueMicrotask(() => hasStartedUp(node) && end(undefined))
}

/** Gives every CommonJS module its `module.hot`, without touching its source. */
export function installModuleHot(hotOf: (file: string, module: object) => unknown): void {
  Object.defineProperty(module.prototype, 'hot', {
    configurable: true,
    get(this: NodeJS.Module) {
      return typeof this.filename === 'string'
        ? hotOf(withoutVersion(this.filename), this)
        : undefined
    },
    // A package that sets its own keeps it.
    set(this: NodeJS.Module, value: unknown) {
      Object.defineProperty(this, 'hot', { value, configurable: true, writable: true })
    },
  })
}

/** Resolves like a `require()` in `file`. */
export function resolveFrom(file: string, specifier: string): string {
  return createRequire(file).resolve(specifier)
}

const requireCall = /\brequire\s*\(\s*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`$\n]*)`|([^\s)]))/g

/** What a CommonJS source requires: `hasComputed` when some of it is known only when it runs. */
export function requiredSpecifiers(source: string): {
  specifiers: Set<string>
  hasComputed: boolean
} {
  const specifiers = new Set<string>()
  let hasComputed = false
  for (const [, single, double, template, computed] of source.matchAll(requireCall)) {
    if (computed) hasComputed = true
    else specifiers.add(single ?? double ?? template ?? '')
  }
  return { specifiers, hasComputed }
}

/** Whether a new instance's source still requires what an older one has required. */
export function requiresAgain(importer: ModuleNode, edge: Edge): boolean {
  const source = importer.signature?.source ?? ''
  if (!importer.isCommonJs) {
    // In an ES module the function can have any name.
    const isRequired = edge.dependency.isCommonJs && edge.specifiers.size > 0
    return isRequired && source.includes('createRequire')
  }
  // A loader may have made `require()` of an import statement: the source on disk has only the name. Node 22
  // gives the URL of what TypeScript requires that was imported.
  const isNamed = (specifier: string) =>
    specifier.startsWith('file:')
      ? mayName(source, edge.dependency.file)
      : isQuoted(source, specifier)
  return [...edge.specifiers.keys()].some(isNamed) || requiredSpecifiers(source).hasComputed
}

function isQuoted(source: string, text: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(quote + text + quote))
}

const prologue =
  /^(?:#![^\n\r]*)?(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n\r]*[\n\r]|'use strict'\s*;?|"use strict"\s*;?)*/

/** A CommonJS source with a statement in front of its first one, behind 'use strict'. */
export function prepend(source: string, statement: string): string {
  const at = prologue.exec(source)?.[0].length ?? 0
  return `${source.slice(0, at)};${statement}${source.slice(at)}`
}
