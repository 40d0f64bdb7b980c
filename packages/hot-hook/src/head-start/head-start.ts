import { entriesOf, isSameLook, stamp } from '../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { evict } from '../loader/commonjs/commonjs.ts'
import type { Loader } from '../loader/hooks.ts'
import { fileOf, isOwn, versionedUrl, withoutVersion } from '../loader/instances/module-url.ts'
import { runtimeKey } from '../loader/sources/additions.ts'
import { prepareLooks } from '../loader/sources/save-check.ts'
import type { SyntheticModules } from '../loader/synthetic-modules.ts'
import { ownModule } from '../node/own-module.ts'
import type { HeadStartApi, PackageWatch } from '../reload/protocol.ts'
import type { Freshness } from '../watch/freshness.ts'
import { findAhead } from './find-ahead.ts'
import { type ModuleKind, packageOrder } from './package-order.ts'

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

/**
 * Loads a program before it is to start. Its modules are linked, which runs nothing; the packages that it
 * evaluates first are evaluated, in its own order. What has changed when it starts is loaded again.
 */
export class HeadStart implements HeadStartApi {
  readonly #host: HeadStartHost
  /** The URLs that import statements came to, in order, by the module that has them. */
  readonly #requests = new Map<string, string[]>()
  /** The files of packages, as they were before they were read. */
  readonly #packageFiles = new Map<string, ReturnType<typeof stamp>>()
  /** What directories contain, where a loader may find another file for an import than Node. */
  readonly #directories = new Map<string, string>()
  #entry: ModuleNode | undefined
  /** Under which the entry is linked, one after the other; it starts under its file's own URL. */
  #aheadVersion = 0
  #evaluated: readonly string[] = []
  /** A module of the program that a package asks for: it would run too early. */
  #intruder: string | undefined
  #isEvaluating = false
  readonly #replaced = new Set<ModuleNode>()

  constructor(host: HeadStartHost) {
    this.#host = host
  }

  async link(entry: string): Promise<string[]> {
    const { graph, loader } = this.#host
    loader.headStart = this
    this.#entry = graph.ensure(fileOf(entry), entry)
    await this.#link(this.#entry)
    prepareLooks(graph.modules())
    return this.#order(entry)
  }

  async evaluate(packages: readonly string[], watch: PackageWatch): Promise<void> {
    const { synthetic } = this.#host
    this.#isEvaluating = true
    this.#evaluated = packages
    this.watch = watch
    const mark = (index: number) => text(synthetic.add(`${api}.watch.enter(${index})`))
    const imports = packages.map((url, index) => `import ${mark(index)};import ${text(url)};`)
    const end = text(synthetic.add(`${api}.watch.leave()`))
    await ownModule.import(synthetic.add(`${imports.join('')}import ${end}`))
    this.#isEvaluating = false
    if (this.#intruder !== undefined) throw new Error(`a package has loaded ${this.#intruder}`)
  }

  find(script: string): () => string | undefined {
    const { graph, loader } = this.#host
    // Another loader may do more than to find when it is asked.
    if (!loader.isPlain) return () => undefined
    const files = this.#entry ? this.#packageFiles.keys() : [script]
    const linked = [...graph.modules()].map(({ file }) => file)
    return findAhead(files, linked, (call) => loader.resolving(call))
  }

  /** Called by the modules that stand between the packages. */
  watch: PackageWatch | undefined
  /** Thrown where nothing is to be evaluated any more. */
  readonly stop = stop

  async refresh(): Promise<string | undefined> {
    const { graph, freshness } = this.#host
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
    if (changed.length === 0) return undefined
    const ignored = this.#raise([entry, ...changed])
    if (ignored) return `${ignored.file} imports what has changed`
    await this.#link(entry)
    const order = this.#order(entry.url)
    const isSame = this.#evaluated.every((url, index) => order[index] === url)
    return isSame ? undefined : 'the program imports packages in another order'
  }

  start(): void {
    const { loader } = this.#host
    loader.headStart = undefined
    this.#host.startsNow()
    if (!this.#entry) return
    this.#raise([this.#entry])
    loader.instances.release(this.#entry, 0)
    this.#entry.version = 0
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
  requested(parentUrl: string | undefined, url: string): void {
    if (this.#isEvaluating) {
      if (this.#kind.isOwn(url)) this.#intruder ??= fileOf(url)
      return
    }
    if (parentUrl === undefined) return
    const known = this.#requests.get(parentUrl)
    if (known) known.push(url)
    else this.#requests.set(parentUrl, [url])
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

  /** Links the program as it is now, its entry under a URL that only this uses. */
  async #link(entry: ModuleNode): Promise<void> {
    const { loader, synthetic } = this.#host
    loader.instances.release(entry, 0)
    // Also for modules that import it in a circle: its own URL is left to the start.
    entry.version = --this.#aheadVersion
    const ahead = versionedUrl(entry.url, entry.version)
    loader.instances.ensure(ahead, entry, entry.version, undefined)
    const end = synthetic.add(`throw ${api}.stop`)
    await ownModule
      .import(synthetic.add(`import ${text(end)};import ${text(ahead)}`))
      .catch((error) => {
        if (error !== stop) throw error
      })
    if (!loader.isPlain) this.#noteDirectories()
  }

  #order(entry: string): string[] {
    return packageOrder(entry, (url) => this.#requests.get(url) ?? [], this.#kind)
  }

  /**
   * What has changed and what imports it is loaded again; the entry is in any case.
   *
   * @returns a module of a package that imports any of it, and cannot be loaded again
   */
  #raise(changed: ModuleNode[]): ModuleNode | undefined {
    const { graph, loader } = this.#host
    const stale = new Set(changed)
    for (const node of stale) {
      for (const [importer, edge] of node.importers) if (edge.propagates) stale.add(importer)
    }
    // Node has noted the source of what it has linked.
    evict([...stale].filter(({ isCommonJs }) => isCommonJs))
    for (const node of stale) {
      if (node.isIgnored) return node
      this.#requests.delete(node.url)
      for (const orphan of graph.releaseImports(node)) this.#replaced.add(orphan)
      if (node === this.#entry) continue
      node.version = graph.nextVersion()
      loader.instances.release(node, node.version)
    }
    return undefined
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
