import { sep } from 'node:path'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { isCached } from './commonjs.ts'

/**
 * What Node does not ask the hooks for: it remembers what a specifier means in a directory, and while
 * that is in its cache it answers every `require()` of it in a module of that directory.
 */
export class RepeatedRequires {
  readonly #graph: ModuleGraph
  /** By directory and specifier, as Node remembers it. */
  readonly #known = new Map<string, ModuleNode>()

  constructor(graph: ModuleGraph) {
    this.#graph = graph
  }

  note(importer: ModuleNode, specifier: string, node: ModuleNode): void {
    this.#known.set(keyOf(importer.file, specifier), node)
  }

  /**
   * The modules of a `require()` that Node answers by itself, unless what is asked for is known to be
   * asked for: once as wiring is not enough to know it of a program that has started up.
   */
  find(
    file: string,
    specifier: string,
    hasStarted: () => boolean,
  ): { importer: ModuleNode; node: ModuleNode } | undefined {
    const node = this.#known.get(keyOf(file, specifier))
    if (!node || !isCached(node)) return undefined
    const importer = this.#graph.get(file)
    if (!importer) return undefined
    const known = importer.imports.get(node)?.specifiers.get(specifier)
    if (known !== undefined && (known !== 'start-up' || !hasStarted())) return undefined
    return { importer, node }
  }
}

function keyOf(file: string, specifier: string): string {
  return `${file.slice(0, file.lastIndexOf(sep))}\0${specifier}`
}
