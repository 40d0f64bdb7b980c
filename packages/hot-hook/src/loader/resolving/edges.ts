import type { EdgeKind, ModuleGraph, ModuleNode } from '../../graph/module-graph.ts'
import { coded } from '../../log/codes.ts'
import type { ResolvedOptions } from '../../options/options.ts'
import { fileOf, isOwn } from '../instances/module-url.ts'
import type { StartUp } from './start-up.ts'

export interface EdgesHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
  /** What was wiring is a boundary. */
  unwired(nodes: ModuleNode[]): void
}

/** How one module asks for another. */
interface EdgeRequest {
  site: 'static' | 'start-up' | 'later'
  specifier: string
  /** It has the attribute `hot`. */
  isHot: boolean
  /** It is an import or re-export statement. */
  isStatement: boolean
}

/** Which modules are part of the graph, and what one module's request for another means. */
export class Edges {
  readonly #host: EdgesHost
  readonly #startUp: StartUp

  constructor(host: EdgesHost, startUp: StartUp) {
    this.#host = host
    this.#startUp = startUp
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

  /**
   * Notes that `version` of `importer` asks for `dependency`.
   *
   * @returns what it is for the importer
   */
  link(
    importer: ModuleNode,
    dependency: ModuleNode,
    version: number,
    { site, specifier, isHot, isStatement }: EdgeRequest,
  ): EdgeKind {
    const { graph, options } = this.#host
    const kind = this.#kindOf(importer, dependency, { site, specifier, isHot })
    const edge = graph.link(importer, dependency, kind, version)
    if (kind === 'boundary') {
      if (graph.askAgain(edge, specifier)) this.#host.unwired([dependency])
      if (!isHot && !options.boundaries) this.#startUp.noteBoundary(edge)
    } else if (!isStatement) {
      if (kind === 'start-up') graph.wire(edge, specifier)
      else edge.specifiers.set(specifier, kind)
    }
    return kind
  }

  #kindOf(
    importer: ModuleNode,
    dependency: ModuleNode,
    { site, specifier, isHot }: Pick<EdgeRequest, 'site' | 'specifier' | 'isHot'>,
  ): EdgeKind {
    const { graph, options } = this.#host
    if (site === 'static') return importer.isIgnored ? 'start-up' : 'static'
    if (isHot) return 'boundary'
    if (options.boundaries) return options.isBoundary(dependency.file) ? 'boundary' : 'start-up'
    if (site !== 'later') return 'start-up'
    const edge = importer.imports.get(dependency)
    const known = edge?.specifiers.get(specifier)
    if (edge && known === 'start-up') {
      return graph.isAskedAgain(edge, specifier) ? 'boundary' : 'start-up'
    }
    // A package keeps what it loads, unless it is seen to ask again.
    return importer.isIgnored && known === undefined ? 'start-up' : 'boundary'
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
    const message =
      `The boundary "${specifier}" must be imported with import() from ${importer.file}: ` +
      'an import statement never asks for its next version.'
    throw coded('ERR_HOT_HOOK_STATIC_BOUNDARY', new Error(message))
  }
}
