import module, {
  type LoadHookSync,
  type ResolveFnOutput,
  type ResolveHookContext,
  type ResolveHookSync,
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
  readonly #startUp: StartUp
  #isResolving = false
  /** Only while the program is loaded ahead of its start. */
  headStart: LoadObserver | undefined

  constructor(host: LoaderHost) {
    this.#host = host
    this.#sources = new SourceLoader(host, this.#chain)
    this.#startUp = new StartUp(host, (edges) => this.#rewire(edges))
    this.instances = new InstanceTable(host.graph)
    const relative = new RelativeImports(
      this.#chain,
      (url) => host.graph.getByUrl(url)?.isCurrent === true,
    )
    this.#own = new OwnRequests(host, this.instances, relative)
    this.#requests = new ProgramRequests(host, {
      edges: new Edges(host, this.#startUp),
      instances: this.instances,
      relative,
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

  /** A load has failed; see `ProgramRequests`. */
  noteFailure(error: unknown): ModuleNode | undefined {
    return this.#requests.noteFailure(error)
  }

  /** As far as is known, nobody but Node finds and compiles what is imported. */
  get isPlain(): boolean {
    return this.#chain.isPlain
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
    return own ?? this.#requests.resolve(specifier, context, nextResolve)
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

  /** Sees what loaders that were registered after this package have made of a module. */
  readonly #loadCompiled: LoadHookSync = (url, context, nextLoad) => {
    const result = nextLoad(url, context)
    return isSynthetic(url) ? result : this.#sources.compiled(url, this.instances.get(url), result)
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
