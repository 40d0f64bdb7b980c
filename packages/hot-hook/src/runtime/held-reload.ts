import type { ErrorEvent } from '../events.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { FullReloadPlan } from '../graph/propagate.ts'

interface HeldReloadHost {
  readonly graph: ModuleGraph
  /** Why a fresh start could not load a file as it is on disk; `undefined` when nothing is known. */
  loadErrorOf(node: ModuleNode): unknown
  fullReload(plan: FullReloadPlan): void
  failed(event: ErrorEvent): void
  /** A full reload waits for a save of another file. */
  held(plan: FullReloadPlan, by: ModuleNode): void
}

/**
 * Holds a full reload back while something that was saved does not compile: a restart would end the
 * program, or leave nobody to serve. The old program runs on until the next good save.
 */
export class HeldReload {
  readonly #host: HeldReloadHost
  #plan: FullReloadPlan | undefined
  #together: ReadonlySet<ModuleNode> = new Set()
  /** What was said of each file. */
  readonly #said = new WeakMap<ModuleNode, string>()

  constructor(host: HeldReloadHost) {
    this.#host = host
  }

  /** @param together what was saved with it */
  request(plan: FullReloadPlan, together: Iterable<ModuleNode> = []): void {
    this.#plan = plan
    this.#together = new Set(together)
    const broken = this.#broken(plan)
    if (broken.length === 0) this.#go(plan)
    else if (!broken.includes(plan.module)) this.#host.held(plan, broken[0] as ModuleNode)
  }

  /** Something was saved. */
  retry(): void {
    if (this.#plan && this.#broken(this.#plan).length === 0) this.#go(this.#plan)
  }

  #go(plan: FullReloadPlan): void {
    this.#plan = undefined
    this.#host.fullReload(plan)
  }

  /** What was saved and could not be loaded, of the plan and of what a start loads; each is reported. */
  #broken({ chain }: FullReloadPlan): ModuleNode[] {
    const { graph, loadErrorOf } = this.#host
    // What ignored packages import is loaded at the start as well: a command or an autoloader.
    const roots = [...graph.modules()].filter(({ isEntry, isIgnored }) => isEntry || isIgnored)
    const atStart = new Set(roots)
    for (const node of atStart) {
      for (const { propagates, dependency } of node.imports.values()) {
        if (propagates && node.mayAskFor(dependency)) atStart.add(dependency)
      }
    }
    // What was saved together is one change, also where only a request would load it.
    const saved = [...chain.slice(0, 1), ...this.#together].filter((node) =>
      [...node.importers.keys()].some((importer) => importer.mayAskFor(node)),
    )
    const nodes = new Set([...atStart, ...saved])
    const broken: ModuleNode[] = []
    for (const node of nodes) {
      if (!node.hasChanged || !(node.wasLoaded || node.isOutside)) continue
      const error = loadErrorOf(node)
      if (error === undefined) continue
      broken.push(node)
      this.#report(node, error)
    }
    return broken
  }

  #report(node: ModuleNode, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (this.#said.get(node) === text) return
    this.#said.set(node, text)
    this.#host.failed({ file: node.file, error, phase: 'load' })
  }
}
