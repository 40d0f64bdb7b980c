import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { type FullReloadPlan, type HotPlan, propagate } from '../graph/propagate.ts'
import type { Log } from '../log/log.ts'
import { shortPath } from '../log/log.ts'
import type { ResolvedOptions } from '../options/options.ts'
import type { Freshness } from '../watch/freshness.ts'
import type { Failures } from './failures.ts'
import { KeptBoundaries } from './kept-boundaries.ts'
import type { Loads } from './loads.ts'
import type { Registry } from './registry.ts'
import type { Updater } from './updater.ts'

export interface ChangesHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly failures: Failures
  readonly loads: Loads
  readonly updater: Updater
  readonly freshness: Freshness
  readonly log: Log
  /** @returns whether it waits for nothing but a good save of the changed file itself */
  fullReload(plan: FullReloadPlan): boolean
  /** A full reload may wait for a good save. */
  retryReload(): void
  invalidated(files: ModuleNode[], plan: HotPlan): void
}

/** From saved files to what is to be done about them. */
export class Changes {
  readonly #host: ChangesHost
  readonly #told = new Set<ModuleNode>()
  /** What was said while everything waits. */
  readonly #waiting = new Set<string>()
  /** Boundaries that the program may keep. */
  readonly kept = new KeptBoundaries((boundary) => this.#hintKept(boundary))

  constructor(host: ChangesHost) {
    this.#host = host
  }

  /** Somebody says that these files may have changed; relative paths are from the root directory. */
  report(paths: string[]): void {
    const { graph, options, freshness } = this.#host
    if (freshness.isPaused) {
      for (const path of paths) this.#waiting.add(path)
      return
    }
    const files = paths.map((path) => resolve(options.rootDirectory, path))
    const reloadFile = files.find((file) => !graph.get(file) && options.isReload(file))
    const changed = freshness.checkPaths(files)
    if (reloadFile !== undefined) {
      changed.push(...this.#unheard())
      this.#host.fullReload(reloadOf(reloadFile))
    }
    // Also then: a manager may take its time, and a full reload may have to wait.
    if (changed.length > 0) this.apply(changed)
  }

  /** What is saved from now on waits; or all that has waited is one change. */
  pause(isPaused: boolean): void {
    const { graph, freshness } = this.#host
    freshness.isPaused = isPaused
    if (isPaused) return
    const saved = [...this.#waiting]
    this.#waiting.clear()
    // An import() looks by itself, and the watcher may not have heard of all.
    this.report([...saved, ...[...graph.modules()].map(({ file }) => file)])
  }

  /** These modules have changed, each told once for each save. */
  apply(files: readonly ModuleNode[]): void {
    const { registry, loads, updater, failures } = this.#host
    const hot = files.filter((node) => !this.#isOutside(node))
    if (hot.length === 0) return
    for (const node of hot) noteChange(node)
    const { spoiled, roots } = failures.take(hot)
    const plan = propagate([...hot, ...spoiled], registry)
    if (plan.kind === 'full-reload') {
      const unheard = this.#unheard()
      for (const node of unheard) noteChange(node)
      this.#reload(plan, [...hot, ...spoiled, ...unheard])
      return
    }
    loads.raise(plan.stale)
    updater.noteSaved(hot)
    this.#host.invalidated(hot, plan)
    this.kept.changed(plan.boundaries)
    this.#host.retryReload()
    if (plan.acceptances.length === 0 && roots.length === 0) return
    updater.enqueue({ saved: hot, changed: [...hot, ...spoiled], roots, raised: plan.stale })
  }

  /** What was taken for boundaries is wiring: saves that wait for an `import()` need a full reload. */
  rewired(nodes: ModuleNode[]): void {
    this.#applyUnder(nodes, (node) => node.isStale)
  }

  /** What was wiring is a boundary: saves that wait for a full reload are hot. */
  unwired(nodes: ModuleNode[]): void {
    this.#applyUnder(nodes, (node) => node.isCurrent)
  }

  /** What was saved as well and is told later: a restart would meet it, perhaps in the middle of its save. */
  #unheard(): ModuleNode[] {
    const { freshness, graph } = this.#host
    if (freshness.watch?.isPrompt) return []
    return freshness.check(graph.modules()).filter((node) => !this.#isOutside(node))
  }

  /** A file that waits for its own good save holds back no full reload that another needs. */
  #reload(plan: FullReloadPlan, changed: readonly ModuleNode[]): void {
    if (!this.#host.fullReload(plan)) return
    const others = changed.filter((node) => node !== plan.module)
    const next = propagate(others, this.#host.registry)
    if (next.kind === 'full-reload') this.#reload(next, others)
  }

  #applyUnder(nodes: ModuleNode[], isDue: (node: ModuleNode) => boolean): void {
    const files = nodes.flatMap((node) => [...this.#host.graph.closure(node)])
    const changed = files.filter((node) => node.hasChanged && isDue(node))
    if (changed.length > 0) this.apply(changed)
  }

  #isOutside(node: ModuleNode): boolean {
    if (!node.isOutside) return false
    if (!this.#told.has(node)) {
      this.#told.add(node)
      const path = shortPath(node.file, this.#host.options.rootDirectory)
      this.#host.log.hint(
        `${path} was loaded before Hot Hook and cannot be reloaded: restart the process to use it`,
        'HOT_HOOK_LOADED_BEFORE',
      )
    }
    return true
  }

  /** What may be kept by its importer never gets new: its user has to hear of it. */
  #hintKept(boundary: ModuleNode): void {
    const { log, options } = this.#host
    const path = shortPath(boundary.file, options.rootDirectory)
    const importers = [...boundary.importers.keys()].map(({ file }) =>
      shortPath(file, options.rootDirectory),
    )
    log.hint(
      `${path} has changed, and requests were answered since without importing it again. If ` +
        `${importers.join(', ')} keeps it, let it import() the module where it is used, or accept it, ` +
        `or add ${path} to "reload"`,
      'HOT_HOOK_KEPT_BOUNDARY',
    )
  }
}

/** A file that nobody imports has changed. */
function reloadOf(file: string): FullReloadPlan {
  const module = new ModuleNode(file, pathToFileURL(file).href)
  return { kind: 'full-reload', module, chain: [module], reason: reloadReason }
}

/** Why a file that matches `reload` cannot be hot. */
export const reloadReason = 'it matches "reload"'

/** A change of what a module watches is a change of the module. */
function noteChange(node: ModuleNode): void {
  node.hasChanged = true
  for (const [importer, edge] of node.importers) {
    if (edge.kinds.has('watch')) importer.hasChanged = true
  }
}
