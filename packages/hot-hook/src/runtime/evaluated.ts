import type { ModuleGraph } from '../graph/module-graph.ts'
import { hasStartedUp } from '../loader/commonjs/commonjs.ts'
import type { LoadedInstance, Transaction } from '../loader/instances/transaction.ts'

/**
 * CommonJS that was evaluated by loads that have failed: it is in require.cache, and belongs to the
 * load that gets it from there.
 */
export class Evaluated {
  readonly #graph: ModuleGraph
  readonly #instances = new Set<LoadedInstance>()

  constructor(graph: ModuleGraph) {
    this.#graph = graph
  }

  /** A load has failed. */
  note({ instances }: Transaction): void {
    for (const instance of instances) {
      if (instance.node.isCommonJs && hasStartedUp(instance.node)) this.#instances.add(instance)
    }
  }

  /** A load has succeeded. */
  adopt(transaction: Transaction): void {
    if (this.#instances.size === 0) return
    const loaded = new Set(transaction.roots.flatMap((root) => [...this.#graph.closure(root)]))
    for (const instance of this.#instances) {
      const { node, version } = instance
      const isDue = node.version === version && hasStartedUp(node) === true
      if (isDue && !loaded.has(node)) continue
      this.#instances.delete(instance)
      if (isDue) transaction.add(instance)
    }
  }
}
