import type { ErrorEvent, UpdateEvent } from '../events.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { type Acceptance, type FullReloadPlan, type Plan, propagate } from '../graph/propagate.ts'
import { exportsOf } from '../loader/commonjs/commonjs.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import type { Facades } from '../loader/live-bindings/facade.ts'
import type { Log } from '../log/log.ts'
import { callAcceptHandlers, formatRefusal, type NamespaceReader } from './accept-calls.ts'
import { endless, isSelf, keyOf, withoutReplaced } from './acceptances.ts'
import type { Failures } from './failures.ts'
import type { Loads } from './loads.ts'
import type { Pruning } from './pruning.ts'
import type { Registry } from './registry.ts'
import { type Turn, Turns } from './turns.ts'

/** What an update needs of the rest. */
export interface UpdaterHost {
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly facades: Facades
  readonly failures: Failures
  readonly loads: Loads
  readonly pruning: Pruning
  readonly log: Log
  fullReload(plan: FullReloadPlan): void
  updated(event: UpdateEvent): void
  failed(event: ErrorEvent): void
}

/** Changes that modules accept. */
export interface Change {
  /** Their files were saved, or they invalidated themselves. */
  saved: Iterable<ModuleNode>
  /** Where the changes start: what was saved, and what has failed and is due again with it. */
  changed: Iterable<ModuleNode>
  /** What an update that failed was to load: who accepts these is to be called back. */
  roots?: Iterable<ModuleNode>
  /** What has its new version. */
  raised: Iterable<ModuleNode>
  /** Those of `changed` that have been loaded again and refused it: it goes on to their importers. */
  refused?: Iterable<ModuleNode>
}

/** The changes of one update. */
type Batch = { [Key in keyof Change]-?: Set<ModuleNode> }

/** Applies the changes that modules accept, one update at a time, and says what was loaded. */
export class Updater {
  readonly #host: UpdaterHost
  /** Saved files that no update has loaded yet. */
  readonly #saved = new Set<ModuleNode>()
  /** Changes for the next update. */
  #queue: Change[] = []
  readonly #turns = new Turns()
  #isDue = false

  constructor(host: UpdaterHost) {
    this.#host = host
  }

  /** These were saved: the next update that has loaded them names them. */
  noteSaved(files: Iterable<ModuleNode>): void {
    for (const file of files) this.#saved.add(file)
  }

  /** Resolves when the updates that are due have been made; `undefined` when none is. */
  get due(): Promise<void> | undefined {
    return this.#turns.ended
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

  /** Changes that come during an update form the next one. */
  enqueue(change: Change): void {
    this.#queue.push(change)
    if (this.#isDue) return
    this.#isDue = true
    void this.#next()
  }

  /** Waits for the updates that are due now. */
  async idle(): Promise<void> {
    const turn = await this.#turns.take()
    turn.end()
  }

  async #next(): Promise<void> {
    // Changes that come until then are one update.
    const turn = await this.#turns.take()
    this.#isDue = false
    const changes = this.#queue.splice(0)
    const saved = new Set(changes.flatMap((change) => [...change.saved]))
    const changed = new Set(changes.flatMap((change) => [...change.changed]))
    const raised = new Set(changes.flatMap((change) => [...change.raised]))
    const roots = new Set(changes.flatMap((change) => [...(change.roots ?? [])]))
    const refused = new Set(changes.flatMap((change) => [...(change.refused ?? [])]))
    for (const node of saved) refused.delete(node)
    try {
      await this.#update({ saved, changed, roots, raised, refused }, turn)
    } catch (error) {
      this.#logInternal(saved, error)
    } finally {
      turn.end()
    }
  }

  /** An accept callback refused a change when its update did not wait for it any more. */
  #refuseLate(acceptance: Acceptance): void {
    const changed = [acceptance.module]
    this.enqueue({ saved: [], changed, raised: [], refused: isSelf(acceptance) ? changed : [] })
  }

