import type { ModuleNode } from '../graph/module-graph.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import type { Freshness } from '../watch/freshness.ts'
import type { Changes } from './changes.ts'
import { handlerScope } from './handler-scope.ts'
import type { Loads } from './loads.ts'
import type { Visits } from './visits.ts'

/** What happens when the program asks for a boundary: saves are looked for, and what is due is loaded. */
export class Boundaries {
  readonly #freshness: Freshness
  readonly #changes: Changes
  readonly #loads: Loads
  readonly #visits: Visits

  constructor(freshness: Freshness, changes: Changes, loads: Loads, visits: Visits) {
    this.#freshness = freshness
    this.#changes = changes
    this.#loads = loads
    this.#visits = visits
  }

  /** An `import()`; `url` is that of the version that is due. */
  enter(node: ModuleNode, url: () => string, attributes: ImportAttributes): void {
    if (handlerScope()?.phase === 'dispose') return
    const isDue = this.#isDue(node)
    this.#visits.imported(node, isDue)
    if (isDue) this.#loads.import(node, url(), attributes)
  }

  /** A lazy `require()` that no cache answers: the load that it starts, if any. */
  enterRequired(node: ModuleNode): Transaction | undefined {
    return this.#isDue(node) ? this.#loads.require(node) : undefined
  }

  #isDue(node: ModuleNode): boolean {
    const changed = this.#freshness.checkBoundary(node)
    if (changed.length > 0) this.#changes.apply(changed)
    this.#changes.kept.asked(node)
    return !node.isCurrent
  }
}
