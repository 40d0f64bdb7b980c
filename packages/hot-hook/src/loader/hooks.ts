import module, {
  type LoadHookSync,
  type ResolveFnOutput,
  type ResolveHookContext,
  type ResolveHookSync,
} from 'node:module'
import type { Edge, ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { HintCode } from '../log/codes.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { InstanceTable } from './instances/instance-table.ts'
import type { KnownImport, ModuleInstance } from './instances/module-instance.ts'
import {
  isSynthetic,
  versionedUrl,
  withoutEncodedVersion,
  withoutVersion,
} from './instances/module-url.ts'
import type { Transaction } from './instances/transaction.ts'
import type { Facades } from './live-bindings/facade.ts'
import { requestFacade, type StaticRequest } from './live-bindings/facade-request.ts'
import { OwnRequests, syntheticModule } from './own-requests.ts'
import { Edges } from './resolving/edges.ts'
import { HookChain } from './resolving/hook-chain.ts'
import { type ImportSite, requestSite } from './resolving/import-site.ts'
import { noteMissingImport } from './resolving/missing-import.ts'
import { RelativeImports } from './resolving/relative-imports.ts'
import { RepeatedImports } from './resolving/repeated-imports.ts'
import { Requires } from './resolving/requires.ts'
import { StartUp } from './resolving/start-up.ts'
import { SourceLoader } from './source-loader.ts'
import { hasAttributes, withoutHot } from './sources/import-attributes.ts'
import { loadErrorOf } from './sources/save-check.ts'
import type { SyntheticModules } from './synthetic-modules.ts'

type NextResolve = Parameters<ResolveHookSync>[2]
type Attributes = ImportAttributes

/** What the hooks ask of the runtime. */
export interface LoaderHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
  readonly facades: Facades
  readonly synthetic: SyntheticModules
  /** Whether the import that loads this file has just read what is its signature. */
  isJustRead(node: ModuleNode): boolean
  /** The module whose imports name the versions that they want. */
  readonly internalUrl: string
  /** The application imports a boundary: looks for saves, and loads what is due. */
  enterBoundary(node: ModuleNode, url: () => string, attributes: Attributes): void
  /** The program asks for node:cluster. */
  usesCluster(): void
  /** Who imports now will ask again, whenever that is. */
  isAskedAgain(): boolean
  /** A lazy `require()` of a module that is not in its cache: the load that it starts, if any. */
  enterRequired(node: ModuleNode): Transaction | undefined
  /** An ES module that was replaced is required: Node gives its first version. */
  requiredModule(node: ModuleNode): void
  /** The version that an import from outside of a transaction gets. */
  versionFor(node: ModuleNode): number
  /** A file is part of the program: watch it. */
  loaded(node: ModuleNode): void
  /** The transaction that starts with this URL. */
  transactionOf(url: string): Transaction | undefined
  /** Resolves when a module that is being loaded is evaluated, or has failed. */
  evaluated(url: string): Promise<void>
  /** A program that has started up asks for what cannot be found. */
  unresolved(error: unknown, importer: ModuleNode): void
  /** An accept callback runs. */
  isAccepting(): boolean
  /** The program has started up. */
  startedUp(): void
  /** What was wiring is a boundary. */
  unwired(nodes: ModuleNode[]): void
  /** What was taken for a boundary is wiring. */
  rewired(nodes: ModuleNode[]): void
  /** The program has started up, as far as that can be known. */
  settled(): void
  warn(message: string, code: HintCode): void
}

