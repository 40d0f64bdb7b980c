import { isDynamicBoundary } from './dump.ts'
import type { ModuleNode } from './module-graph.ts'

/**
 * A shortest way on which `module` is imported, down from an entry or a boundary, which are asked for from
 * outside; `module` alone where there is none.
 */
export function importChain(module: ModuleNode): ModuleNode[] {
  const imports = new Map<ModuleNode, ModuleNode | undefined>([[module, undefined]])
  let first = module
  for (const [node] of imports) {
    if (node.isEntry || isDynamicBoundary(node)) {
      first = node
      break
    }
    for (const [importer, edge] of node.importers) {
      if (edge.propagates && !imports.has(importer)) imports.set(importer, node)
    }
  }
  const chain = [first]
  for (let at = imports.get(first); at; at = imports.get(at)) chain.push(at)
  return chain
}
