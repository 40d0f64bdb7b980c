import { Edge, type EdgeKind, ModuleNode } from './module-node.ts'

export { Edge, type EdgeKind, type FileSignature, ModuleNode, mayName } from './module-node.ts'

/** The modules of the program, who imports whom, and which version is due. Pure data. */
export class ModuleGraph {
  readonly #byFile = new Map<string, ModuleNode>()
  readonly #byUrl = new Map<string, ModuleNode>()
  /**
   * Files that have left the program: Node still has the instance of their first version, if it had one.
   * And why each could not be loaded again.
   */
  readonly #removed = new Map<string, string | undefined>()
  /** Grows whenever a module gets a new version. */
  epoch = 0
  /** Grows with each new or removed edge: what was computed from the edges is valid for one revision. */
  revision = 0

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
      if (this.#removed.has(file)) {
        node.version = this.nextVersion()
        node.unreloadable = this.#removed.get(file)
        this.#removed.delete(file)
      }
      this.#byFile.set(file, node)
    }
    this.#byUrl.set(url, node)
    if (url !== node.url && !node.otherUrls.includes(url)) node.otherUrls.push(url)
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
    edge.wiredAt.set(specifier, this.epoch)
  }

  /**
   * Whether a call that asks for what was wiring asks by itself: since it asked last, no change has
   * made a module anew, which would ask again for what it is made of.
   */
  isAskedAgain(edge: Edge, specifier: string): boolean {
    return edge.wiredAt.get(specifier) === this.epoch
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
    return ++this.epoch
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
    for (const url of [node.url, ...node.otherUrls]) this.#byUrl.delete(url)
    this.#removed.set(node.file, node.unreloadable)
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
