import type { EdgeKind, ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { ResolvedOptions } from '../options.ts'
import { fileOf, isOwn } from './module-url.ts'

interface EdgesHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
}

/** Which modules are part of the graph, and what one module's request for another means. */
export class Edges {
  readonly #host: EdgesHost

  constructor(host: EdgesHost) {
    this.#host = host
  }

  /** The module of a URL, unless its file is ignored. */
  dependency(url: string): ModuleNode | undefined {
    const { graph, options } = this.#host
    const known = graph.getByUrl(url)
    if (known) return known.isIgnored ? undefined : known
    // Hot Hook's own modules never change, also where it is a linked workspace package.
    if (isOwn(url)) return undefined
    const file = fileOf(url)
    return options.isIgnored(file) ? undefined : graph.ensure(file, url)
  }

  /** Who imports, when its loading was not seen: an ignored package, or what came before us. */
  importer(url: string | undefined): ModuleNode | undefined {
    if (!url?.startsWith('file:') || url.endsWith('/')) return undefined
    const { graph, options } = this.#host
    const known = graph.getByUrl(url)
    if (known) return known
    const file = fileOf(url)
    const node = graph.ensure(file, url)
    node.running = 0
    if (options.isIgnored(file)) node.isIgnored = true
    else node.isOutside = true
    return node
  }

  /** @param isHot the import has the attribute `hot` */
  kindOf(
    importer: ModuleNode,
    dependency: ModuleNode,
    site: 'static' | 'start-up' | 'later',
    isHot: boolean,
  ): EdgeKind {
    const { options } = this.#host
    if (importer.isIgnored) return 'start-up'
    if (site === 'static') return 'static'
    if (isHot) return 'boundary'
    if (options.boundaries) return options.isBoundary(dependency.file) ? 'boundary' : 'start-up'
    return site === 'later' ? 'boundary' : 'start-up'
  }

  /**
   * An import statement asks for a module: what the user meant to be a boundary cannot be one.
   *
   * @throws Error when the option asks for it
   */
  noteStatic(
    importer: ModuleNode,
    dependency: ModuleNode,
    specifier: string,
    isHot: boolean,
  ): void {
    const { options } = this.#host
    if (!isHot && !options.isBoundary(dependency.file)) return
    dependency.isWronglyImported = true
    if (!options.throwWhenBoundariesAreNotDynamicallyImported) return
    throw new Error(
      `The boundary "${specifier}" must be imported with import() from ${importer.file}: ` +
        'an import statement never asks for its next version.',
    )
  }
}
