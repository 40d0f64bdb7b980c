import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { Acceptance, FullReloadPlan } from '../graph/propagate.ts'

export function isSelf({ module, dependency }: Acceptance): boolean {
  return module === dependency
}

/** The same for the same two modules, to find them again. */
export function keyOf({ module, dependency }: Acceptance): string {
  return `${module.file}\0${dependency.file}`
}

/** A module that is itself loaded again gets the new dependency anyway: its handler is gone. */
export function withoutReplaced(graph: ModuleGraph, acceptances: Acceptance[]): Acceptance[] {
  const replaced = new Set<ModuleNode>()
  // In a large program it takes long to find out.
  const isAny = acceptances.some((each) => !isSelf(each) && each.module.isStale)
  for (const { dependency } of isAny ? acceptances : []) {
    for (const node of graph.closure(dependency)) if (node.isStale) replaced.add(node)
  }
  return acceptances.filter((acceptance) =>
    isSelf(acceptance) ? isStillAsked(acceptance.module) : !replaced.has(acceptance.module),
  )
}

/** What the new versions of its importers do not ask for any more leaves the program with them. */
function isStillAsked(module: ModuleNode): boolean {
  const importers = [...module.importers.keys()]
  return importers.length === 0 || importers.some((importer) => importer.mayAskFor(module))
}

/** A change that comes back to who has refused it would go round for ever. */
export function endless({ module, dependency }: Acceptance): FullReloadPlan {
  const chain = module === dependency ? [module] : [dependency, module]
  const reason = 'its accept callback refused the same change twice'
  return { kind: 'full-reload', module: dependency, chain, reason }
}
