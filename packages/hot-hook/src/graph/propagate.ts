import type { ModuleNode } from './module-graph.ts'

/** What the modules have said about changes: the handlers that they registered, as answers. */
export interface AcceptRules {
  /** `module` replaces itself. */
  acceptsSelf(module: ModuleNode): boolean
  /** A change that reaches `dependency` stops at `importer`. */
  accepts(importer: ModuleNode, dependency: ModuleNode): boolean
  /** A change that reaches `module` is a full reload. */
  declines(module: ModuleNode): boolean
}

/** `module` takes the change of `dependency`; a module that accepts itself is both. */
export interface Acceptance {
  module: ModuleNode
  dependency: ModuleNode
}

/** Every path ends at a boundary or at a module that accepts. */
export interface HotPlan {
  kind: 'hot'
  /** The changed modules and everything between them and where they stop: to be loaded again. */
  stale: Set<ModuleNode>
  /** Modules whose next `import()` or lazy `require()` gets the new version. */
  boundaries: Set<ModuleNode>
  acceptances: Acceptance[]
}

/** One path reaches something that cannot be loaded again in this process. */
export interface FullReloadPlan {
  kind: 'full-reload'
  /** The changed module that the path starts at. */
  module: ModuleNode
  /** From the changed module to where the path ends. */
  chain: ModuleNode[]
  reason: string
}

export type Plan = HotPlan | FullReloadPlan

const noRules: AcceptRules = {
  acceptsSelf: () => false,
  accepts: () => false,
  declines: () => false,
}

/** Why a change that has come to `module` cannot go on, or `undefined` when it can. */
function obstacle(
  module: ModuleNode,
  rules: AcceptRules,
  refused: ReadonlySet<ModuleNode> = new Set(),
): string | undefined {
  if (rules.declines(module)) return 'it declined'
  if (module.unreloadable) return module.unreloadable
  if (module.isIgnored) return 'it is in an ignored package'
  if (module.isEntry && (refused.has(module) || !rules.acceptsSelf(module)))
    return 'it is the entry'
  if (module.isOutside) return 'it was loaded before Hot Hook'
  return undefined
}

/**
 * Sends a change up the importers, each module once: linear in the modules touched, any depth.
 *
 * @param changed the modules that changed
 * @param rules what the modules accept and decline
 * @param refused those of `changed` that have just been loaded again and refused it in their own
 *   accept callback: they are not stale, the change goes on to their importers
 */
export function propagate(
  changed: Iterable<ModuleNode>,
  rules: AcceptRules = noRules,
  refused: ReadonlySet<ModuleNode> = new Set(),
): Plan {
  const stale = new Set<ModuleNode>()
  const boundaries = new Set<ModuleNode>()
  const acceptances: Acceptance[] = []
  const cameFrom = new Map<ModuleNode, ModuleNode | undefined>()
  const queue: ModuleNode[] = []

  const arrive = (module: ModuleNode, from: ModuleNode | undefined) => {
    if (cameFrom.has(module)) return
    cameFrom.set(module, from)
    queue.push(module)
  }
  const fullReload = (last: ModuleNode, reason: string): FullReloadPlan => {
    const chain = [last]
    for (let at = cameFrom.get(last); at; at = cameFrom.get(at)) chain.unshift(at)
    return { kind: 'full-reload', module: chain[0] as ModuleNode, chain, reason }
  }

  for (const module of changed) arrive(module, undefined)
  // The queue grows while it is walked; shift() would make a long one quadratic.
  for (const module of queue) {
    const reason = obstacle(module, rules, refused)
    if (reason) return fullReload(module, reason)
    if (!refused.has(module)) {
      stale.add(module)
      if (rules.acceptsSelf(module)) {
        acceptances.push({ module, dependency: module })
        continue
      }
    }
    for (const [importer, edge] of module.importers) {
      const propagates = edge.propagatesTo(importer.isLeftOver ? importer.version : 0)
      if (rules.accepts(importer, module) && !rules.declines(importer)) {
        acceptances.push({ module: importer, dependency: module })
        // Only what runs accepts it.
        if (importer.isLeftOver && propagates) arrive(importer, module)
        continue
      }
      if (edge.kinds.has('boundary')) boundaries.add(module)
      if (propagates) arrive(importer, module)
    }
  }
  return { kind: 'hot', stale, boundaries, acceptances }
}

/**
 * The modules whose change would be a full reload, all of them in one walk down from what cannot
 * be loaded again.
 */
export function unreloadableModules(
  modules: Iterable<ModuleNode>,
  rules: AcceptRules = noRules,
): Set<ModuleNode> {
  const reached = new Set<ModuleNode>()
  for (const module of modules) if (obstacle(module, rules)) reached.add(module)
  for (const module of reached) {
    for (const [dependency, edge] of module.imports) {
      const stops =
        !edge.propagates ||
        rules.acceptsSelf(dependency) ||
        (rules.accepts(module, dependency) && !rules.declines(module))
      if (!stops) reached.add(dependency)
    }
  }
  return reached
}
