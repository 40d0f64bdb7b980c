import type { ErrorEvent, UpdateEvent } from '../events.ts'
import type { Edge, EdgeKind, ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { type Acceptance, type FullReloadPlan, type Plan, propagate } from '../graph/propagate.ts'
import {
  compiles,
  evict,
  evictUnfinished,
  exportsOf,
  requireModule,
  requiresAgain,
  whenRequired,
} from '../loader/commonjs.ts'
import type { Facades } from '../loader/facade.ts'
import type { Loader } from '../loader/hooks.ts'
import type { ModuleInstance } from '../loader/module-instance.ts'
import { isSynthetic, versionedUrl } from '../loader/module-url.ts'
import type { SyntheticModules } from '../loader/synthetic-modules.ts'
import { Transaction } from '../loader/transaction.ts'
import type { Log } from '../log.ts'
import { callAcceptHandlers, formatRefusal, type NamespaceReader } from './accept-calls.ts'
import type { Disposal } from './disposal.ts'
import type { HotContext } from './hot-context.ts'
import { clarify, phaseOf } from './load-error.ts'
import type { Registry } from './registry.ts'

/** This package's URL, bundled: what it imports are the versions that it names. */
export const updaterUrl = import.meta.url

/** What an update needs of the rest. */
export interface UpdaterHost {
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly disposal: Disposal
  readonly facades: Facades
  readonly synthetic: SyntheticModules
  readonly loader: Loader
  readonly log: Log
  fullReload(plan: FullReloadPlan): void
  updated(event: UpdateEvent): void
  failed(event: ErrorEvent): void
  pruned(node: ModuleNode): void
  /** ES modules were loaded again: what they replace stays in memory. */
  replaced(modules: number, characters: number): void
}

/** A change that could not be applied: the next save of something involved tries it again. */
interface FailedUpdate {
  changed: Set<ModuleNode>
  involved: Set<ModuleNode>
}

/** New versions that have been evaluated. */
interface LoadedUpdate {
  transaction: Transaction
  namespaces: Map<ModuleNode, object>
}

/** Loads new versions, one transaction at a time for each `import()` and for each update. */
export class Updater {
  readonly #host: UpdaterHost
  readonly #underWay = new Map<string, Transaction>()
  /** Saved files that no update has loaded yet. */
  readonly #saved = new Set<ModuleNode>()
  #queue = new Set<ModuleNode>()
  /** What is stale because of the queued changes, raised when they came. */
  #raised = new Set<ModuleNode>()
  readonly #reported = new WeakSet<object>()
  #draining: Promise<void> | undefined
  #failed: FailedUpdate[] = []
  #lastError = ''

  constructor(host: UpdaterHost) {
    this.#host = host
  }

  transactionOf(url: string): Transaction | undefined {
    return this.#underWay.get(url)
  }

  /** The loads under way that began before this one. */
  earlierThan(transaction: Transaction): Transaction[] {
    const underWay = [...this.#underWay.values()]
    return underWay.slice(0, Math.max(0, underWay.indexOf(transaction)))
  }

  /** Whether an update, rather than the application's own import, evaluates this instance. */
  isEvaluating({ module, version }: HotContext): boolean {
    for (const [url, { instances }] of this.#underWay) {
      if (!isSynthetic(url)) continue
      for (const instance of instances) {
        if (instance.node === module && instance.version === version) return true
      }
    }
    return false
  }

  /** Raises the versions of stale modules; what is being linked goes on with the older ones. */
  raise(stale: ReadonlySet<ModuleNode> | ModuleNode[]): void {
    const version = this.#host.graph.nextVersion()
    for (const node of stale) {
      for (const transaction of this.#underWay.values()) {
        if (!transaction.pinned.has(node)) transaction.pinned.set(node, node.version)
      }
      node.version = version
    }
    evict(stale)
  }

  noteSaved(files: Iterable<ModuleNode>): void {
    for (const file of files) this.#saved.add(file)
  }

  /** The application imports a boundary whose version is not loaded yet. */
  load(node: ModuleNode, url: string, attributes: ImportAttributes): void {
    if (this.#underWay.has(url)) return
    const { transaction } = this.#host.loader.instances.get(url) ?? {}
    if (transaction && !transaction.isEnded) return
    const load = new Transaction([node], this.#isGateNeeded)
    void this.#import(load, url, attributes).then(
      () => this.#finishLoad(load),
      () => undefined,
    )
  }

  /** A lazy `require()` asks for a module that is not loaded: a load that ends when it returns. */
  require(node: ModuleNode): Transaction {
    const url = versionedUrl(node.url, node.version)
    const known = this.#underWay.get(url)
    if (known) return known
    const load = new Transaction([node], this.#host.registry.awaitsDisposal)
    this.#underWay.set(url, load)
    whenRequired(node, (failure) => {
      this.#underWay.delete(url)
      if (!failure) void this.#finishLoad(load)
      else this.#fail(load, failure.error)
    })
    return load
  }

  /**
   * Changes that modules accept; those that come during an update form the next one.
   *
   * @param raised what has been raised on their account
   */
  enqueue(changed: Iterable<ModuleNode>, raised: Iterable<ModuleNode>): void {
    for (const node of changed) this.#queue.add(node)
    for (const node of raised) this.#raised.add(node)
    this.#draining ??= this.#drain()
  }

  async #drain(): Promise<void> {
    try {
      while (this.#queue.size > 0) {
        // Changes that come in the same turn are one update.
        await Promise.resolve()
        const changed = this.#queue
        const raised = this.#raised
        this.#queue = new Set()
        this.#raised = new Set()
        await this.#update(changed, raised)
      }
    } finally {
      this.#draining = undefined
    }
  }

  /** Something waits to be disposed, perhaps by what another load is about to evaluate. */
  get #isGateNeeded(): boolean {
    if (this.#host.registry.awaitsDisposal) return true
    return [...this.#underWay.values()].some(({ isGated }) => isGated)
  }

  async #finishLoad(load: Transaction): Promise<void> {
    const { reloaded, orphans } = await this.#commit(load)
    await this.#prune(orphans)
    if (reloaded.length === 0) return
    this.#finish(reloaded, load.roots, performance.now() - load.startedAt)
  }

  async #update(saved: Set<ModuleNode>, raised: Set<ModuleNode>): Promise<void> {
    const { graph, registry } = this.#host
    const startedAt = performance.now()
    const changed = this.#withFailed(saved)
    // Node remembers what has failed: all of it needs versions that were never tried.
    if (changed !== saved) raised.clear()
    const reloaded = new Set<ModuleNode>()
    const boundaries = new Set<ModuleNode>()
    const orphans = new Set<ModuleNode>()
    const handled = new Set<string>()
    let plan: Plan = propagate(changed, registry)
    for (;;) {
      if (plan.kind === 'full-reload') return this.#host.fullReload(plan)
      this.raise([...plan.stale].filter((node) => !raised.has(node) && !reloaded.has(node)))
      raised.clear()
      const acceptances = withoutReplaced(graph, plan.acceptances)
      if (acceptances.length === 0) break
      const repeated = acceptances.find((acceptance) => handled.has(keyOf(acceptance)))
      if (repeated) return this.#host.fullReload(endless(repeated))
      for (const acceptance of acceptances) {
        handled.add(keyOf(acceptance))
        boundaries.add(acceptance.module)
      }
      const roots = [...new Set(acceptances.map(({ dependency }) => dependency))]
      // The handlers of the instances that are about to be replaced are the ones to call.
      const contexts = new Map(
        acceptances.map(({ module }) => [module, registry.running(module)] as const),
      )
      const loaded = await this.#loadRoots(roots)
      if (!loaded) {
        this.#failed.push({ changed, involved: involved(graph, changed, roots) })
        return
      }
      const { transaction, namespaces } = loaded
      this.#moveBindings(acceptances, namespaces)
      const committed = await this.#commit(transaction)
      for (const node of committed.reloaded) reloaded.add(node)
      for (const node of committed.orphans) orphans.add(node)
      const refusing = new Set(committed.reloaded.filter((node) => this.#refuses(node)))
      const refusals = await callAcceptHandlers(acceptances, contexts, {
        read: (reader, dependency) => this.#read(reader, dependency, namespaces),
        failed: (event) => this.#host.failed(event),
        hasRefused: (module) => refusing.has(module),
        log: this.#host.log,
      })
      const bubbling = new Set([...refusing, ...refusals.map(({ module }) => module)])
      if (bubbling.size === 0) break
      for (const { module } of refusals.filter(isSelf)) refusing.add(module)
      plan = propagate(bubbling, registry, refusing)
    }
    await this.#prune(orphans)
    if (reloaded.size > 0 || boundaries.size > 0) {
      this.#finish([...reloaded], [...boundaries], performance.now() - startedAt, changed)
    }
  }

  /** The changes of a failed update come along when something of it was saved. */
  #withFailed(saved: Set<ModuleNode>): Set<ModuleNode> {
    const isRetried = ({ involved }: FailedUpdate) => [...saved].some((node) => involved.has(node))
    const retried = this.#failed.filter(isRetried)
    if (retried.length === 0) return saved
    this.#failed = this.#failed.filter((failed) => !retried.includes(failed))
    return new Set([...retried.flatMap(({ changed }) => [...changed]), ...saved])
  }

  /** Whether the new instance of a module invalidated itself. */
  #refuses(module: ModuleNode): boolean {
    const refusal = this.#host.registry.running(module)?.refusal
    if (refusal) this.#host.log.info(formatRefusal(module, refusal.message))
    return refusal !== undefined
  }

  /** Compiles, links and evaluates the new versions of `roots`; `undefined` when that failed. */
  async #loadRoots(roots: ModuleNode[]): Promise<LoadedUpdate | undefined> {
    const { synthetic, facades } = this.#host
    const transaction = new Transaction(roots, this.#isGateNeeded)
    // A save during the load raises versions: these are the ones that it loads.
    const urls = new Map<ModuleNode, string>()
    for (const root of roots) {
      if (!isOnlyRequired(root)) urls.set(root, versionedUrl(root.url, root.version))
    }
    const update = synthetic.addUpdate(
      [...urls].map(([root, url]) => ({ url, ...facades.namesOf(root) })),
    )
    try {
      if (urls.size > 0) await this.#import(transaction, update, {})
      for (const root of roots) if (isOnlyRequired(root)) await this.#require(transaction, root)
      return { transaction, namespaces: await namespacesOf(urls) }
    } catch {
      return undefined
    } finally {
      synthetic.removeUpdate(update)
    }
  }

  /** An ES import of a CommonJS module would leave something in memory for every version. */
  async #require(transaction: Transaction, root: ModuleNode): Promise<void> {
    const { graph, disposal } = this.#host
    const url = versionedUrl(root.url, root.version)
    this.#underWay.set(url, transaction)
    try {
      // A require() waits for nothing: what it replaces is disposed before, if it will compile.
      const stale = [...graph.closure(root)].filter((node) => node.isCommonJs && node.isStale)
      if (transaction.isGated && stale.every(compiles)) await disposal.disposeReplaced(stale)
      requireModule(root)
    } catch (error) {
      this.#fail(transaction, error)
      throw error
    } finally {
      this.#underWay.delete(url)
    }
  }

  #moveBindings(acceptances: Acceptance[], namespaces: Map<ModuleNode, object>): void {
    for (const { module, dependency } of acceptances) {
      const namespace = namespaces.get(dependency)
      if (!namespace || module === dependency) continue
      for (const problem of this.#host.facades.move(module, dependency, namespace)) {
        this.#host.log.warn(`${dependency.file}, accepted by ${module.file}: ${problem}`)
      }
    }
  }

  #read(reader: NamespaceReader, node: ModuleNode, namespaces: Map<ModuleNode, object>): unknown {
    const commonJs = exportsOf(node)
    if (commonJs && reader.module.isCommonJs) return commonJs.exports
    return namespaces.get(node)
  }

  async #import(
    transaction: Transaction,
    url: string,
    attributes: ImportAttributes,
  ): Promise<void> {
    this.#underWay.set(url, transaction)
    try {
      await import(url, { with: attributes })
    } catch (error) {
      this.#fail(transaction, error)
      throw error
    } finally {
      this.#underWay.delete(url)
    }
  }

  #noteReplaced({ instances }: Transaction): void {
    let modules = 0
    let characters = 0
    for (const { node, version } of instances) {
      if (version === 0 || node.isCommonJs) continue
      modules++
      characters += node.signature?.source?.length ?? 0
    }
    if (modules > 0) this.#host.replaced(modules, characters)
  }

  #fail(transaction: Transaction, error: unknown): void {
    transaction.end(true)
    this.#noteReplaced(transaction)
    evictUnfinished([...transaction.instances].map(({ node }) => node))
    clarify(error, transaction)
    this.#reportOnce(transaction, error)
  }

  #reportOnce(transaction: Transaction, error: unknown): void {
    const [root] = transaction.roots as [ModuleNode]
    // Everybody who imports what has failed gets the same error.
    if (error instanceof Error) {
      if (this.#reported.has(error)) return
      this.#reported.add(error)
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const key = `${root.file}@${root.version} ${text}`
    if (key === this.#lastError) return
    this.#lastError = key
    this.#host.failed({ file: root.file, error, phase: phaseOf(error, transaction) })
  }

  /** What the load has brought is the running program from now on. */
  async #commit(
    transaction: Transaction,
  ): Promise<{ reloaded: ModuleNode[]; orphans: Set<ModuleNode> }> {
    const { graph, registry, facades, loader, disposal } = this.#host
    const reloaded: ModuleNode[] = []
    const orphans = new Set<ModuleNode>()
    const undisposed = []
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
      loader.instances.release(node, version)
    }
    transaction.end(false)
    this.#noteReplaced(transaction)
    this.#propagatePinned(transaction)
    if (undisposed.length > 0) await disposal.dispose(undisposed)
    return { reloaded, orphans }
  }

  /** What changed while the load was linked is due for modules whose imports are known only now. */
  #propagatePinned(transaction: Transaction): void {
    const late = [...transaction.pinned.keys()].filter((node) => node.isStale)
    if (late.length === 0) return
    const plan = propagate(late, this.#host.registry)
    if (plan.kind === 'full-reload') this.#host.fullReload(plan)
    else this.raise([...plan.stale].filter((node) => !node.isStale))
  }

  async #prune(orphans: Set<ModuleNode>): Promise<void> {
    const { graph, disposal, registry } = this.#host
    const alive = new Set<ModuleNode>()
    for (const node of orphans) {
      if (graph.get(node.file) !== node || graph.isReachable(node, alive)) continue
      await disposal.prune(node)
      for (const orphan of graph.remove(node)) orphans.add(orphan)
      registry.remove(node)
      this.#host.pruned(node)
    }
  }

  /** @param changed what an update was about, also when an `import()` has loaded all of it before */
  #finish(
    reloaded: ModuleNode[],
    boundaries: readonly ModuleNode[],
    durationMs: number,
    changed: Iterable<ModuleNode> = [],
  ): void {
    this.#lastError = ''
    const modules = new Set(reloaded)
    const saved = [...this.#saved].filter((node) => modules.has(node) || !node.isStale)
    for (const node of saved) this.#saved.delete(node)
    const files = [...new Set([...saved, ...changed])].filter((node) => !node.isMissing)
    this.#host.updated({
      files: (files.length > 0 ? files : reloaded.slice(0, 1)).map(({ file }) => file),
      modules: reloaded.map(({ file }) => file),
      boundaries: boundaries.map(({ file }) => file),
      durationMs,
    })
  }
}

