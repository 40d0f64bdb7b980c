import { entriesOf, isSameLook, stamp } from '../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { Loader } from '../loader/hooks.ts'
import { fileOf, isOwn, versionedUrl, withoutVersion } from '../loader/instances/module-url.ts'
import { runtimeKey } from '../loader/sources/additions.ts'
import { lex } from '../loader/sources/lexer.ts'
import type { SyntheticModules } from '../loader/synthetic-modules.ts'
import type { HeadStartApi, PackageWatch } from '../reload/protocol.ts'
import type { Freshness } from '../watch/freshness.ts'
import { type ImportRequest, type ModuleKind, packageOrder } from './package-order.ts'

interface HeadStartHost {
  readonly graph: ModuleGraph
  readonly freshness: Pick<Freshness, 'check'>
  readonly synthetic: SyntheticModules
  readonly loader: Loader
  /** The program starts now. */
  startsNow(): void
  /** A file is no part of the program any more. */
  unwatch(node: ModuleNode): void
}

/** How modules that exist only in this process reach this. */
const api = `globalThis[Symbol.for("${runtimeKey}")].headStart`
/** Evaluation ends here: what is imported behind it is linked and does not run. */
const stop = Symbol('stop')
/** The version under which the entry is linked; it starts later as its file's own URL. */
const aheadVersion = -1

/**
 * Loads a program before it is to start. Its modules are linked, which runs nothing; the packages that it
 * evaluates first are evaluated, in its own order. What has changed when it starts is loaded again.
 */
export class HeadStart implements HeadStartApi {
  readonly #host: HeadStartHost
  readonly #requests = new Map<string, ImportRequest[]>()
  /** The files of packages, as they were before they were read. */
  readonly #packageFiles = new Map<string, ReturnType<typeof stamp>>()
  /** What directories contain, where a loader may find another file for an import than Node. */
  readonly #directories = new Map<string, string>()
  #entry: ModuleNode | undefined
  #reasons = new Map<string, string[]>()
  #hasPackages = false
  /** A module of the program that a package asks for: it would run too early. */
  #intruder: string | undefined
  #isEvaluating = false
  readonly #replaced = new Set<ModuleNode>()

  constructor(host: HeadStartHost) {
    this.#host = host
  }

