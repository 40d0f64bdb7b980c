import { type ErrorEvent, EventBus } from './events.ts'
import { ModuleGraph, type ModuleNode } from './graph/module-graph.ts'
import type { FullReloadPlan } from './graph/propagate.ts'
import { HandlerHost } from './handler/handler-host.ts'
import { HeadStart } from './head-start/head-start.ts'
import { waitingImports } from './loader/commonjs/waiting-imports.ts'
import { Loader } from './loader/hooks.ts'
import { Facades } from './loader/live-bindings/facade.ts'
import { SyntheticModules } from './loader/synthetic-modules.ts'
import { Log } from './log/log.ts'
import { ownModule } from './node/own-module.ts'
import { Doubts } from './options/doubts.ts'
import { Settings } from './options/settings.ts'
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
import { Loads } from './runtime/loads.ts'
import { MemoryGuard } from './runtime/memory-guard.ts'
import { Modules } from './runtime/modules.ts'
import { Pruning } from './runtime/pruning.ts'
import { Registry } from './runtime/registry.ts'
import { Reporter } from './runtime/reporter.ts'
import { UncaughtLoads } from './runtime/uncaught-loads.ts'
import { Updater } from './runtime/updater.ts'
import { Visits } from './runtime/visits.ts'
import { Freshness } from './watch/freshness.ts'
import { ProgramWatch } from './watch/program-watch.ts'

/** How long after its first server listens it is said what of the program is hot, in milliseconds. */
const settledMs = 30

