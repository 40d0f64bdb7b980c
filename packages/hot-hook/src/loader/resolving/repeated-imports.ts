import type { ModuleGraph } from '../../graph/module-graph.ts'
import type { KnownImport, ModuleInstance } from '../instances/module-instance.ts'
import { hasAttributes } from '../sources/import-attributes.ts'

/**
 * The import statements of modules that are loaded again. Most name what they named before and what
 * has not changed: the answer is then known, and Node need not be asked, nor the file looked at.
 */
export class RepeatedImports {
  readonly #graph: ModuleGraph

  constructor(graph: ModuleGraph) {
    this.#graph = graph
  }

  /** What the statement named before, when it certainly names it again and that still runs. */
  find(
    importer: ModuleInstance,
    specifier: string,
    attributes: Parameters<typeof hasAttributes>[0],
  ): KnownImport | undefined {
    const known = importer.statics?.get(specifier)
    if (!known || hasAttributes(attributes)) return undefined
    const { node, url } = known
    if (!node.isCurrent || node.isIgnored || this.#graph.getByUrl(url) !== node) return undefined
    if (importer.lexed?.accepted.size) return undefined
    return importer.isStaticRequest(specifier) ? known : undefined
  }

  /** A module that is loaded once is not asked again: those that were reloaded are few. */
  note(importer: ModuleInstance, specifier: string, known: KnownImport): void {
    if (importer.version === 0) return
    importer.statics ??= new Map()
    importer.statics.set(specifier, known)
  }
}