  async link(entry: string): Promise<string[]> {
    const { graph, loader, synthetic } = this.#host
    loader.headStart = this
    this.#entry = graph.ensure(fileOf(entry), entry)
    // Also for modules that import it in a circle: its own URL is left to the start.
    this.#entry.version = aheadVersion
    const ahead = versionedUrl(entry, aheadVersion)
    loader.instances.ensure(ahead, this.#entry, aheadVersion, undefined)
    const end = synthetic.add(`throw ${api}.stop`)
    const root = synthetic.add(`import ${text(end)};import ${text(ahead)}`)
    await import(root).catch((error) => {
      if (error !== stop) throw error
    })
    const requestsOf = (url: string) => this.#requests.get(url) ?? []
    const { packages, reasons } = packageOrder(entry, requestsOf, this.#kind)
    this.#reasons = reasons
    if (!loader.isPlain) this.#noteDirectories()
    return packages
  }

  async evaluate(packages: readonly string[], watch: PackageWatch): Promise<void> {
    const { synthetic } = this.#host
    this.#isEvaluating = true
    this.#hasPackages = packages.length > 0
    this.watch = watch
    const mark = (index: number) => text(synthetic.add(`${api}.watch.enter(${index})`))
    const imports = packages.map((url, index) => `import ${mark(index)};import ${text(url)};`)
    const end = text(synthetic.add(`${api}.watch.leave()`))
    await import(synthetic.add(`${imports.join('')}import ${end}`))
    this.#isEvaluating = false
    if (this.#intruder !== undefined) throw new Error(`a package has loaded ${this.#intruder}`)
  }

  /** Called by the modules that stand between the packages. */
  watch: PackageWatch | undefined
  /** Thrown where nothing is to be evaluated any more. */
  readonly stop = stop

  take(): string | undefined {
    const { graph, loader, freshness } = this.#host
    loader.headStart = undefined
    this.#host.startsNow()
    const entry = this.#entry
    // Nothing was loaded ahead.
    if (!entry) return undefined
    for (const [file, look] of this.#packageFiles) {
      if (!isSameLook(look, stamp(file))) return `${file} has changed`
    }
    for (const [directory, entries] of this.#directories) {
      if (listed(directory) !== entries) return `${directory} has other files`
    }
    const changed = freshness.check([...graph.modules()].filter((node) => node.signature))
    const reordered = this.#hasPackages
      ? changed.find((node) => this.#isReordered(node))
      : undefined
    if (reordered) return `${reordered.file} imports packages in another order`
    const stale = new Set([entry, ...changed])
    for (const node of stale) {
      for (const [importer, edge] of node.importers) if (edge.propagates) stale.add(importer)
    }
    const ignored = [...stale].find((node) => node.isIgnored)
    if (ignored) return `${ignored.file} imports what has changed`
    entry.version = 0
    loader.instances.release(entry, 0)
    this.#forgetImports(entry)
    stale.delete(entry)
    for (const node of stale) {
      node.version = graph.nextVersion()
      loader.instances.release(node, node.version)
      this.#forgetImports(node)
    }
    return undefined
  }

  /** The program has started up: what it no longer imports is no part of it. */
  settled(): void {
    const { graph, unwatch } = this.#host
    const alive = new Set<ModuleNode>()
    for (const node of this.#replaced) {
      if (graph.get(node.file) !== node || graph.isReachable(node, alive)) continue
      graph.remove(node)
      unwatch(node)
      for (const orphan of graph.releaseImports(node)) this.#replaced.add(orphan)
    }
    this.#replaced.clear()
  }

  /** The `resolve` hook: what a module asks for. */
  requested(parentUrl: string | undefined, specifier: string, url: string): void {
    if (this.#isEvaluating) {
      if (this.#kind.isOwn(url)) this.#intruder ??= fileOf(url)
      return
    }
    if (parentUrl === undefined) return
    const known = this.#requests.get(parentUrl)
    if (known) known.push({ specifier, url })
    else this.#requests.set(parentUrl, [{ specifier, url }])
  }

  /** The `load` hook is about to load a file of a package. */
  loading(url: string): void {
    if (url.startsWith('file:')) this.#packageFiles.set(fileOf(url), stamp(fileOf(url)))
  }

  readonly #kind: ModuleKind = {
    isNothing: (url) => url.startsWith('node:') || url.endsWith('.json') || isOwn(url),
    isOwn: (url) => this.#host.graph.getByUrl(withoutVersion(url))?.isIgnored === false,
    isPackage: (url) =>
      url.startsWith('file:') && url.includes('/node_modules/') && !/\.(?:node|wasm)$/.test(url),
  }

  #noteDirectories(): void {
    for (const { file } of this.#host.graph.modules()) {
      const directory = file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
      if (!this.#directories.has(directory)) this.#directories.set(directory, listed(directory))
    }
  }

  /** Whether a module that has changed may ask for other packages than before, or in another order. */
  #isReordered(node: ModuleNode): boolean {
    const expected = this.#reasons.get(node.url)
    if (!expected) return false
    // What another loader makes of its imports is not known before it is loaded.
    const instance = this.#host.loader.instances.latest(node.url)
    if (instance?.isUntouched !== true || !instance.isFinal || !this.#host.loader.isPlain)
      return true
    const found = [...lex(node.signature?.source ?? '').statics]
    const asked = found.filter((specifier) => !specifier.startsWith('node:'))
    return expected.some((specifier, index) => asked[index] !== specifier)
  }

  #forgetImports(node: ModuleNode): void {
    for (const orphan of this.#host.graph.releaseImports(node)) this.#replaced.add(orphan)
  }
}

function text(url: string): string {
  return JSON.stringify(url)
}

function listed(directory: string): string {
  try {
    return entriesOf(directory)
  } catch {
    return ''
  }
}
