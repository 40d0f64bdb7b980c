import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { evict } from '../loader/commonjs/commonjs.ts'
import type { Disposal } from './disposal.ts'
import type { Registry } from './registry.ts'

interface PruningHost {
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly disposal: Disposal
  /** A file is no part of the program any more. */
  unwatch(node: ModuleNode): void
  /** Its handlers have run. */
  pruned(node: ModuleNode): void
}

/** Takes modules out of the program that nobody imports any more. */
export class Pruning {
  readonly #host: PruningHost

  constructor(host: PruningHost) {
    this.#host = host
  }

  /** Removes and disposes the orphans that have left the program, and what leaves it with them. */
  async prune(orphans: Set<ModuleNode>): Promise<void> {
    const { graph, disposal, registry, unwatch, pruned } = this.#host
    const alive = new Set<ModuleNode>()
    for (const node of orphans) {
      if (graph.get(node.file) !== node || graph.isReachable(node, alive)) continue
      // Before its handlers run: who imports it meanwhile gets a new instance, not this one.
      evict([node])
      graph.remove(node)
      unwatch(node)
      await disposal.prune(node)
      // The program may have changed in that time.
      alive.clear()
      for (const orphan of graph.releaseImports(node)) orphans.add(orphan)
      registry.remove(node)
      pruned(node)
    }
  }
}
