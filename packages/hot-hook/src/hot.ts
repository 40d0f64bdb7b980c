import { type ErrorEvent, EventBus, type HotEventHandler, type HotEventName } from './events.ts'
import { dump } from './graph/dump.ts'
import type { DumpedModule, Explanation } from './graph/dump-types.ts'
import { type GraphFile, graphFiles } from './graph/graph-file.ts'
import { ModuleGraph, type ModuleNode } from './graph/module-graph.ts'
import type { FullReloadPlan } from './graph/propagate.ts'
import { HandlerHost } from './handler/handler-host.ts'
import { createHandler } from './handler/mounts.ts'
import type { HotHandler } from './handler/types.ts'
import { Visits } from './handler/visits.ts'
import { HeadStart } from './head-start/head-start.ts'
import { hasStartedUp, installModuleHot } from './loader/commonjs/commonjs.ts'
import { waitingImports } from './loader/commonjs/waiting-imports.ts'
import { Loader } from './loader/hooks.ts'
import { Facades } from './loader/live-bindings/facade.ts'
import { noteImportsOf, noteOutside } from './loader/outside.ts'
import { runtimeKey } from './loader/sources/additions.ts'
import { SyntheticModules } from './loader/synthetic-modules.ts'
import { Log } from './log/log.ts'
import { enableCompileCache } from './node/compile-cache.ts'
import { Doubts } from './options/doubts.ts'
import { type InitArguments, readInitArguments } from './options/init-arguments.ts'
import type { HotOptions } from './options/options.ts'
import { Settings } from './options/settings.ts'
import { watchRestarted } from './reload/full-reload.ts'
import { sendToParent } from './reload/parent.ts'
import { Answers } from './runtime/answers.ts'
import { Boundaries } from './runtime/boundaries.ts'
import { Changes, reloadReason } from './runtime/changes.ts'
import { Disposal } from './runtime/disposal.ts'
import { Explanations } from './runtime/explanations.ts'
import { Failures } from './runtime/failures.ts'
import { handlerScope } from './runtime/handler-scope.ts'
import { HeldReload } from './runtime/held-reload.ts'
import { LeftOvers } from './runtime/left-overs.ts'
import { Loads, loadsUrl } from './runtime/loads.ts'
import { MemoryGuard } from './runtime/memory-guard.ts'
import { Modules } from './runtime/modules.ts'
import { Pruning } from './runtime/pruning.ts'
import { Registry } from './runtime/registry.ts'
import { Reporter } from './runtime/reporter.ts'
import { UncaughtLoads } from './runtime/uncaught-loads.ts'
import { Updater } from './runtime/updater.ts'
import { Freshness } from './watch/freshness.ts'
import { ProgramWatch } from './watch/program-watch.ts'

/** Where options come from when the application gives them, for errors. */
const initSource = 'hot.init'