/** The namespaces of modules that have been evaluated under these URLs. */
async function namespacesOf(urls: Map<ModuleNode, string>): Promise<Map<ModuleNode, object>> {
  const namespaces = new Map<ModuleNode, object>()
  for (const [node, url] of urls) {
    const attributes = node.file.endsWith('.json') ? { type: 'json' } : {}
    namespaces.set(node, await import(url, { with: attributes }))
  }
  return namespaces
}

/** A boundary stays one when the new instance has the `import()` too and has not come to it yet. */
function asksAgain(instance: ModuleInstance, edge: Edge, kind: EdgeKind): boolean {
  const { lexed, node } = instance
  // Node does not ask again what has been required before.
  if (requiresAgain(node, edge)) return true
  if (kind !== 'boundary' || !lexed) return false
  return lexed.hasComputedImport || [...edge.specifiers].some((given) => lexed.dynamics.has(given))
}

/** A module that is itself loaded again gets the new dependency anyway: its handler is gone. */
function withoutReplaced(graph: ModuleGraph, acceptances: Acceptance[]): Acceptance[] {
  const replaced = new Set<ModuleNode>()
  for (const { dependency } of acceptances) {
    for (const node of graph.closure(dependency)) if (node.isStale) replaced.add(node)
  }
  return acceptances.filter((acceptance) => isSelf(acceptance) || !replaced.has(acceptance.module))
}

/** No ES module imports it: it is loaded with `require()`. */
function isOnlyRequired(node: ModuleNode): boolean {
  return node.isCommonJs && [...node.importers.keys()].every((importer) => importer.isCommonJs)
}

function isSelf({ module, dependency }: Acceptance): boolean {
  return module === dependency
}

function keyOf({ module, dependency }: Acceptance): string {
  return `${module.file}\0${dependency.file}`
}

function endless({ module, dependency }: Acceptance): FullReloadPlan {
  const chain = module === dependency ? [module] : [dependency, module]
  const reason = 'its accept callback refused the same change twice'
  return { kind: 'full-reload', module: dependency, chain, reason }
}

function involved(
  graph: ModuleGraph,
  changed: Set<ModuleNode>,
  roots: ModuleNode[],
): Set<ModuleNode> {
  const nodes = new Set(changed)
  for (const root of roots) for (const node of graph.closure(root)) nodes.add(node)
  return nodes
}
