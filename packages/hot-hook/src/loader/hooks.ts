import type {
  LoadHookSync,
  ResolveFnOutput,
  ResolveHookContext,
  ResolveHookSync,
} from 'node:module'
import type { Edge, ModuleNode } from '../graph/module-graph.ts'
import { InstanceTable } from './instances/instance-table.ts'
import { isSynthetic, withoutEncodedVersion, withoutVersion } from './instances/module-url.ts'
import { OwnRequests, type OwnRequestsHost } from './own-requests.ts'
import { ProgramRequests, type ProgramRequestsHost } from './program-requests.ts'
import { Edges, type EdgesHost } from './resolving/edges.ts'
import { HookChain } from './resolving/hook-chain.ts'
import { RelativeImports } from './resolving/relative-imports.ts'
import { StartUp, type StartUpHost } from './resolving/start-up.ts'
import { announce, isMadeUp } from './resolving/wrappers.ts'
import { SourceLoader, type SourceLoaderHost } from './source-loader.ts'
import { loadErrorOf } from './sources/save-check.ts'

type NextResolve = Parameters<ResolveHookSync>[2]
/** What the hooks ask of the runtime. */
export interface LoaderHost
  extends ProgramRequestsHost,
    OwnRequestsHost,
    EdgesHost,
    StartUpHost,
    SourceLoaderHost {
  /** What was taken for a boundary is wiring. */
  rewired(nodes: ModuleNode[]): void
}

/** Who follows what is loaded while the program is loaded ahead of its start. */
interface LoadObserver {
  /** A module asks for what was found at this URL. */
  requested(parentUrl: string | undefined, url: string): void
  /** A file that is no part of the program is about to be read. */
  loading(url: string): void
}

/** Node's `resolve` and `load` hooks, for ES modules. */
export class Loader {
  readonly #host: LoaderHost
  readonly instances: InstanceTable
  readonly #own: OwnRequests
  readonly #sources: SourceLoader
  readonly #requests: ProgramRequests
  readonly #chain = new HookChain()
  readonly #relative: RelativeImports
  readonly #startUp: StartUp
  #isResolving = false
  /** Only while the program is loaded ahead of its start. */
  headStart: LoadObserver | undefined

  constructor(host: LoaderHost) {
    this.#host = host
    this.#startUp = new StartUp(host, (edges) => this.#rewire(edges))
    this.instances = new InstanceTable(host.graph)
    this.#relative = new RelativeImports(
      this.#chain,
      (url) => host.graph.getByUrl(url)?.isCurrent === true,
    )
    this.#sources = new SourceLoader(host, this.#chain, this.#relative)
    this.#own = new OwnRequests(host, this.instances, this.#relative)
    this.#requests = new ProgramRequests(host, {
      edges: new Edges(host, this.#startUp),
      instances: this.instances,
      relative: this.#relative,
      startUp: this.#startUp,
      followEntry: (url, isRequire) => this.followEntry(url, isRequire),
      requested: (parent, url) => this.headStart?.requested(parent, url),
      expect: (instance) => this.#sources.expect(instance),
      hook: this.resolve,
    })
  }

  /** Puts the hooks to work. */
  register(): void {
    this.#chain.followRegister()
    this.#startUp.start()
    this.#chain.register({ resolve: this.resolve, load: this.load })
  }

  /** The program starts with this module: it starts up at least until that is evaluated. */
  followEntry(url: string, isRequire: boolean): void {
    this.#startUp.follow(url, isRequire)
  }

  /** Why a fresh start could not load a module as it is on disk; `undefined` when nothing is known. */
  loadErrorOf(node: ModuleNode): unknown {
    const instance = this.instances.latest(node.url)
    return loadErrorOf(node, !instance?.isUntouched, this.#host.synthetic.compileCheck)
  }

  /** A load has failed; see `ProgramRequests`. */
  noteFailure(error: unknown): ModuleNode | undefined {
    return this.#requests.noteFailure(error)
  }

  /** As far as is known, nobody but Node finds and compiles what is imported. */
  get isPlain(): boolean {
    return this.#chain.isPlain
  }

  /** Runs what only finds a file (`import.meta.resolve()`): what it asks for is not imported. */
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
    const result =
      this.#own.resolve(specifier, context, nextResolve) ??
      this.#requests.resolve(specifier, context, nextResolve)
    if (isMadeUp(result.url)) this.#announce(result.url, context, nextResolve)
    return result
  }

  /** A version that is still to be loaded, by another loader that has made up its URL. */
  #announce(url: string, context: ResolveHookContext, nextResolve: NextResolve): void {
    const isLoaded = this.instances.get(url)?.isUntouched !== undefined
    if (isLoaded || this.#relative.answers(context, nextResolve)) return
    announce(url, context, nextResolve)
  }

  readonly load: LoadHookSync = (url, context, nextLoad) => {
    if (isSynthetic(url)) {
      return { ...this.#host.synthetic.load(url), shortCircuit: true }
    }
    const isRequire = context.conditions.includes('require')
    const instance = isRequire ? this.instances.latest(url) : this.instances.get(url)
    if (!instance) {
      this.headStart?.loading(url)
      return this.#sources.loadIgnored(url, context, nextLoad)
    }
    return this.#sources.load(instance, context, nextLoad)
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