/** The rooms of the runtime, and who calls whom. It owns no logic of theirs. */
export class Wiring {
  readonly settings = new Settings()
  readonly graph = new ModuleGraph()
  readonly registry = new Registry()
  readonly log = new Log()
  readonly doubts = new Doubts(this.log, () => this.settings.known)
  readonly #facades = new Facades()
  readonly #synthetic = new SyntheticModules(this.#facades)
  readonly events = new EventBus(
    (error, event) =>
      this.log.error(`a handler of "${event}" failed`, error, 'HOT_HOOK_EVENT_HANDLER'),
    () =>
      this.log.debugOnce(
        "Vite's events (vite:…) never come: their handlers are not called [HOT_HOOK_VITE_EVENTS]",
      ),
  )
  readonly #visits = new Visits({
    graph: this.graph,
    overstayed: (count) => this.#reporter.overstayed(count),
  })
  readonly #disposal = new Disposal(this.registry, {
    report: (event) => this.#reporter.failed(event),
    leave: (transaction, replaced) => this.#visits.leave(transaction, replaced),
  })
  readonly #freshness = new Freshness(this.graph, {
    recheck: ({ file }) => {
      this.#changes.report([file])
      this.#heldReload.retry()
    },
    unreadable: (node, error) => this.#reporter.unreadable(node, error),
  })
  readonly #heldReload = new HeldReload({
    graph: this.graph,
    loadErrorOf: (node) => this.loader.loadErrorOf(node),
    settles: (node) => this.#freshness.settles(node),
    fullReload: (plan, noticedAt) => this.#reporter.fullReload(plan, noticedAt),
    failed: (event) => this.#reporter.failed(event),
    held: (plan, by) => this.#reporter.held(plan, by),
  })
  readonly uncaughtLoads = new UncaughtLoads(
    this.graph,
    (node) => this.loader.instances.latest(node.url),
    (file, error) => this.#reporter.failed({ file, error, phase: 'load' }),
  )
  readonly #memoryGuard = new MemoryGuard((reason) => this.#reporter.outOfMemory(reason))
  readonly #reporter: Reporter
  readonly watch: ProgramWatch
  readonly loader: Loader
  readonly #loads: Loads
  readonly #updater: Updater
  readonly #changes: Changes
  readonly #answers: Answers
  readonly #boundaries: Boundaries
  readonly explanations: Explanations
  readonly modules: Modules
  readonly handlerHost: HandlerHost
  readonly #headStart: HeadStart
  /** Called once when the program has started up. */
  startedUp: (() => void) | undefined

  constructor() {
    const settings = this.settings
    const rooms = {
      graph: this.graph,
      registry: this.registry,
      facades: this.#facades,
      synthetic: this.#synthetic,
      freshness: this.#freshness,
      disposal: this.#disposal,
      events: this.events,
      log: this.log,
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
    this.watch = new ProgramWatch({
      ...rooms,
      get options() {
        return settings.options
      },
      watching: (state) => {
        this.#freshness.watch = state
      },
      changed: (files) => this.#changes.report(files),
      asked: (question) => {
        const failed = (error: unknown) => this.log.debug('no answer to %o: %o', question, error)
        this.#answers.to(question).then(sendToParent).catch(failed)
      },
      paused: (isPaused) => this.#changes.pause(isPaused),
      relay: (message) => this.#reporter.relay(message),
    })
    this.loader = new Loader({
      ...rooms,
      get options() {
        return settings.options
      },
      isJustRead: (node) => this.#freshness.isJustRead(node),
      internalUrl: ownModule.url,
      transactionOf: (url) => this.#loads.underWay.get(url),
      evaluated: (url) => this.#loads.evaluated(url),
      unresolved: (error, importer) => this.uncaughtLoads.addUnresolved(error, importer),
      rewired: (nodes) => this.#changes.rewired(nodes),
      unwired: (nodes) => this.#changes.unwired(nodes),
      isAccepting: () => handlerScope()?.phase === 'accept',
      startedUp: () => this.startedUp?.(),
      loaded: (node) => this.#loaded(node),
      settled: () => {
        this.#headStart.settled()
        this.watch.settled()
        // Whoever waits for the first answer gets it first.
        setTimeout(() => {
          this.#reporter.started(this.graph.modules(), (node) =>
            waitingImports(node, this.loader.instances.latest(node.url)),
          )
          ownModule.settled?.()
        }, settledMs).unref()
      },
      versionFor: (node) =>
        handlerScope()?.phase === 'dispose' ? (node.running ?? node.version) : node.version,
      usesCluster: () => this.watch.leadCluster(),
      usesThreads: () => this.watch.leadThreads(),
      isAskedAgain: () => this.#visits.isLoading,
      enterRequired: (node) => this.#boundaries.enterRequired(node),
      requiredModule: (node) => {
        const reason = node.unreloadable ?? 'it is an ES module, and require() cannot load it again'
        rooms.fullReload({ kind: 'full-reload', module: node, chain: [node], reason })
      },
      enterBoundary: (...boundary) => this.#boundaries.enter(...boundary),
    })
    this.#loads = new Loads({
      ...rooms,
      loader: this.loader,
      failures,
      leftOvers: new LeftOvers(this.registry, (...of) => this.#reporter.leftOvers(...of)),
      changed: (node) => this.#changes.apply([node]),
      loaded: (load) => this.#updater.loaded(load),
      failedToLoad: (error) => this.uncaughtLoads.add(error),
      replaced: (modules, of) => this.#memoryGuard.replaced(modules, of),
    })
    const pruning = new Pruning({
      ...rooms,
      unwatch: (node) => this.watch.unwatch(node),
      pruned: (node) => {
        if (node.wasLoaded) this.events.emit('prune', { file: node.file })
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
    this.explanations = new Explanations(
      this.graph,
      this.registry,
      this.#reporter.advisor,
      settings,
    )
    this.#answers = new Answers({
      ...rooms,
      get options() {
        return settings.options
      },
      changes: this.#changes,
      updater: this.#updater,
      heldReload: this.#heldReload,
      explain: (file) => this.explanations.of(file),
    })
    this.#headStart = new HeadStart({
      ...rooms,
      loader: this.loader,
      startsNow: () => this.watch.startsNow(),
      unwatch: (node) => this.watch.unwatch(node),
    })
    this.modules = new Modules({
      ...rooms,
      loader: this.loader,
      headStart: this.#headStart,
      loads: this.#loads,
      changed: (node) => this.#changes.apply([node]),
      watched: (node) => this.#loaded(node),
      isHot: (file) => !this.settings.options.isIgnored(file),
    })
    this.handlerHost = new HandlerHost({
      ...rooms,
      visits: this.#visits,
      changes: this.#changes,
      updater: this.#updater,
      reporter: this.#reporter,
      options: () => settings.known,
    })
  }

  /** A file is part of the program now. */
  #loaded(node: ModuleNode): void {
    this.noteReload(node)
    this.watch.loaded(node)
  }

  /** What matches `reload` is never hot, and nothing that it imports can be hot through it. */
  noteReload(node: ModuleNode): void {
    if (this.settings.options.isReload(node.file)) node.unreloadable ??= reloadReason
    else if (node.unreloadable === reloadReason) node.unreloadable = undefined
  }
}
