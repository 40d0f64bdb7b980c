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
  /** When the content was read, in milliseconds since the epoch. */
  readAt: number
  /** The content, `undefined` when it was never read (a directory, a missing file). */
  source: string | undefined
}

/** All that is asked of one module by another; each kind holds the importer's version that asked. */
export class Edge {
  readonly importer: ModuleNode
  readonly dependency: ModuleNode
  readonly kinds = new Map<EdgeKind, number>()
  /** What the `import()` and `require()` calls that asked for it were taken for, by specifier. */
  readonly specifiers = new Map<string, EdgeKind>()
  /** When each that was wiring was last asked for, in versions that the graph had given by then. */
  readonly wiredAt = new Map<string, number>()

  constructor(importer: ModuleNode, dependency: ModuleNode) {
    this.importer = importer
    this.dependency = dependency
  }

  /** A change of the dependency makes the importer stale. */
  get propagates(): boolean {
    return this.kinds.has('static') || this.kinds.has('start-up') || this.kinds.has('watch')
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
  /** The version that the next import gets; 0 until the file has changed. */
  version = 0
  /** Node has read it as a module, whatever came of it. */
  wasLoaded = false
  /** The version that was evaluated last; `undefined` until the first. */
  running: number | undefined
  /** The version that a load has linked before it failed. */
  failed: number | undefined
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
    const name = /([^\\/]*?)(?:\.[^.\\/]*)?$/.exec(file)?.[1] ?? ''
    return name === 'index' || this.signature.source.includes(name)
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

/** The modules of the program, who imports whom, and which version is due. Pure data. */
export class ModuleGraph {
  readonly #byFile = new Map<string, ModuleNode>()
  readonly #byUrl = new Map<string, ModuleNode>()
  /** Files that have left the program: Node still has the instance of their first version, if it had one. */
  readonly #removed = new Set<string>()
  #epoch = 0
  /** Grows with each new or removed edge: what was computed from the edges is valid for one revision. */
  revision = 0

  /** Grows whenever a module gets a new version. */
  get epoch(): number {
    return this.#epoch
  }

  get size(): number {
    return this.#byFile.size
  }

  /** Every module, in the order of its first appearance. */
  modules(): IterableIterator<ModuleNode> {
    return this.#byFile.values()
  }

  /** The module of an absolute path. */
  get(file: string): ModuleNode | undefined {
    return this.#byFile.get(file)
  }

  /** The module of a file URL without version. */
  getByUrl(url: string): ModuleNode | undefined {
    return this.#byUrl.get(url)
  }

  /** The module of `file`, made when it is new. */
  ensure(file: string, url: string): ModuleNode {
    let node = this.#byFile.get(file)
    if (!node) {
      node = new ModuleNode(file, url)
      if (this.#removed.delete(file)) node.version = this.nextVersion()
      this.#byFile.set(file, node)
    }
    this.#byUrl.set(url, node)
    return node
  }

  /** Notes that `version` of `importer` asks for `dependency`. */
  link(importer: ModuleNode, dependency: ModuleNode, kind: EdgeKind, version: number): Edge {
    let edge = importer.imports.get(dependency)
    if (!edge) {
      edge = new Edge(importer, dependency)
      importer.imports.set(dependency, edge)
      dependency.importers.set(importer, edge)
      this.revision++
    }
    const known = edge.kinds.get(kind)
    if (known === undefined) this.revision++
    if (known === undefined || known < version) edge.kinds.set(kind, version)
    return edge
  }

  /** A call asks for wiring: it may be what makes a part of the program. */
  wire(edge: Edge, specifier: string): void {
    edge.specifiers.set(specifier, 'start-up')
    edge.wiredAt.set(specifier, this.#epoch)
  }

  /**
   * Whether a call that asks for what was wiring asks by itself: since it asked last, no change has
   * made a module anew, which would ask again for what it is made of.
   */
  isAskedAgain(edge: Edge, specifier: string): boolean {
    return edge.wiredAt.get(specifier) === this.#epoch
  }

  /**
   * A call asks for it again after start-up: with no other wiring left it is a boundary alone.
   *
   * @returns whether it was wiring until now
   */
  askAgain(edge: Edge, specifier: string): boolean {
    edge.specifiers.set(specifier, 'boundary')
    if ([...edge.specifiers.values()].includes('start-up')) return false
    const wasWiring = edge.kinds.delete('start-up')
    if (wasWiring) this.revision++
    return wasWiring
  }

  /** What was taken for a boundary was made before the program had started up. */
  rewire(edge: Edge): void {
    const version = edge.kinds.get('boundary')
    if (version === undefined) return
    edge.kinds.delete('boundary')
    edge.kinds.set('start-up', version)
    for (const [specifier, kind] of edge.specifiers) {
      if (kind === 'boundary') this.wire(edge, specifier)
    }
    this.revision++
  }

  /** A number that no module has had as its version yet. */
  nextVersion(): number {
    return ++this.#epoch
  }

  /**
   * `version` of `node` is the running one: what only older versions asked for is forgotten, but
   * for what `keeps` says the new one asks for as well, or will ask for when it gets there.
   * Returns the modules that lost an importer.
   */
  commit(
    node: ModuleNode,
    version: number,
    keeps: (edge: Edge, kind: EdgeKind) => boolean,
  ): ModuleNode[] {
    node.running = version
    node.hasChanged = false
    const orphans: ModuleNode[] = []
    for (const edge of node.imports.values()) {
      for (const [kind, asked] of edge.kinds) {
        if (asked >= version || keeps(edge, kind)) continue
        edge.kinds.delete(kind)
        this.revision++
      }
      if (edge.kinds.size > 0) continue
      this.#unlink(edge)
      orphans.push(edge.dependency)
    }
    return orphans
  }

  /**
   * Takes a module out: who asks for its file from now on gets a new one. What it imports is still
   * held by it, until `releaseImports`.
   */
  remove(node: ModuleNode): void {
    for (const edge of [...node.importers.values()]) this.#unlink(edge)
    this.#byFile.delete(node.file)
    this.#byUrl.delete(node.url)
    this.#removed.add(node.file)
  }

  /** A module that was taken out is gone. Returns the modules that lost an importer. */
  releaseImports(node: ModuleNode): ModuleNode[] {
    const orphans = [...node.imports.keys()]
    for (const edge of [...node.imports.values()]) this.#unlink(edge)
    return orphans
  }

  /** Whether the program can still reach `node`: an entry is among its importers' importers. */
  isReachable(node: ModuleNode, alive: Set<ModuleNode> = new Set()): boolean {
    const seen = new Set([node])
    for (const current of seen) {
      if (current.isEntry || current.isIgnored || alive.has(current)) {
        alive.add(node)
        return true
      }
      for (const importer of current.importers.keys()) seen.add(importer)
    }
    return false
  }

  /**
   * Everything that importing `root` evaluates, `root` first: modules behind a boundary of their
   * own are not among them.
   */
  closure(root: ModuleNode): Set<ModuleNode> {
    const closure = new Set([root])
    for (const node of closure) {
      for (const edge of node.imports.values()) if (edge.propagates) closure.add(edge.dependency)
    }
    return closure
  }

  #unlink(edge: Edge): void {
    edge.importer.imports.delete(edge.dependency)
    edge.dependency.importers.delete(edge.importer)
    this.revision++
  }
}
