import { EventEmitter } from 'node:events'
import type { Writable } from 'node:stream'
import type { Explanation, PauseMessage } from 'hot-hook/protocol'
import type { Child } from './child.ts'
import { type ChildExit, isCrash, isRefusal } from './child-exit.ts'
import type { ExitEvent, RestartReason, RunnerEvents } from './events.ts'
import type { ChildMessage } from './messages.ts'
import { type ResolvedOptions, type RunnerOptions, resolveOptions } from './options.ts'
import { Pause } from './pause.ts'
import { Processes } from './processes.ts'
import { type GraphDump, Questions, type Settled } from './questions.ts'
import { SaveWatch } from './save-watch.ts'
import { Storm } from './storm.ts'

/**
 * Runs a script with Hot Hook in it, starts it again when Hot Hook asks, and after a crash when a
 * file is saved. Says what happens as events and prints nothing itself.
 *
 * ```ts
 * const runner = new Runner({ script: 'server.ts' })
 * runner.on('crash', ({ code }) => console.log('crashed with', code))
 * await runner.start()
 * ```
 */
export class Runner extends EventEmitter<RunnerEvents> {
  readonly options: ResolvedOptions
  /** With `stdin: 'pipe'`: what is written here is read by whichever process runs. */
  readonly input: Writable
  readonly #saves: SaveWatch
  readonly #storm: Storm<RestartReason>
  readonly #processes: Processes
  readonly #questions = new Questions(() => this.#processes.current)
  readonly #pause = new Pause()
  #work: Promise<void> = Promise.resolve()
  #crashed: ExitEvent | undefined
  #ending: Promise<ExitEvent> | undefined
  #ended = false

