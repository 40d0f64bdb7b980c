import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { evict, hasStartedUp, requiresAgain } from '../loader/commonjs/commonjs.ts'
import type { LoadedInstance, Transaction } from '../loader/instances/transaction.ts'
import { brings } from '../node/features.ts'

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
    evict(spoiledAmong(instances))
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

/**
 * Those that have failed, and in a cycle those that have required them and were evaluated with their empty
 * exports. What was only linked is left in the cache: Node runs it from there.
 */
function spoiledAmong(instances: ReadonlySet<LoadedInstance>): Set<ModuleNode> {
  const nodes = new Set([...instances].map(({ node }) => node))
  const spoiled = new Set([...instances].filter(hasFailed).map(({ node }) => node))
  // The set grows while it is walked.
  for (const node of spoiled) {
    for (const [importer, edge] of node.importers) {
      const isRequired = edge.kinds.has('static') && requiresAgain(importer, edge)
      if (isRequired && nodes.has(importer) && hasStartedUp(importer)) spoiled.add(importer)
    }
  }
  return spoiled
}

/** Node takes out of require.cache what has failed; Node 22 leaves TypeScript that it has compiled itself. */
function hasFailed({ node, version }: LoadedInstance): boolean {
  const hasEnded = hasStartedUp(node)
  if (hasEnded !== false) return node.isCommonJs && hasEnded === undefined
  return version === 0 && /\.c?ts$/.test(node.file) && !brings('evictsWhatFailed')
}
