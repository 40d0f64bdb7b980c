import { relative } from 'node:path'
import type { DumpedModule, Explanation } from './dump-types.ts'
import type { ModuleGraph, ModuleNode } from './module-graph.ts'
import { type AcceptRules, propagate, unreloadableModules } from './propagate.ts'

/** Some `import()` or lazy `require()` asks for it each time. */
export function isDynamicBoundary(node: ModuleNode): boolean {
  for (const edge of node.importers.values()) if (edge.kinds.has('boundary')) return true
  return false
}

/** The graph as data, in the order in which the modules were first seen. */
export function dump(graph: ModuleGraph, directory: string, rules: AcceptRules): DumpedModule[] {
  const hard = unreloadableModules(graph.modules(), rules)
  const paths = (nodes: Iterable<ModuleNode>) =>
    [...nodes].filter((node) => !node.isMissing).map((node) => relative(directory, node.file))
  return [...graph.modules()]
    .filter((node) => !node.isMissing && !node.isOnlyNamed)
    .map((node) => ({
      path: relative(directory, node.file),
      boundary: isDynamicBoundary(node) || rules.acceptsSelf(node),
      reloadable: !hard.has(node),
      version: node.version,
      dependencies: paths(node.imports.keys()),
      dependents: paths(node.importers.keys()),
    }))
}

/** The files that the program has loaded as modules of its own, absolute paths. */
export function ownFiles(graph: ModuleGraph): string[] {
  const own = [...graph.modules()].filter((node) => !node.isIgnored && node.running !== undefined)
  return own.map(({ file }) => file)
}

/** What a save of `node` would do. */
export function explain(node: ModuleNode, rules: AcceptRules): Explanation {
  const plan = propagate([node], rules)
  if (plan.kind === 'full-reload') {
    const chain = plan.chain.map((link) => link.file)
    return { file: node.file, outcome: 'full-reload', boundaries: [], chain }
  }
  const boundaries = new Set([...plan.boundaries].map((boundary) => boundary.file))
  for (const { module } of plan.acceptances) boundaries.add(module.file)
  return { file: node.file, outcome: 'hot', boundaries: [...boundaries], chain: [] }
}
