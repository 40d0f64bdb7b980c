import { Advisor } from '../advice/advisor.ts'
import type { ErrorEvent, EventBus, UpdateEvent } from '../events.ts'
import type { ModuleNode } from '../graph/module-graph.ts'
import type { AcceptRules, FullReloadPlan, HotPlan } from '../graph/propagate.ts'
import { formatUpdate, type Log, shortPath } from '../log/log.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { failureOf } from '../reload/failure.ts'
import {
  isFollowingPrimary,
  isFollowingThread,
  isShownByParent,
  sendToParent,
} from '../reload/parent.ts'
import type { FullReloadMessage } from '../reload/protocol.ts'
import { Reloader, type ReloaderHost } from '../reload/reloader.ts'
import { deadlineMs } from './deadline.ts'

interface ReportingHost {
  readonly registry: AcceptRules
  readonly options: ResolvedOptions
  readonly events: EventBus
  readonly log: Log
  disposeAll(): Promise<void>
}

/** Says what happened, to everybody who wants to know: the log, the events, the parent process. */
export class Reporter {
  readonly #host: ReportingHost
  readonly #reloader = new Reloader()
  /** What would make a full reload hot. */
  readonly advisor: Advisor

  constructor(host: ReportingHost) {
    this.#host = host
    this.advisor = new Advisor(host)
  }

  /**
   * The program has started up: how much of it is hot, to who looks at a terminal.
   *
   * @param waitingIn what a module would ask for with calls that it has not come to yet
   */
  started(modules: Iterable<ModuleNode>, waitingIn: (module: ModuleNode) => string[]): void {
    const { log } = this.#host
    // What other threads and processes load is told by themselves when it changes.
    if (isFollowingThread() || isFollowingPrimary()) return
    const isShown = process.stderr.isTTY || log.debugEnabled
    if (!isShown && !isShownByParent()) return
    const text = this.advisor.firstLine(modules, waitingIn)
    if (!isShownByParent()) log.info(text)
    sendToParent({ type: 'hot-hook:started', text })
  }

  /** Modules are stale now. */
  invalidated(files: ModuleNode[], plan: HotPlan): void {
    const { events, log } = this.#host
    const paths = (nodes: Iterable<ModuleNode>) =>
      [...nodes].filter((node) => !node.isMissing).map((node) => node.file)
    const modules = paths([...plan.stale].filter((node) => !node.isResource))
    const event = { files: paths(files), modules, boundaries: paths(plan.boundaries) }
    log.debug('stale: %o', event)
    if (event.boundaries.length > 0) events.emit('invalidate', event)
    const stale = paths(plan.stale)
    // Managers take the first path as they find it.
    if (stale.length === 0) return
    sendToParent({ type: 'hot-hook:invalidated', paths: stale, ...event })
  }

  /** New code runs. */
  updated(event: UpdateEvent): void {
    const { events, log, options } = this.#host
    if (!isShownByParent())
      log.info(formatUpdate({ ...event, rootDirectory: options.rootDirectory }))
    events.emit('update', event)
    sendToParent({ type: 'hot-hook:updated', ...event })
  }

  /** Each replacement of these leaves something open. */
  leftOvers(modules: ModuleNode[], kind: string): void {
    const { log, options } = this.#host
    const files = modules.map(({ file }) => shortPath(file, options.rootDirectory)).join(', ')
    const hot = modules.some(({ isCommonJs }) => isCommonJs) ? 'module.hot' : 'import.meta.hot'
    log.hint(
      `${files}: each of the last three replacements has left one ${kind} more in the process. ` +
        `Close what the module opens: ${hot}?.dispose(() => { … })`,
      'HOT_HOOK_LEFT_OPEN',
    )
  }

  /** Requests were inside what is replaced for so long that they are not waited for any more. */
  overstayed(count: number): void {
    const who = count === 1 ? 'a request is' : `${count} requests are`
    this.#host.log.warn(
      `${who} still inside the replaced app after ${deadlineMs / 1000} s: what it has opened is disposed now`,
      'HOT_HOOK_OVERSTAYED',
    )
  }

  /** A file of the program cannot be read any more. */
  unreadable({ file }: ModuleNode, error: Error): void {
    const { log, options } = this.#host
    const path = shortPath(file, options.rootDirectory)
    log.warn(`${path} cannot be read until this is mended: ${error.message}`, 'HOT_HOOK_UNREADABLE')
  }

  /** Something of an update failed; the program runs on. */
  failed(event: ErrorEvent): void {
    const { events, log, options } = this.#host
    const file = shortPath(event.file, options.rootDirectory)
    const verb = { load: 'loaded', evaluate: 'evaluated', accept: 'accepted' } as const
    const what =
      event.phase === 'dispose' || event.phase === 'prune'
        ? `a ${event.phase} handler of ${file} failed`
        : `${file} could not be ${verb[event.phase]}; the old program runs on`
    log.error(what, event.error)
    events.emit('error', event)
    const { file: path, error, phase } = event
    if (isShownByParent()) {
      sendToParent({ type: 'hot-hook:failed', file: path, phase, ...failureOf(error) })
    }
  }

  /** A full reload waits: it would end the program as long as another file cannot be loaded. */
  held({ module: changed }: FullReloadPlan, by: ModuleNode): void {
    const { log, options } = this.#host
    const name = ({ file }: ModuleNode) => shortPath(file, options.rootDirectory)
    log.info(`${name(changed)} changed: full reload as soon as ${name(by)} can be loaded`)
  }

  /** A change cannot be hot. */
  fullReload({ module: changed, chain, reason }: FullReloadPlan, noticedAt: number): void {
    const advice = this.advisor.for(chain)
    const event = {
      file: changed.file,
      chain: chain.map(({ file }) => file),
      reason,
      ...(advice !== undefined && { advice }),
    }
    this.#reloader.request(event, this.#reloaderHost, {
      cause: chain.at(-1)?.isEntry ? 'entry' : 'obstacle',
      noticedAt,
      shouldBeReloadable: chain.some((node) => node.isWronglyImported),
    })
  }

  /** A thread or a cluster worker asks for a full reload. */
  relay(message: FullReloadMessage): void {
    this.#reloader.relay(message, this.#reloaderHost)
  }

  /** The heap fills. */
  outOfMemory(reason: string): void {
    const { root, rootDirectory } = this.#host.options
    const file = root ?? rootDirectory
    this.#reloader.request({ file, chain: [file], reason }, this.#reloaderHost, {
      cause: 'memory',
      shouldBeReloadable: false,
    })
  }

  get #reloaderHost(): ReloaderHost {
    const { events, log, options, disposeAll } = this.#host
    return {
      log,
      rootDirectory: options.rootDirectory,
      told: (advice) => this.advisor.told(advice),
      onFullReload: options.onFullReload,
      emit: (event) => events.emit('full-reload', event),
      disposeAll,
    }
  }
}