  /** @throws {RunnerOptionsError} when an option makes no sense or the script does not exist */
  constructor(options: RunnerOptions) {
    super()
    this.options = resolveOptions(options)
    const { scriptFile, poll } = this.options
    this.#saves = new SaveWatch(scriptFile, poll, (path) => this.#request({ kind: 'save', path }))
    this.#storm = new Storm((reason) => this.#restart(reason))
    this.#processes = new Processes({
      options: this.options,
      isEnding: () => this.#ending !== undefined || this.#ended,
      starting: () => {
        this.#saves.started()
        this.#crashed = undefined
        this.#pause.started()
      },
      started: (event) => this.emit('start', event),
      handedOver: (event) => this.emit('handoff', event),
      stoodBy: (event) => this.emit('standby', event),
      blocked: (since) => this.#saves.whileBlocked(since),
      unblocked: () => this.#saves.close(),
      received: (child, message) => this.#receive(child, message),
      message: (message) => this.emit('message', message),
      died: (child, exit) => this.#died(child, exit),
    })
    this.input = this.#processes.input
  }

  /** The process that serves; undefined while the script is down. */
  get pid(): number | undefined {
    return this.#processes.current?.pid
  }

  /** How the script last crashed, if it is down because of that. */
  get crashed(): ExitEvent | undefined {
    return this.#crashed
  }

  /**
   * Starts the script. Resolves when its process exists; what becomes of it is told by events.
   *
   * @throws when it was started before
   */
  async start(): Promise<void> {
    if (this.#processes.wasStarted)
      throw new Error('This runner was started before: make a new one.')
    this.#processes.start()
  }

  /** Starts the script again. Calls that come together are one restart. */
  restart(reason = 'asked to'): void {
    this.#storm.add({ kind: 'asked', text: reason })
  }

  /**
   * Ends the script: `signal`, by default the kill signal, first, SIGKILL after the kill timeout. Resolves, with how the script
   * ended, when no process of it is left. Called again, it waits for the same end.
   */
  stop(signal: NodeJS.Signals = this.options.killSignal): Promise<ExitEvent> {
    this.#ending ??= this.#stop(signal)
    return this.#ending
  }

  /** Sends the script's processes a signal that is not meant to end them. */
  signal(signal: NodeJS.Signals): void {
    for (const child of this.#processes.all) child.signal(signal)
  }

  /**
   * Sends the application a message, as its `process.on('message')` gets it.
   *
   * @returns false when no process of it could be told
   */
  send(message: unknown): boolean {
    return this.#processes.current?.message(message) ?? false
  }

  /** Ends every process of the script at once, without asking. */
  kill(): void {
    this.#processes.kill()
  }

  /** Whether saves wait for `resume`. */
  get paused(): boolean {
    return this.#pause.isOn
  }

  /** Lets saves wait: nothing is loaded again or restarted for them until `resume`. */
  pause(): void {
    if (!this.#pause.begin()) return
    for (const child of this.#processes.all) this.#tellPause(child)
    this.emit('pause', { paused: true })
  }

  /** Everything that was saved since `pause` is one change. */
  resume(): void {
    if (!this.#pause.isOn) return
    const waiting = this.#pause.end()
    for (const child of this.#processes.all) this.#tellPause(child)
    this.emit('pause', { paused: false })
    if (waiting) this.#storm.add(waiting)
  }

  /**
   * Sees to everything that was saved until now, as far as the process can; what comes of it is told by
   * events, before this resolves.
   *
   * @param patience in milliseconds
   * @returns what the process then has not got; `undefined` when none runs that answers in time
   */
  settle(patience?: number): Promise<Settled | undefined> {
    return this.#questions.settle(patience)
  }

  /** What is in the program, and who imports whom; `undefined` when no process runs that could say it. */
  dump(): Promise<GraphDump | undefined> {
    return this.#questions.dump()
  }

  /**
   * What a save of these files would do; `undefined` when no process runs that could say it.
   *
   * @param files absolute paths; without, every file that the program has loaded
   */
  explain(files?: readonly string[]): Promise<Explanation[] | undefined> {
    return this.#questions.explain(files)
  }

  async #stop(signal: NodeJS.Signals): Promise<ExitEvent> {
    const current = this.#processes.current
    const last = this.#crashed ?? { code: 0, signal: null }
    this.#storm.close()
    this.#saves.close()
    await this.#processes.stop(signal)
    return this.#end(current ? await current.exited : last)
  }

  #end({ code, signal }: ChildExit): ExitEvent {
    const exit = { code, signal }
    if (this.#ended) return exit
    this.#ended = true
    // A process that is still handing over has nobody to hand over to.
    this.#processes.close()
    this.#storm.close()
    this.#saves.close()
    this.emit('exit', exit)
    return exit
  }

  #receive(child: Child, message: ChildMessage): void {
    const speaks = this.#processes.speaks(child)
    switch (message.type) {
      case 'hot-hook:full-reload': {
        const { type: _, noticedAt, ...reload } = message
        if (!speaks) return
        this.#processes.standby.saved(reload.path)
        this.emit('fullReload', reload)
        this.#request({ kind: 'full-reload', ...reload }, noticedAt)
        return
      }
      case 'hot-hook:invalidated':
        if (speaks) {
          const { type: _, ...event } = message
          this.emit('invalidate', event)
        }
        return
      case 'hot-hook:failed': {
        const { type: _, ...event } = message
        // Node throws an 'error' that nobody listens to.
        if (speaks && this.listenerCount('error') > 0) this.emit('error', event)
        return
      }
      case 'hot-hook:loaded':
        this.#saves.note(message.paths, message.stamps)
        this.#processes.standby.loaded(message.paths)
        return
      case 'hot-hook:updated': {
        const { type: _, ...event } = message
        this.#saves.settled()
        this.#processes.standby.disturb()
        if (speaks) this.emit('update', event)
        return
      }
      case 'hot-runner:booted':
        if (this.#pause.isOn) this.#tellPause(child)
        return
      case 'hot-hook:started':
        if (!speaks) return
        this.emit('hot', { text: message.text })
        this.#processes.standby.prepare()
        return
      case 'hot-runner:listening': {
        const { address, port } = message
        this.#processes.listens(child, `${address} ${port}`)
        const afterMs = Date.now() - child.startedAt
        this.emit('listening', { pid: child.pid, address, port, afterMs })
      }
    }
  }

  /** @param at when it came, in milliseconds since 1970. Default: now. */
  #request(reason: RestartReason, at?: number): void {
    if (!this.#pause.holds(reason)) this.#storm.add(reason, at)
  }

  #tellPause(child: Child): void {
    const message: PauseMessage = { type: 'hot-hook:pause', isPaused: this.#pause.isOn }
    child.message(message)
  }

  /** One restart after the other; what is asked for meanwhile is in the process that comes. */
  #restart(reason: RestartReason): void {
    this.#work = this.#work.then(async () => {
      if (this.#ending || this.#ended || this.#processes.isFresh) return
      if (reason.kind !== 'save') this.#saves.settled()
      this.emit('restart', { reason })
      await this.#processes.replace(reason)
    })
    this.#work = this.#work.catch((error: unknown) => this.#couldNotStart(error))
  }

  #couldNotStart(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause))
    const oldServes = this.#processes.current !== undefined
    this.emit('crash', { code: null, signal: null, pid: undefined, oldServes, waits: true, error })
    this.#saves.afterCrash(undefined)
  }

  #died(child: Child, exit: ChildExit): void {
    const { code, signal } = exit
    const oldServes = this.#processes.current !== undefined
    if (!oldServes && !isCrash(exit)) {
      void this.#endedWell(exit)
      return
    }
    if (!oldServes) this.#crashed = { code, signal }
    const isFinal = this.options.exitOnCrash || isRefusal(exit, child.booted)
    const waits = oldServes || !isFinal
    const { pid, takenPort, uncaught } = child
    this.emit('crash', {
      ...exit,
      pid,
      oldServes,
      waits,
      ...(takenPort !== undefined && { takenPort }),
      ...(uncaught && { uncaught }),
    })
    if (waits) this.#saves.afterCrash(child)
    else this.#end(exit)
  }

  async #endedWell(exit: ChildExit): Promise<void> {
    const isInSave = exit.code === 0 && (await this.#saves.endedInSave())
    // Somebody may have asked for something meanwhile.
    if (this.#ending || this.#ended || this.#processes.current) return
    if (isInSave) this.#request({ kind: 'save', path: this.options.scriptFile })
    else this.#end(exit)
  }
}