  /** A mistake of ours costs the one update, never the program. */
  #logInternal(changed: Iterable<ModuleNode>, error: unknown): void {
    const files = [...changed].map(({ file }) => file).join(', ')
    const next = 'the program may run only part of it: restart it'
    this.#host.log.error(
      `internal error in the update of ${files}; ${next}`,
      error,
      'HOT_HOOK_INTERNAL',
    )
  }

  async #update(batch: Batch, turn: Turn): Promise<void> {
    const { graph, registry, loads, pruning } = this.#host
    const startedAt = performance.now()
    const reloaded = new Set<ModuleNode>()
    const boundaries = new Set<ModuleNode>()
    const orphans = new Set<ModuleNode>()
    const taken = new Set<string>()
    const notTaken = new Set<string>()
    let plan = this.#begin(batch)
    const raised = new Set(plan.kind === 'hot' ? plan.stale : [])
    for (;;) {
      if (plan.kind === 'full-reload') return this.#host.fullReload(plan)
      loads.raise([...plan.stale].filter((node) => !raised.has(node) && !reloaded.has(node)))
      raised.clear()
      // Who has taken what a new instance then refused has it already.
      const acceptances = withoutReplaced(graph, plan.acceptances).filter(
        (acceptance) => !taken.has(keyOf(acceptance)),
      )
      if (acceptances.length === 0) break
      const repeated = acceptances.find((acceptance) => notTaken.has(keyOf(acceptance)))
      if (repeated) return this.#host.fullReload(endless(repeated))
      const roots = [...new Set(acceptances.map(({ dependency }) => dependency))]
      // The handlers of the instances that are about to be replaced are the ones to call.
      const contexts = new Map(
        acceptances.map(({ module }) => [module, registry.running(module)] as const),
      )
      // One that takes too long lets others go first, and comes back unless it is superseded.
      const loaded = await loads.loadRoots(roots, () => turn.end())
      // What was taken before a refusal runs.
      if (!loaded) break
      await turn.resume()
      if (loaded.transaction.isEnded) break
      const { transaction, namespaces } = loaded
      for (const { module } of acceptances) boundaries.add(module)
      this.#moveBindings(acceptances, namespaces)
      const committed = await loads.commit(transaction)
      for (const node of committed.reloaded) reloaded.add(node)
      for (const node of committed.orphans) orphans.add(node)
      const refusing = new Set(committed.reloaded.filter((node) => this.#refuses(node)))
      // An import() may be about to replace who is to be called back.
      await loads.underWay.settle(contexts)
      const refusals = await callAcceptHandlers(acceptances, contexts, {
        read: (reader, dependency) => this.#read(reader, dependency, namespaces),
        failed: (event) => this.#host.failed(event),
        hasRefused: (module) => refusing.has(module),
        isRunning: (context) => registry.running(context.module) === context,
        refusedLate: (acceptance) => this.#refuseLate(acceptance),
        log: this.#host.log,
      })
      const bubbling = new Set([...refusing, ...refusals.map(({ module }) => module)])
      if (bubbling.size === 0) break
      for (const acceptance of acceptances) {
        const answers = bubbling.has(acceptance.module) ? notTaken : taken
        answers.add(keyOf(acceptance))
      }
      for (const { module } of refusals.filter(isSelf)) refusing.add(module)
      plan = propagate(bubbling, registry, refusing)
    }
    await pruning.prune(orphans)
    if (reloaded.size > 0 || boundaries.size > 0) {
      this.#finish([...reloaded], [...boundaries], performance.now() - startedAt, batch.saved)
    }
  }

  /** The plan of an update, whose changes have got their versions. */
  #begin({ changed, roots, raised, refused }: Batch): Plan {
    const { registry, loads, failures } = this.#host
    // What has failed since the changes were queued.
    const again = failures.take(changed)
    const sources = [...changed, ...again.spoiled]
    const plan = propagate(sources, registry, refused)
    if (plan.kind === 'full-reload') return plan
    loads.raise([...plan.stale].filter((node) => !raised.has(node)))
    // What an update that failed has evaluated besides keeps its versions.
    return propagate([...sources, ...roots, ...again.roots], registry, refused)
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
        this.#host.log.warn(
          `${dependency.file}, accepted by ${module.file}: ${problem}`,
          'HOT_HOOK_BINDINGS',
        )
      }
    }
    this.#host.facades.follow()
  }

  #read(reader: NamespaceReader, node: ModuleNode, namespaces: Map<ModuleNode, object>): unknown {
    const commonJs = exportsOf(node)
    if (commonJs && reader.module.isCommonJs) return commonJs.exports
    return namespaces.get(node)
  }

  /** @param about the saved files of an update, also when an `import()` has loaded them before */
  #finish(
    reloaded: ModuleNode[],
    boundaries: readonly ModuleNode[],
    durationMs: number,
    about: Iterable<ModuleNode> = [],
  ): void {
    const modules = new Set(reloaded)
    const saved = [...this.#saved].filter((node) => modules.has(node) || !node.isDue)
    for (const node of saved) this.#saved.delete(node)
    const files = [...new Set([...saved, ...about])].filter((node) => !node.isMissing)
    this.#host.updated({
      files: (files.length > 0 ? files : reloaded.slice(0, 1)).map(({ file }) => file),
      modules: reloaded.map(({ file }) => file),
      boundaries: boundaries.map(({ file }) => file),
      durationMs,
    })
  }
}
