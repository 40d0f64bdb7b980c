import type { ErrorEvent, UpdateEvent } from '../events.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { type Acceptance, type FullReloadPlan, type Plan, propagate } from '../graph/propagate.ts'
import { exportsOf } from '../loader/commonjs.ts'
import type { Facades } from '../loader/facade.ts'
import type { Transaction } from '../loader/transaction.ts'
import type { Log } from '../log.ts'
import { callAcceptHandlers, formatRefusal, type NamespaceReader } from './accept-calls.ts'
import { endless, isSelf, keyOf, withoutReplaced } from './acceptances.ts'
import type { Loads } from './loads.ts'
import type { Pruning } from './pruning.ts'
import type { Registry } from './registry.ts'

/** What an update needs of the rest. */
export interface UpdaterHost {
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly facades: Facades
  readonly loads: Loads
  readonly pruning: Pruning
  readonly log: Log
  fullReload(plan: FullReloadPlan): void
  updated(event: UpdateEvent): void
  failed(event: ErrorEvent): void
}

/** A change that could not be applied: the next save of something involved tries it again. */
interface FailedUpdate {
  changed: Set<ModuleNode>
  involved: Set<ModuleNode>
}

/** Applies the changes that modules accept, one update at a time, and says what was loaded. */
export class Updater {
  readonly #host: UpdaterHost
  /** Saved files that no update has loaded yet. */
  readonly #saved = new Set<ModuleNode>()
  #queue = new Set<ModuleNode>()
  /** What is stale because of the queued changes, raised when they came. */
  #raised = new Set<ModuleNode>()
  #draining: Promise<void> | undefined
  #failed: FailedUpdate[] = []

  constructor(host: UpdaterHost) {
    this.#host = host
  }

  /** These were saved: the next update that has loaded them names them. */
  noteSaved(files: Iterable<ModuleNode>): void {
    for (const file of files) this.#saved.add(file)
  }

  /** What the application has imported or required is evaluated: the running program has it now. */
  loaded(load: Transaction): void {
    this.#finishLoad(load).catch((error) => this.#logInternal(load.roots, error))
  }

  async #finishLoad(load: Transaction): Promise<void> {
    const { loads, pruning } = this.#host
    const { reloaded, orphans } = await loads.commit(load)
    await pruning.prune(orphans)
    if (reloaded.length === 0) return
    this.#finish(reloaded, load.roots, performance.now() - load.startedAt)
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
        await this.#update(changed, raised).catch((error) => this.#logInternal(changed, error))
      }
    } finally {
      this.#draining = undefined
    }
  }

  /** A mistake of ours costs the one update, never the program. */
  #logInternal(changed: Iterable<ModuleNode>, error: unknown): void {
    const files = [...changed].map(({ file }) => file).join(', ')
    const next = 'the program may run only part of it: restart it'
    this.#host.log.error(`internal error in the update of ${files}; ${next}`, error)
  }

  async #update(saved: Set<ModuleNode>, raised: Set<ModuleNode>): Promise<void> {
    const { graph, registry, loads, pruning } = this.#host
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
      loads.raise([...plan.stale].filter((node) => !raised.has(node) && !reloaded.has(node)))
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
      const loaded = await loads.loadRoots(roots)
      if (!loaded) {
        this.#failed.push({ changed, involved: involved(graph, changed, roots) })
        return
      }
      const { transaction, namespaces } = loaded
      this.#moveBindings(acceptances, namespaces)
      const committed = await loads.commit(transaction)
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
    await pruning.prune(orphans)
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

  /** @param changed what an update was about, also when an `import()` has loaded all of it before */
  #finish(
    reloaded: ModuleNode[],
    boundaries: readonly ModuleNode[],
    durationMs: number,
    changed: Iterable<ModuleNode> = [],
  ): void {
    this.#host.loads.forgetError()
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

function involved(
  graph: ModuleGraph,
  changed: Set<ModuleNode>,
  roots: ModuleNode[],
): Set<ModuleNode> {
  const nodes = new Set(changed)
  for (const root of roots) for (const node of graph.closure(root)) nodes.add(node)
  return nodes
}
