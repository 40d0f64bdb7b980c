import type { ModuleNode } from '../graph/module-graph.ts'
import type { HotContext } from './hot-context.ts'

/** Instances in the order in which they are disposed: importers before what they import. */
export function importersFirst(contexts: HotContext[]): HotContext[] {
  const latestFirst = contexts.toSorted((a, b) => b.order - a.order)
  // An ES module begins after what it imports; CommonJS begins before what it requires.
  if (!latestFirst.some(({ module }) => module.isCommonJs)) return latestFirst
  const places = new Map<ModuleNode, number>()
  for (const { module } of latestFirst) place(module, places)
  const placeOf = ({ module }: HotContext) => places.get(module) ?? 0
  return latestFirst.sort((a, b) => placeOf(a) - placeOf(b))
}

/** Gives `module` a place behind all that import it, in a cycle behind those that were met first. */
function place(module: ModuleNode, places: Map<ModuleNode, number>): void {
  const met = new Set([module])
  const path = [{ module, importers: importersOf(module) }]
  for (let at = path.at(-1); at; at = path.at(-1)) {
    const { value: importer } = at.importers.next()
    if (!importer) {
      if (!places.has(at.module)) places.set(at.module, places.size)
      path.pop()
    } else if (!met.has(importer) && !places.has(importer)) {
      met.add(importer)
      path.push({ module: importer, importers: importersOf(importer) })
    }
  }
}

function* importersOf(module: ModuleNode): Generator<ModuleNode, undefined> {
  for (const [importer, edge] of module.importers) if (edge.propagates) yield importer
  return undefined
}
