import type { Edge, EdgeKind, ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { type FullReloadPlan, propagate } from '../graph/propagate.ts'
import { evict, requireModule, requiresAgain, whenRequired } from '../loader/commonjs/commonjs.ts'
import type { Loader } from '../loader/hooks.ts'
import { versionedUrl } from '../loader/instances/module-url.ts'
import { type LoadedInstance, Transaction } from '../loader/instances/transaction.ts'
import type { Facades } from '../loader/live-bindings/facade.ts'
import { withClause } from '../loader/sources/import-attributes.ts'
import { compiles } from '../loader/sources/save-check.ts'
import type { SyntheticModules } from '../loader/synthetic-modules.ts'
import { ownModule } from '../node/own-module.ts'
import type { Disposal } from './disposal.ts'
import { Evaluated } from './evaluated.ts'
import type { Failures } from './failures.ts'
import type { HotContext } from './hot-context.ts'
import type { LeftOvers } from './left-overs.ts'
import { LoadsUnderWay } from './loads-under-way.ts'
import { unfinishedOf, watchProgress } from './overdue.ts'
import type { Registry } from './registry.ts'

/** What loads need of the rest. */
export interface LoadsHost {
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly disposal: Disposal
  readonly leftOvers: LeftOvers
  readonly failures: Failures
  readonly facades: Facades
  readonly synthetic: SyntheticModules
  readonly loader: Loader
  /** What the application has imported or required is evaluated. */
  loaded(load: Transaction): void
  fullReload(plan: FullReloadPlan): void
  /** What a load has missed is there when it has failed. */
  changed(directory: ModuleNode): void
  /** Who imports what has failed gets this error. */
  failedToLoad(error: unknown): void
  /** ES modules were loaded again: what they replace stays in memory. */
  replaced(modules: number, namespaces: readonly WeakRef<object>[]): void
}

/** New versions that have been evaluated. */
interface LoadedRoots {
  transaction: Transaction
  namespaces: Map<ModuleNode, object>
}

/** What a load has changed in the running program. */
interface Committed {
  reloaded: ModuleNode[]
  /** What has lost an importer: if nothing else asks for it, it has left the program. */
  orphans: Set<ModuleNode>
}

/** Loads new versions, one transaction at a time for each `import()` and for each update. */
export class Loads {
  readonly #host: LoadsHost
  readonly underWay = new LoadsUnderWay()
  readonly #evaluated: Evaluated

  constructor(host: LoadsHost) {
    this.#host = host
    this.#evaluated = new Evaluated(host.graph)
  }

  /** Waits until a module that is being loaded is evaluated, or has failed. */
  async evaluated(url: string): Promise<void> {
    await ownModule.import(url).catch(() => undefined)
  }

  /** Raises the versions of stale modules; what is being linked goes on with the older ones. */
  raise(stale: ReadonlySet<ModuleNode> | ModuleNode[]): void {
    const version = this.#host.graph.nextVersion()
    for (const node of stale) {
      this.underWay.pin(node)
      node.version = version
    }
    evict(stale)
  }

  /** The application imports a boundary whose version is not loaded yet. */
  import(node: ModuleNode, url: string, attributes: ImportAttributes): void {
    if (this.underWay.get(url)) return
    const { transaction } = this.#host.loader.instances.get(url) ?? {}
    if (transaction && !transaction.isEnded) return
    const load = this.#begin([node], this.#isGateNeeded, false)
    void this.#import(load, url, attributes).then(
      () => load.isEnded || this.#host.loaded(load),
      () => undefined,
    )
  }

  /** A lazy `require()` asks for a module that is not loaded: a load that ends when it returns. */
  require(node: ModuleNode): Transaction {
    const url = versionedUrl(node.url, node.version)
    const known = this.underWay.get(url)
    if (known) return known
    const load = this.#begin([node], this.#host.registry.awaitsDisposal, false)
    this.underWay.add(url, load)
    whenRequired(node, (failure) => {
      this.underWay.remove(url, load)
      if (!failure) this.#host.loaded(load)
      else this.#fail(load, failure.error)
    })
    return load
  }

  /**
   * Compiles, links and evaluates the new versions of `roots`; `undefined` when that failed or was
   * superseded.
   *
   * @param overdue called when it takes too long
   */
  async loadRoots(roots: ModuleNode[], overdue: () => void): Promise<LoadedRoots | undefined> {
    const { synthetic, facades, loader } = this.#host
    const transaction = this.#begin(roots, this.#isGateNeeded, true)
    // A save during the load raises versions: these are the ones that it loads.
    const urls = new Map<ModuleNode, string>()
    for (const root of roots) {
      if (!isOnlyRequired(root)) urls.set(root, versionedUrl(root.url, root.version))
    }
    const update = synthetic.addUpdate(
      [...urls].map(([root, url]) => ({
        url,
        names: facades.namesOf(root),
        attributes: withClause(loader.instances.attributesOf(root)),
      })),
    )
    try {
      if (urls.size > 0) await this.#import(transaction, update, {}, overdue)
      for (const root of roots) if (isOnlyRequired(root)) await this.#require(transaction, root)
      return { transaction, namespaces: await namespacesOf(urls, loader) }
    } catch {
      return undefined
    } finally {
      synthetic.removeUpdate(update)
    }
  }

  /** What the load has brought is the running program from now on. */
  async commit(transaction: Transaction): Promise<Committed> {
    const { graph, registry, facades, loader, disposal } = this.#host
    const reloaded: ModuleNode[] = []
    const orphans = new Set<ModuleNode>()
    const undisposed: HotContext[] = []
    const namespaces: WeakRef<object>[] = []
    this.#evaluated.adopt(transaction)
    for (const instance of transaction.instances) {
      const { node, version } = instance
      instance.transaction = undefined
      if (node.running !== undefined && node.running >= version && version > 0) continue
      if (node.running !== undefined) reloaded.push(node)
      undisposed.push(
        ...registry.olderThan(node, version).filter(({ hasDisposers }) => hasDisposers),
      )
      const lost = graph.commit(node, version, (edge, kind) => asksAgain(instance, edge, kind))
      for (const orphan of lost) orphans.add(orphan)
      registry.commit(node, version)
      facades.release(node, version)
      namespaces.push(...loader.instances.release(node, version))
    }
    transaction.end(false)
    this.#host.leftOvers.replaced(transaction, reloaded)
    this.#noteReplaced(transaction, namespaces)
    this.#propagatePinned(transaction)
    if (undisposed.length > 0) await disposal.dispose(undisposed)
    return { reloaded, orphans }
  }

  #begin(roots: ModuleNode[], isGated: boolean, isUpdate: boolean): Transaction {
    const transaction = new Transaction(roots, isGated, isUpdate)
    this.#host.leftOvers.begin(transaction)
    return transaction
  }

  /** Something waits to be disposed, perhaps by what another load is about to evaluate. */
  get #isGateNeeded(): boolean {
    const { registry, disposal } = this.#host
    return registry.awaitsDisposal || disposal.isPruning || this.underWay.areGated
  }

  async #import(
    transaction: Transaction,
    url: string,
    attributes: ImportAttributes,
    overdue: () => void = () => undefined,
  ): Promise<void> {
    this.underWay.add(url, transaction)
    const unwatch = watchProgress(transaction, () => {
      void this.#noteOverdue(transaction).finally(overdue)
    })
    // When it is committed, or has failed; one that is superseded may never settle.
    void transaction.ended.then(() => this.underWay.remove(url, transaction))
    try {
      this.#host.loader.instances.note(url, await ownModule.import(url, { with: attributes }))
      this.#host.failures.forget(transaction)
    } catch (error) {
      if (!transaction.isEnded) this.#fail(transaction, error)
      throw error
    } finally {
      unwatch()
    }
  }

  async #noteOverdue(transaction: Transaction): Promise<void> {
    const unfinished = await unfinishedOf(transaction)
    if (transaction.isEnded) return
    // A first load replaces nothing: the program waits for it as it does without us.
    const isFirst = transaction.roots.every((root) => root.running === undefined)
    if (isFirst && !transaction.isUpdate) return
    this.#host.failures.noteOverdue(transaction, unfinished)
  }

  /** An ES import of a CommonJS module would leave something in memory for every version. */
  async #require(transaction: Transaction, root: ModuleNode): Promise<void> {
    const { graph, disposal } = this.#host
    const url = versionedUrl(root.url, root.version)
    this.underWay.add(url, transaction)
    try {
      // A require() waits for nothing: what it replaces is disposed before, if it will compile.
      const stale = [...graph.closure(root)].filter((node) => node.isCommonJs && node.isStale)
      if (transaction.isGated && stale.every(compiles))
        await disposal.disposeReplaced(transaction, stale)
      requireModule(root)
    } catch (error) {
      this.#fail(transaction, error)
      throw error
    } finally {
      this.underWay.remove(url, transaction)
    }
  }

  #noteReplaced({ instances }: Transaction, namespaces: readonly WeakRef<object>[]): void {
    const isReplaced = ({ node, version }: LoadedInstance) => version > 0 && !node.isCommonJs
    const modules = [...instances].filter(isReplaced).length
    if (modules > 0) this.#host.replaced(modules, namespaces)
  }

  #fail(transaction: Transaction, error: unknown): void {
    transaction.end(true)
    this.#noteReplaced(transaction, [])
    this.#evaluated.note(transaction)
    const found = this.#host.loader.noteFailure(error)
    this.#host.failures.note(transaction, error)
    this.#host.failedToLoad(error)
    if (found) this.#host.changed(found)
  }

  /** What changed while the load was linked is due for modules whose imports are known only now. */
  #propagatePinned(transaction: Transaction): void {
    const late = [...transaction.pinned.keys()].filter((node) => node.isStale)
    if (late.length === 0) return
    const plan = propagate(late, this.#host.registry)
    if (plan.kind === 'full-reload') this.#host.fullReload(plan)
    // What is due has its new version already.
    else this.raise([...plan.stale].filter((node) => node.isCurrent))
  }
}

/** The namespaces of modules that have been evaluated under these URLs. */
async function namespacesOf(
  urls: Map<ModuleNode, string>,
  loader: Loader,
): Promise<Map<ModuleNode, object>> {
  const namespaces = new Map<ModuleNode, object>()
  for (const [node, url] of urls) {
    const namespace = await ownModule.import(url, {
      with: loader.instances.attributesOf(node),
    })
    namespaces.set(node, loader.instances.note(url, namespace))
  }
  return namespaces
}

/** An edge stays when the new instance has the `import()` too and has not come to it yet. */
function asksAgain(instance: LoadedInstance, edge: Edge, kind: EdgeKind): boolean {
  const { lexed, node } = instance
  if (kind === 'watch') return false
  // Node does not ask again what has been required before.
  if (requiresAgain(node, edge)) return true
  if (kind === 'static' || !lexed) return false
  return (
    lexed.hasComputedImport ||
    [...edge.specifiers.keys()].some((given) => lexed.dynamics.has(given))
  )
}

/** No ES module imports it: it is loaded with `require()`. */
function isOnlyRequired(node: ModuleNode): boolean {
  return node.isCommonJs && [...node.importers.keys()].every((importer) => importer.isCommonJs)
}
