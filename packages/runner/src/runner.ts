import { EventEmitter } from 'node:events'
import { PassThrough, type Writable } from 'node:stream'
import type { Explanation, PauseMessage } from 'hot-hook/protocol'
import { Child, type ChildExit } from './child.ts'
import type { ExitEvent, RestartReason, RunnerEvents } from './events.ts'
import { Guard } from './guard.ts'
import { Addresses, freeInspector, launchWorker, retire, takenOver } from './handoff.ts'
import { inspectorPort } from './inspector.ts'
import { type Launch, launchProcess, prepareLaunch } from './launch.ts'
import type { ChildMessage } from './messages.ts'
import { effectiveNodeArgs } from './node-options.ts'
import { type ResolvedOptions, type RunnerOptions, resolveOptions } from './options.ts'
import { Pause } from './pause.ts'
import { followPulse } from './pulse.ts'
import { type GraphDump, Questions, type Settled } from './questions.ts'
import { SaveWatch } from './save-watch.ts'
import { Standby } from './standby/standby.ts'
import { Storm } from './storm.ts'

/** Node's exit code for a command line it does not accept. */
const badCommandLine = 9
/** A process that has not booted by now, in milliseconds, may hang: a restart is a restart. */
const bootTime = 1000
/** How many replaced processes may answer their last requests at a time. */
const mostRetiring = 5
/** Somebody asked it to end: that is no crash. */
const askedToEnd = new Set<unknown>(['SIGINT', 'SIGTERM', 'SIGHUP', 128 + 1, 128 + 2, 128 + 15])

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
  readonly #input = new PassThrough()
  readonly #saves: SaveWatch
  readonly #guard: Guard
  readonly #storm: Storm<RestartReason>
  readonly #standby: Standby
  readonly #addresses = new Addresses()
  readonly #questions = new Questions(() => this.#current)
  readonly #pause = new Pause()
  /** Every process that has not ended yet. */
  readonly #children = new Set<Child>()
  /** The process that serves. */
  #current: Child | undefined
  /** The process that is to take over. */
  #next: Child | undefined
  #work: Promise<void> = Promise.resolve()
  #count = 0
  #crashed: ExitEvent | undefined
  #ending: Promise<ExitEvent> | undefined
  #ended = false

  /** @throws {RunnerOptionsError} when an option makes no sense or the script does not exist */
  constructor(options: RunnerOptions) {
    super()
    this.options = resolveOptions(options)
    this.input = this.#input
    const { scriptFile, poll } = this.options
    this.#saves = new SaveWatch(scriptFile, poll, (path) => this.#request({ kind: 'save', path }))
    this.#guard = new Guard(this.options.killTimeout)
    this.#storm = new Storm((reason) => this.#restart(reason))
    this.#standby = new Standby({
      options: this.options,
      start: (launch) => this.#child(launch),
      changed: (event) => this.emit('standby', event),
    })
  }

  /** The process that serves; undefined while the script is down. */
  get pid(): number | undefined {
    return this.#current?.pid
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
    if (this.#count > 0) throw new Error('This runner was started before: make a new one.')
    process.on('exit', this.#killAll)
    this.#current = this.#launch()
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
    for (const child of this.#children) child.signal(signal)
  }

  /**
   * Sends the application a message, as its `process.on('message')` gets it.
   *
   * @returns false when no process of it could be told
   */
  send(message: unknown): boolean {
    return this.#current?.message(message) ?? false
  }

  /** Ends every process of the script at once, without asking. */
  kill(): void {
    this.#killAll()
  }

  /** Whether saves wait for `resume`. */
  get paused(): boolean {
    return this.#pause.isOn
  }

  /** Lets saves wait: nothing is loaded again or restarted for them until `resume`. */
  pause(): void {
    if (!this.#pause.begin()) return
    for (const child of this.#children) this.#tellPause(child)
    this.emit('pause', { paused: true })
  }

  /** Everything that was saved since `pause` is one change. */
  resume(): void {
    if (!this.#pause.isOn) return
    const waiting = this.#pause.end()
    for (const child of this.#children) this.#tellPause(child)
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
    const current = this.#current
    const last = this.#crashed ?? { code: 0, signal: null }
    this.#storm.close()
    this.#saves.close()
    const standby = this.#standby.close()
    await Promise.all([...this.#children].map((child) => child.stop(signal)))
    await standby
    return this.#end(current ? await current.exited : last)
  }

  #end({ code, signal }: ChildExit): ExitEvent {
    const exit = { code, signal }
    if (this.#ended) return exit
    this.#ended = true
    // A process that is still handing over has nobody to hand over to.
    this.#killAll()
    this.#storm.close()
    this.#saves.close()
    void this.#standby.close()
    this.#guard.close()
    process.off('exit', this.#killAll)
    this.emit('exit', exit)
    return exit
  }

  readonly #killAll = (): void => {
    for (const child of this.#children) child.kill()
    this.#standby.kill()
  }

  #child(launch: Launch): Child {
    const { handoff, killSignal, killTimeout } = this.options
    const process = handoff ? launchWorker(launch) : launchProcess(launch)
    return new Child(process, this.#guard, { killSignal, killTimeout })
  }

  /** Starts the script, in the process that waits for it where there is one. */
  #launch(waiting?: Child): Child {
    this.#saves.started()
    this.#crashed = undefined
    this.#pause.started()
    const child = waiting ?? this.#child(prepareLaunch(this.options))
    const { process } = child
    this.#children.add(child)
    child.on('message', (message) => this.#receive(child, message))
    child.on('other', (message) => this.emit('message', message))
    void child.exited.then((exit) => this.#exited(child, exit))
    this.#watchPulse(child)
    this.#count += 1
    const { stdout, stderr, pid } = process
    const stoodBy = waiting !== undefined
    this.emit('start', { pid, count: this.#count, stoodBy, stdout, stderr })
    this.#connectInput(child)
    return child
  }

  /** A process that does not answer does not see what is saved: then we watch. */
  #watchPulse(child: Child): void {
    const { env, nodeArgs } = this.options
    if (inspectorPort(effectiveNodeArgs(env, nodeArgs)) !== undefined) return
    followPulse(child, {
      blocked: (since) => {
        if (child === this.#current && !this.#next) this.#saves.whileBlocked(since)
      },
      unblocked: () => {
        if (child === this.#current) this.#saves.close()
      },
    })
  }

  #connectInput(child: Child): void {
    const { stdin } = child.process
    this.#input.unpipe()
    if (!stdin) return
    if (this.#input.readableEnded) stdin.end()
    else this.#input.pipe(stdin)
    stdin.once('close', () => this.#input.unpipe(stdin))
  }

  #receive(child: Child, message: ChildMessage): void {
    // What a process sees that is being replaced, its successor sees, too.
    const speaks = !child.stopping && (child === this.#current || child === this.#next)
    switch (message.type) {
      case 'hot-hook:full-reload': {
        const { type: _, ...reload } = message
        if (!speaks) return
        this.#standby.saved(reload.path)
        this.emit('fullReload', reload)
        this.#request({ kind: 'full-reload', ...reload })
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
        this.#standby.loaded(message.paths)
        return
      case 'hot-hook:updated': {
        const { type: _, ...event } = message
        this.#saves.settled()
        this.#standby.disturb()
        if (speaks) this.emit('update', event)
        return
      }
      case 'hot-runner:booted':
        if (this.#pause.isOn) this.#tellPause(child)
        return
      case 'hot-hook:started':
        if (!speaks) return
        this.emit('hot', { text: message.text })
        this.#standby.prepare()
        return
      case 'hot-runner:listening': {
        const { address, port } = message
        this.#addresses.add(child, `${address} ${port}`)
        const afterMs = Date.now() - child.startedAt
        this.emit('listening', { pid: child.pid, address, port, afterMs })
      }
    }
  }

  #request(reason: RestartReason): void {
    if (!this.#pause.holds(reason)) this.#storm.add(reason)
  }

  #tellPause(child: Child): void {
    const message: PauseMessage = { type: 'hot-hook:pause', isPaused: this.#pause.isOn }
    child.message(message)
  }

  /** One restart after the other; what is asked for meanwhile is in the process that comes. */
  #restart(reason: RestartReason): void {
    this.#work = this.#work.then(async () => {
      if (this.#ending || this.#ended || this.#isFresh()) return
      if (reason.kind !== 'save') this.#saves.settled()
      this.emit('restart', { reason })
      const current = this.#current
      this.#next?.kill()
      if (current && this.options.handoff && this.#addresses.any(current)) {
        await this.#handOver(current, reason)
        return
      }
      await current?.stop()
      const waiting = await this.#takeStandby(reason)
      if (this.#ending) return
      this.#current = this.#launch(waiting)
      waiting?.release()
    })
    this.#work = this.#work.catch((error: unknown) => this.#couldNotStart(error))
  }

  #couldNotStart(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause))
    const oldServes = this.#current !== undefined
    this.emit('crash', { code: null, signal: null, pid: undefined, oldServes, waits: true, error })
    this.#saves.afterCrash(undefined)
  }

  /** Whether the newest process has not read any file yet: what was saved until now is in it. */
  #isFresh(): boolean {
    const newest = this.#next ?? this.#current
    if (!newest || newest.booted || newest.stopping) return false
    return Date.now() - newest.startedAt < bootTime
  }

  /** Who asks for a restart wants all of it anew. */
  async #takeStandby({ kind }: RestartReason): Promise<Child | undefined> {
    if (this.#ending) return undefined
    if (kind === 'asked') this.#standby.discard('a restart was asked for')
    const waiting = await this.#standby.take()
    if (!this.#ending) return waiting
    waiting?.kill()
    return undefined
  }

  async #handOver(previous: Child, reason: RestartReason): Promise<void> {
    const retiring = [...this.#children].filter((child) => child !== previous && !child.stopping)
    // Those that still answer may finish, unless reloads come faster than answers.
    for (const child of retiring.slice(0, -mostRetiring)) void child.stop()
    await freeInspector(previous, this.options.nodeArgs)
    const waiting = await this.#takeStandby(reason)
    if (this.#ending) return
    const next = this.#launch(waiting)
    this.#next = next
    const replaced = takenOver(next, previous, this.#addresses)
    waiting?.release()
    void replaced.then((done) => {
      if (this.#next === next) this.#next = undefined
      if (!done) previous.send('open-inspector')
      if (!done || this.#ending || next.stopping) return
      this.#current = next
      this.emit('handoff', { pid: next.pid, previousPid: previous.pid })
      void retire(previous, this.options.killTimeout)
    })
  }

  #exited(child: Child, exit: ChildExit): void {
    this.#children.delete(child)
    this.#addresses.delete(child)
    const served = child === this.#current
    const wasNext = child === this.#next
    if (served) this.#current = undefined
    if (wasNext) this.#next = undefined
    if (this.#ending || this.#ended || child.stopping || !(served || wasNext)) return
    // The old one went before the new one listens: nobody else is left to serve.
    if (this.#next) this.#current = this.#next
    else this.#died(child, exit)
  }

  #died(child: Child, exit: ChildExit): void {
    const { code, signal } = exit
    const oldServes = this.#current !== undefined
    const isCrash = code !== 0 && !askedToEnd.has(signal ?? code)
    if (!oldServes && !isCrash) {
      void this.#endedWell(exit)
      return
    }
    if (!oldServes) this.#crashed = { code, signal }
    // No save can mend a command line that Node refuses.
    const refused = code === badCommandLine && !child.booted
    const waits = oldServes || !(this.options.exitOnCrash || refused)
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
    if (this.#ending || this.#ended || this.#current) return
    if (isInSave) this.#request({ kind: 'save', path: this.options.scriptFile })
    else this.#end(exit)
  }
}
