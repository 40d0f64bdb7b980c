/**
 * How one module asks for another.
 * - `static`: an import or re-export statement, or a `require()` while its module is evaluated.
 * - `start-up`: an `import()` or lazy `require()` while the program starts up, or some module is
 *   evaluated: wiring, its importer may never ask again.
 * - `boundary`: one that runs later, or that has been seen to ask again: the next call gets the
 *   latest version.
 * - `watch`: it is not loaded: the module reads it, or what is in it, in some other way.
 */
export type EdgeKind = 'static' | 'start-up' | 'boundary' | 'watch'

/** What is known of the content of a file: enough to tell whether a save changed it. */
export interface FileSignature {
  /** Modification time in milliseconds, `-1` when the file does not exist. */
  mtimeMs: number
  /** Time of the last change of content, name or rights in milliseconds: no program can set it. */
  ctimeMs: number
  size: number
  /** When the content was read, in milliseconds since the epoch; long ago where it is to be read again. */
  readAt: number
  /** The content, `undefined` when it was never read (a directory, a missing file). */
  source: string | undefined
}

/** All that is asked of one module by another; each kind holds the importer's version that asked. */
export class Edge {
  readonly importer: ModuleNode
  readonly dependency: ModuleNode
  readonly kinds = new Map<EdgeKind, number>()
  // Most edges are import statements and have neither: made for each, they cost a start more than the edges.
  #specifiers: Map<string, EdgeKind> | undefined
  #wiredAt: Map<string, number> | undefined

  constructor(importer: ModuleNode, dependency: ModuleNode) {
    this.importer = importer
    this.dependency = dependency
  }

  /** What the `import()` and `require()` calls that asked for it were taken for, by specifier. */
  get specifiers(): Map<string, EdgeKind> {
    this.#specifiers ??= new Map()
    return this.#specifiers
  }

  /** When each that was wiring was last asked for, in versions that the graph had given by then. */
  get wiredAt(): Map<string, number> {
    this.#wiredAt ??= new Map()
    return this.#wiredAt
  }

  /** A change of the dependency makes the importer stale. */
  get propagates(): boolean {
    return this.kinds.has('static') || this.kinds.has('start-up') || this.kinds.has('watch')
  }

  /**
   * The same for one version of the importer that has been linked: what its statements import is known then.
   */
  propagatesTo(version: number): boolean {
    if (!this.propagates || this.kinds.size > 1 || this.importer.isCommonJs) return this.propagates
    return (this.kinds.get('static') ?? version) >= version
  }

  /** The dependency is loaded as a module, not only watched. */
  get isImport(): boolean {
    return this.kinds.size > (this.kinds.has('watch') ? 1 : 0)
  }
}

/** One file of the program. Its instances come and go; the node stays. */
export class ModuleNode {
  /** Absolute path. */
  readonly file: string
  /** URL of the file without a version. */
  readonly url: string
  /** Those that it is also known by: with another query. */
  readonly otherUrls: string[] = []
  /** The version that the next import gets; 0 until the file has changed. */
  version = 0
  /** Node has read it as a module, whatever came of it. */
  wasLoaded = false
  /** The version that was evaluated last; `undefined` until the first. */
  running: number | undefined
  /** The version that a load has linked before it failed. */
  failed: number | undefined
  /** The version whose own load has failed. */
  thrown: number | undefined
  /** What importing it starts from: the program's entry, a preloaded module, a parent outside the graph. */
  isEntry = false
  /** In an ignored package: never hot, but it imports a module that is. */
  isIgnored = false
  /** Loaded before Hot Hook: its importers and content are known, its loading was not seen. */
  isOutside = false
  /** Why this module can never be loaded again in this process (a native addon, WebAssembly). */
  unreloadable: string | undefined
  /** Its format as it was resolved: a loader may need that for what Node does not know. */
  resolvedFormat: string | null | undefined
  /** Lives in require.cache: evicting it is what makes Node load it again. */
  isCommonJs = false
  /** Matches `boundaries`, yet somebody imports it statically. */
  isWronglyImported = false
  /** Stands for a file that could not be found: the directory that it would appear in. */
  isMissing = false
  signature: FileSignature | undefined
  /** Its content has changed since it was last evaluated. */
  hasChanged = false
  /** How often an `import()` or lazy `require()` was seen to ask for it as a boundary. */
  timesAsked = 0
  readonly imports = new Map<ModuleNode, Edge>()
  readonly importers = new Map<ModuleNode, Edge>()

  constructor(file: string, url: string) {
    this.file = file
    this.url = url
  }

  /** So far no more than a name: an `accept()` waits for somebody to import it. */
  get isOnlyNamed(): boolean {
    const isLinked = this.imports.size > 0 || this.importers.size > 0
    return this.running === undefined && !this.isEntry && !isLinked
  }

  /** No module: a file or a directory that modules watch. */
  get isResource(): boolean {
    if (this.running !== undefined || this.importers.size === 0) return false
    return ![...this.importers.values()].some((edge) => edge.isImport)
  }

  /**
   * Whether the source that was read last may still ask for a dependency, whatever the one that runs
   * asked for: it has the name of the file.
   */
  mayAskFor({ file }: ModuleNode): boolean {
    if (!this.hasChanged || this.signature?.source === undefined) return true
    return mayName(this.signature.source, file)
  }

  /** The running program has the latest version. */
  get isCurrent(): boolean {
    return this.version === this.running
  }

  /** A load that failed has linked it: it holds the versions of that time, and may run later. */
  get isLeftOver(): boolean {
    return this.failed === this.version && !this.isCurrent
  }

  /** The running program has not got the latest version. */
  get isStale(): boolean {
    return this.running !== undefined && !this.isCurrent
  }

  /** Its content is not yet what the running program works with: it is stale, or who watches it. */
  get isDue(): boolean {
    if (!this.isResource) return this.isStale
    return [...this.importers.keys()].some((importer) => importer.isStale)
  }
}

/** Whether a source has the name of a file, by which it may ask for it. */
export function mayName(source: string, file: string): boolean {
  const name = /([^\\/]*?)(?:\.[^.\\/]*)?$/.exec(file)?.[1] ?? ''
  return name === 'index' || source.includes(name)
}