/** Node's `resolve` and `load` hooks, for ES modules. */
export class Loader {
  readonly #host: LoaderHost
  readonly instances: InstanceTable
  readonly #own: OwnRequests
  readonly #sources: SourceLoader
  readonly #edges: Edges
  readonly #chain = new HookChain()
  readonly #relative = new RelativeImports(
    this.#chain,
    (url) => this.#host.graph.getByUrl(url)?.isCurrent === true,
  )
  readonly #repeated: RepeatedImports
  readonly #requires: Requires
  readonly #startUp: StartUp
  #isResolving = false

  constructor(host: LoaderHost) {
    this.#host = host
    this.#sources = new SourceLoader(host, this.#chain)
    this.#startUp = new StartUp({
      evaluated: (url) => host.evaluated(url),
      isAccepting: () => host.isAccepting(),
      ended: () => host.startedUp(),
      rewire: (edges) => this.#rewire(edges),
      settled: () => host.settled(),
    })
    this.#edges = new Edges(host, this.#startUp)
    this.instances = new InstanceTable(host.graph)
    this.#repeated = new RepeatedImports(host.graph)
    this.#requires = new Requires(host, {
      edges: this.#edges,
      instances: this.instances,
      expect: (instance) => this.#sources.expect(instance),
      startUp: this.#startUp,
    })
    this.#own = new OwnRequests(host, this.instances, this.#relative)
  }

  /** Puts the hooks to work. */
  register(): void {
    this.#chain.followRegister()
    this.#startUp.start()
    // By the object: an older Node has no such export, and is to be told so.
    module.registerHooks({ resolve: this.resolve, load: this.load })
    this.#chain.followRegisterHooks()
  }

  /** The program starts with this module: it starts up at least until that is evaluated. */
  followEntry(url: string, isRequire: boolean): void {
    this.#startUp.follow(url, isRequire)
    this.#chain.surround(this.#loadCompiled)
  }

  /** Why a fresh start could not load a module as it is on disk; `undefined` when nothing is known. */
  loadErrorOf(node: ModuleNode): unknown {
    const instance = this.instances.latest(node.url)
    const isUntouched = instance && (instance.isUntouched ?? this.#chain.isLast)
    return loadErrorOf(node, !isUntouched, this.#host.synthetic.compileCheck)
  }

  /** Runs `import.meta.resolve()`: what it asks for is not imported. */
  resolving(run: () => string): string {
    this.#isResolving = true
    try {
      return run()
    } finally {
      this.#isResolving = false
    }
  }

  readonly resolve: ResolveHookSync = (specifier, given, nextResolve) => {
    const context = withCleanParent(given)
    if (this.#isResolving) return resolveClean(specifier, context, nextResolve)
    const own = this.#own.resolve(specifier, context, nextResolve)
    if (own) return own
    const { parentURL } = context
    const parent = parentURL === undefined ? undefined : this.instances.find(parentURL)
    const isRequire = context.conditions.includes('require')
    const known = parent?.boundaries.get(specifier)
    if (known && !isRequire) return this.#enterBoundary(known, withoutHot(context.importAttributes))
    if (parent?.statics && !isRequire && this.#relative.answers(context, nextResolve)) {
      const again = this.#repeated.find(parent, specifier, context.importAttributes)
      if (again) return this.#resolveAgain(specifier, parent, again)
    }
    if (specifier === 'node:cluster' || specifier === 'cluster') this.#host.usesCluster()
    if (specifier.startsWith('node:')) return nextResolve(specifier, context)
    return this.#resolve(specifier, context, nextResolve, parent, isRequire)
  }

  readonly load: LoadHookSync = (url, context, nextLoad) => {
    if (isSynthetic(url)) {
      return { ...this.#host.synthetic.load(url), shortCircuit: true }
    }
    const isRequire = context.conditions.includes('require')
    const instance = isRequire ? this.instances.latest(url) : this.instances.get(url)
    if (!instance) return this.#sources.loadIgnored(url, context, nextLoad)
    return this.#sources.load(instance, context, nextLoad)
  }

  /** Sees what loaders that were registered after this package have made of a module. */
  readonly #loadCompiled: LoadHookSync = (url, context, nextLoad) => {
    const result = nextLoad(url, context)
    return isSynthetic(url) ? result : this.#sources.compiled(url, this.instances.get(url), result)
  }

  #resolve(
    given: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
    parent: ModuleInstance | undefined,
    isRequire: boolean,
  ): ResolveFnOutput {
    const { parentURL } = context
    const { graph } = this.#host
    const isHot = context.importAttributes?.hot === 'true'
    const attributes = withoutHot(context.importAttributes)
    const specifier = withoutVersion(given)
    const cleanParent = parentURL && withoutVersion(parentURL)
    // A `require()` has none, and loaders tell it by that.
    const importAttributes = context.importAttributes && attributes
    const plain =
      cleanParent === parentURL && importAttributes === context.importAttributes
        ? context
        : { ...context, parentURL: cleanParent, importAttributes }
    // On Node 22 CommonJS that was imported as TypeScript requires through the ES module loader.
    const isStatement =
      !isRequire && parent?.node.isCommonJs === false && parent.isStaticRequest(specifier)
    let result: ResolveFnOutput
    try {
      result = isRequire
        ? nextResolve(specifier, plain)
        : this.#relative.resolve(specifier, plain, nextResolve)
    } catch (error) {
      if (parent) {
        const site = isStatement ? 'static' : this.#siteOf(parent.url, parent.node, isRequire)
        if (site === 'later') this.#host.unresolved(error, parent.node)
        const missing = noteMissingImport(parent, specifier, error, this.#host)
        graph.link(parent.node, missing, site === 'later' ? 'boundary' : 'static', parent.version)
        this.#host.loaded(missing)
      }
      throw error
    }
    if (!result.url.startsWith('file:')) return { ...result, importAttributes: attributes }
    if (parentURL === undefined) this.followEntry(result.url, isRequire)
    const url = withoutVersion(result.url)
    const node = this.#edges.dependency(url)
    if (!node) return { ...result, importAttributes: attributes }

    const importer = parent?.node ?? this.#edges.importer(cleanParent)
    if (!importer) {
      node.isEntry = true
      const entry = this.#versioned(node, url, undefined, result, attributes)
      if (!isRequire) return entry
      this.#sources.expect(this.instances.ensure(url, node, node.version, undefined))
      return { ...result, url }
    }
    const site = isStatement ? 'static' : this.#siteOf(parentURL as string, importer, isRequire)
    if (site === 'resolve') return { ...result, url }
    if (isRequire) {
      this.#requires.note(importer, parent, node, specifier, site)
      return { ...result, url }
    }
    const isNamed = isStatement || (site === 'static' && !importer.isCommonJs)
    const isAsked = isHot || this.#host.isAskedAgain()
    const request = { site, specifier, isHot: isAsked, isStatement: isNamed }
    const kind = this.#edges.link(importer, node, parent?.version ?? importer.version, request)
    if (kind === 'boundary') {
      const known = { node, url, format: result.format }
      parent?.boundaries.set(given, known)
      return this.#enterBoundary(known, attributes)
    }
    if (kind === 'static') {
      this.#edges.noteStatic(importer, node, specifier, isHot)
      // What Node was asked for may come to something else the next time.
      if (result.shortCircuit && parent) {
        this.#repeated.note(parent, specifier, { node, url, format: result.format })
      }
    }
    const versioned = this.#versioned(node, url, parent?.transaction, result, attributes)
    if (kind === 'static' && parent?.lexed?.accepted.size) {
      const request = { importer: parent, specifier, dependency: node, resolved: versioned }
      return this.#facade(request, plain, nextResolve)
    }
    return versioned
  }

  /** An import statement that names what it named in the module's last version. */
  #resolveAgain(specifier: string, parent: ModuleInstance, known: KnownImport): ResolveFnOutput {
    const { node, url } = known
    this.#host.graph.link(parent.node, node, 'static', parent.version)
    this.#edges.noteStatic(parent.node, node, specifier, false)
    return this.#versioned(node, url, parent.transaction, known, {})
  }

  #siteOf(parentUrl: string, importer: ModuleNode, isRequire: boolean): ImportSite {
    const { isWiring } = this.#startUp
    return requestSite({ parentUrl, importer, isRequire, isWiring }, this.resolve)
  }

  /** What was taken for a boundary while the program still started up is wiring. */
  #rewire(edges: Iterable<Edge>): void {
    const nodes = new Set<ModuleNode>()
    for (const edge of edges) {
      this.#host.graph.rewire(edge)
      this.instances.forgetBoundaries(edge.importer)
      nodes.add(edge.dependency)
    }
    this.#host.rewired([...nodes])
  }

  #enterBoundary(
    known: { node: ModuleNode; url: string; format: string | null | undefined },
    attributes: Attributes,
  ): ResolveFnOutput {
    const { node } = known
    node.resolvedFormat = known.format
    const url = () => versionedUrl(known.url, this.#host.versionFor(node))
    this.#host.enterBoundary(node, url, attributes)
    const version = this.#host.versionFor(node)
    return this.#versioned(node, known.url, undefined, known, attributes, version)
  }

  #versioned(
    node: ModuleNode,
    cleanUrl: string,
    transaction: Transaction | undefined,
    { format }: { format?: string | null | undefined },
    importAttributes: Attributes,
    version = transaction?.pinned.get(node) ?? node.version,
  ): ResolveFnOutput {
    const url = versionedUrl(cleanUrl, version)
    node.resolvedFormat = format ?? node.resolvedFormat
    const instance = this.instances.ensure(url, node, version, transaction)
    if (hasAttributes(importAttributes)) instance.attributes = importAttributes
    return { url, format: format ?? null, importAttributes, shortCircuit: true }
  }

  /** A static import that its module accepts gets bindings that can move. */
  #facade(
    request: StaticRequest,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const { facades } = this.#host
    const { importer, specifier, resolved } = request
    const facade = requestFacade(facades, request, {
      resolve: (given, parentURL) => {
        try {
          return withoutVersion(nextResolve(given, { ...context, parentURL }).url)
        } catch {
          return undefined
        }
      },
      target: (url) => {
        const node = url.startsWith('file:') ? this.#edges.dependency(url) : undefined
        if (!node) return { node, url }
        return { node, url: this.#versioned(node, url, importer.transaction, {}, {}).url }
      },
    })
    if (!facade) return resolved
    if ('url' in facade) return { ...syntheticModule(facade.url), importAttributes: {} }
    this.#host.warn(
      `${importer.node.file} accepts "${specifier}", but its bindings cannot follow: ${facade.problem}. ` +
        'The accept callback gets the new module all the same.',
      'HOT_HOOK_BINDINGS',
    )
    return resolved
  }
}

function withCleanParent(context: ResolveHookContext): ResolveHookContext {
  const { parentURL } = context
  const clean = parentURL && withoutEncodedVersion(parentURL)
  return clean === parentURL ? context : { ...context, parentURL: clean }
}

function resolveClean(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: NextResolve,
): ResolveFnOutput {
  const parentURL = context.parentURL && withoutVersion(context.parentURL)
  const result = nextResolve(withoutVersion(specifier), { ...context, parentURL })
  return { ...result, url: withoutVersion(result.url) }
}