/** Hot module reloading of this process: `import { hot } from 'hot-hook'`. */
export class Hot {
  readonly #settings = new Settings()
  readonly #graph = new ModuleGraph()
  readonly #registry = new Registry()
  readonly #log = new Log()
  readonly #doubts = new Doubts(this.#log, () => this.#settings.known)
  readonly #facades = new Facades()
  readonly #synthetic = new SyntheticModules(this.#facades)
  readonly #events = new EventBus(
    (error, event) =>
      this.#log.error(`a handler of "${event}" failed`, error, 'HOT_HOOK_EVENT_HANDLER'),
    () =>
      this.#log.debugOnce(
        "Vite's events (vite:…) never come: their handlers are not called [HOT_HOOK_VITE_EVENTS]",
      ),
  )
  readonly #visits = new Visits({
    graph: this.#graph,
    overstayed: (count) => this.#reporter.overstayed(count),
  })
  readonly #disposal = new Disposal(this.#registry, {
    report: (event) => this.#reporter.failed(event),
    leave: (transaction, replaced) => this.#visits.leave(transaction, replaced),
  })
  readonly #freshness = new Freshness(this.#graph, {
    recheck: ({ file }) => this.#changes.report([file]),
    unreadable: (node, error) => this.#reporter.unreadable(node, error),
    watched: () => this.#watch.state,
  })
  readonly #heldReload = new HeldReload({
    graph: this.#graph,
    loadErrorOf: (node) => this.#loader.loadErrorOf(node),
    fullReload: (plan) => this.#reporter.fullReload(plan),
    failed: (event) => this.#reporter.failed(event),
    held: (plan, by) => this.#reporter.held(plan, by),
  })
  readonly #uncaughtLoads = new UncaughtLoads(
    this.#graph,
    (node) => this.#loader.instances.latest(node.url),
    (file, error) => this.#reporter.failed({ file, error, phase: 'load' }),
  )
  readonly #memoryGuard = new MemoryGuard((reason) => this.#reporter.outOfMemory(reason))
  readonly #reporter: Reporter
  readonly #watch: ProgramWatch
  readonly #loader: Loader
  readonly #loads: Loads
  readonly #updater: Updater
  readonly #changes: Changes
  readonly #answers: Answers
  readonly #boundaries: Boundaries
  readonly #explanations: Explanations
  readonly #modules: Modules
  readonly #handlerHost: HandlerHost
  readonly #headStart: HeadStart
  #watchRestarted: (() => void) | undefined

  constructor() {
    const settings = this.#settings
    const rooms = {
      graph: this.#graph,
      registry: this.#registry,
      facades: this.#facades,
      synthetic: this.#synthetic,
      freshness: this.#freshness,
      disposal: this.#disposal,
      events: this.#events,
      log: this.#log,
      failed: (event: ErrorEvent) => this.#reporter.failed(event),
      fullReload: (plan: FullReloadPlan) => this.#heldReload.request(plan),
    }
    const failures = new Failures(rooms)
    this.#reporter = new Reporter({
      ...rooms,
      get options() {
        return settings.options
      },
      disposeAll: () => this.#disposal.disposeAll(),
    })
    this.#watch = new ProgramWatch({
      ...rooms,
      get options() {
        return settings.options
      },
      changed: (files) => this.#changes.report(files),
      asked: (question) => {
        const failed = (error: unknown) => this.#log.debug('no answer to %o: %o', question, error)
        this.#answers.to(question).then(sendToParent).catch(failed)
      },
      paused: (isPaused) => this.#changes.pause(isPaused),
      relay: (message) => this.#reporter.relay(message),
    })
    this.#loader = new Loader({
      ...rooms,
      get options() {
        return settings.options
      },
      isJustRead: (node) => this.#freshness.isJustRead(node),
      internalUrl: loadsUrl,
      transactionOf: (url) => this.#loads.underWay.get(url),
      evaluated: (url) => this.#loads.evaluated(url),
      unresolved: (error, importer) => this.#uncaughtLoads.addUnresolved(error, importer),
      rewired: (nodes) => this.#changes.rewired(nodes),
      unwired: (nodes) => this.#changes.unwired(nodes),
      isAccepting: () => handlerScope()?.phase === 'accept',
      startedUp: () => this.#watchRestarted?.(),
      loaded: (node) => this.#loaded(node),
      settled: () => {
        this.#headStart.settled()
        this.#reporter.started(this.#graph.modules(), (node) =>
          waitingImports(node, this.#loader.instances.latest(node.url)),
        )
      },
      versionFor: (node) =>
        handlerScope()?.phase === 'dispose' ? (node.running ?? node.version) : node.version,
      usesCluster: () => this.#watch.leadCluster(),
      isAskedAgain: () => this.#visits.isLoading,
      enterRequired: (node) => this.#boundaries.enterRequired(node),
      requiredModule: (node) => {
        const reason = 'it is an ES module, and require() cannot load it again'
        rooms.fullReload({ kind: 'full-reload', module: node, chain: [node], reason })
      },
      enterBoundary: (...boundary) => this.#boundaries.enter(...boundary),
    })
    this.#loads = new Loads({
      ...rooms,
      loader: this.#loader,
      failures,
      leftOvers: new LeftOvers(this.#registry, (...of) => this.#reporter.leftOvers(...of)),
      loaded: (load) => this.#updater.loaded(load),
      failedToLoad: (error) => this.#uncaughtLoads.add(error),
      replaced: (modules, characters) => this.#memoryGuard.replaced(modules, characters),
    })
    const pruning = new Pruning({
      ...rooms,
      unwatch: (node) => this.#watch.unwatch(node),
      pruned: (node) => {
        if (node.wasLoaded) this.#events.emit('prune', { file: node.file })
      },
    })
    this.#updater = new Updater({
      ...rooms,
      failures,
      loads: this.#loads,
      pruning,
      updated: (event) => this.#reporter.updated(event),
    })
    this.#changes = new Changes({
      ...rooms,
      get options() {
        return settings.options
      },
      failures,
      loads: this.#loads,
      updater: this.#updater,
      invalidated: (files, plan) => this.#reporter.invalidated(files, plan),
      retryReload: () => this.#heldReload.retry(),
    })
    this.#boundaries = new Boundaries(this.#freshness, this.#changes, this.#loads, this.#visits)
    this.#explanations = new Explanations(
      this.#graph,
      this.#registry,
      this.#reporter.advisor,
      settings,
    )
    this.#answers = new Answers({
      ...rooms,
      get options() {
        return settings.options
      },
      watch: this.#watch,
      changes: this.#changes,
      updater: this.#updater,
      heldReload: this.#heldReload,
      explain: (file) => this.explain(file),
    })
    this.#headStart = new HeadStart({
      ...rooms,
      loader: this.#loader,
      startsNow: () => this.#watch.startsNow(),
      unwatch: (node) => this.#watch.unwatch(node),
    })
    this.#modules = new Modules({
      ...rooms,
      loader: this.#loader,
      headStart: this.#headStart,
      loads: this.#loads,
      changed: (node) => this.#changes.apply([node]),
      watched: (node) => this.#loaded(node),
      isHot: (file) => !this.#settings.options.isIgnored(file),
    })
    this.#handlerHost = new HandlerHost({
      ...rooms,
      visits: this.#visits,
      changes: this.#changes,
      updater: this.#updater,
      reporter: this.#reporter,
      options: () => settings.known,
    })
    this.#doubts.loaded()
  }

  /**
   * Starts hot reloading; what is imported from now on is hot. Called again, it takes the options
   * given now in place of those given before, and starts nothing twice.
   *
   * @param entry the entry's `import.meta.url` or path (`__filename`), or the options, whose `root`
   *   is the entry then
   * @throws HotHookOptionsError that names the option and what was expected; nothing is started
   */
  async init(entry?: string | URL | HotOptions, options?: HotOptions): Promise<void> {
    this.#start(initSource, () => readInitArguments(entry, options))
  }

  /** As `init`, before the application is loaded: `source` is where the options were written. */
  register(options: HotOptions | undefined, source: string): void {
    this.#start(source, () => ({ given: options, isOldForm: false }))
  }

  #start(source: string, read: () => InitArguments): void {
    const isFirst = this.#settings.known === undefined
    const options = this.#settings.take(source, read)
    this.#log.level = options.log
    if (isFirst) this.#register()
    for (const node of this.#graph.modules()) this.#noteReload(node)
    if (source === initSource) this.#noteEntry()
    this.#watch.start()
    this.#doubts.started(options, this.#settings.given.root !== undefined, new Error().stack)
  }

  /**
   * Calls `handler` with every `event`: 'invalidate', 'update', 'full-reload', 'prune' or 'error'.
   *
   * @returns a function that takes the handler off again
   * @throws TypeError for an unknown event or a handler that is no function
   */
  on<Name extends HotEventName>(event: Name, handler: HotEventHandler<Name>): () => void {
    return this.#events.on(event, handler)
  }

  /** Takes a handler off again. */
  off<Name extends HotEventName>(event: Name, handler: HotEventHandler<Name>): void {
    this.#events.off(event, handler)
  }

  /** The modules of the program with their boundaries, versions and edges; empty before `init`. */
  async dump(): Promise<DumpedModule[]> {
    const options = this.#settings.known
    return options ? dump(this.#graph, options.rootDirectory, this.#registry) : []
  }

  /** What relative paths and globs start from, absolute path; `undefined` where Hot Hook does not run. */
  get rootDirectory(): string | undefined {
    return this.#settings.known?.rootDirectory
  }

  /** The same for those who draw it: absolute paths, kinds of files and of edges. */
  graph(): GraphFile[] {
    return graphFiles(this.#graph, this.#registry)
  }

  /**
   * What a save of `file` would do.
   *
   * @param file a path, absolute or from the root directory, or a file URL
   * @throws TypeError for anything else
   */
  explain(file: string | URL): Explanation {
    if (!this.#settings.known) {
      this.#log.warnOnce('hot.explain() knows nothing before hot.init()', 'HOT_HOOK_NOT_STARTED')
    }
    return this.#explanations.of(file)
  }

  /**
   * A request listener that is always the latest app, `hot.handler(() => import('./app.js'))`: for
   * `http.createServer` and Express as it is, for Koa, Fastify and fetch apps by its properties. A load
   * that fails is answered with its error. Without Hot Hook running `load` is called once, and what it
   * rejects with is not answered but passed on.
   *
   * @param load imports the app: its default export, or `fetch`; what is not imported
   *   (`() => app`) is looked at again with every request
   * @throws TypeError when `load` is no function
   */
  handler(load: () => unknown): HotHandler {
    return createHandler(this.#handlerHost, load)
  }

  #register(): void {
    Object.assign(globalThis, { [Symbol.for(runtimeKey)]: this.#modules })
    if (this.#settings.options.compileCache) enableCompileCache()
    installModuleHot((file, of) => this.#modules.hotOf(file, of))
    this.#loader.register()
    this.#uncaughtLoads.start()
    this.#watchRestarted = watchRestarted(this.#log)
  }

  /** The entry was running before us when it calls `init`: it is what everything starts from. */
  #noteEntry(): void {
    const { root } = this.#settings.options
    if (root === undefined) return
    const known = this.#graph.get(root)
    // With --import hot-hook/register the entry was loaded like everything else.
    if (known?.signature) return
    const { isIgnored } = this.#settings.options
    const nodes = noteOutside(this.#graph, root, isIgnored)
    // A path may be another spelling than Node's, and would be loaded: only the entry's own URL is sure.
    const { root: given } = this.#settings.given
    if (nodes[0] && hasStartedUp(nodes[0]) === false) this.#loader.followEntry(root, true)
    else if (given?.startsWith('file:')) this.#loader.followEntry(given, false)
    for (const node of nodes) node.isEntry = node.file === root
    for (const node of noteImportsOf(nodes, this.#graph, isIgnored)) this.#watch.watch(node)
  }

  #loaded(node: ModuleNode): void {
    this.#noteReload(node)
    this.#watch.loaded(node)
  }

  /** What matches `reload` is never hot, and nothing that it imports can be hot through it. */
  #noteReload(node: ModuleNode): void {
    if (this.#settings.options.isReload(node.file)) node.unreloadable ??= reloadReason
    else if (node.unreloadable === reloadReason) node.unreloadable = undefined
  }
}
