import { PassThrough } from 'node:stream'
import { Child } from './child.ts'
import type { ChildExit } from './child-exit.ts'
import type { RestartReason, StandbyEvent, StartEvent } from './events.ts'
import { Guard } from './guard.ts'
import { Addresses, freeInspector, launchWorker, retire, takenOver } from './handoff.ts'
import { inspectorPort } from './inspector.ts'
import { type Launch, launchProcess, prepareLaunch } from './launch.ts'
import type { ChildMessage } from './messages.ts'
import { effectiveNodeArgs } from './node-options.ts'
import type { ResolvedOptions } from './options.ts'
import { followPulse } from './pulse.ts'
import { Standby } from './standby/standby.ts'

/** A process that has not booted by now, in milliseconds, may hang: a restart is a restart. */
const bootTime = 1000
/** How many replaced processes may answer their last requests at a time. */
const mostRetiring = 5

interface ProcessesHost {
  readonly options: ResolvedOptions
  /** No process is to be started any more. */
  isEnding(): boolean
  /** A process is about to run the script. */
  starting(): void
  started(event: StartEvent): void
  handedOver(event: { pid: number | undefined; previousPid: number | undefined }): void
  stoodBy(event: StandbyEvent): void
  /** The event loop of the process that serves does not turn since then, in milliseconds; or turns again. */
  blocked(since: number): void
  unblocked(): void
  received(child: Child, message: ChildMessage): void
  /** A message of the application itself. */
  message(message: unknown): void
  /** The process that served, or was to, has ended, and nobody has told it to. */
  died(child: Child, exit: ChildExit): void
}

/** The processes of the script: the one that serves, the one that takes over, those that answer their last requests. */
export class Processes {
  readonly #host: ProcessesHost
  readonly #options: ResolvedOptions
  readonly #guard: Guard
  readonly #addresses = new Addresses()
  /** Every process that has not ended yet. */
  readonly #children = new Set<Child>()
  readonly standby: Standby
  /** With `stdin: 'pipe'`: what is written here is read by whichever process runs. */
  readonly input = new PassThrough()
  /** The process that serves. */
  #current: Child | undefined
  /** The process that is to take over. */
  #next: Child | undefined
  #count = 0

  constructor(host: ProcessesHost) {
    this.#host = host
    this.#options = host.options
    this.#guard = new Guard(this.#options.killTimeout)
    this.standby = new Standby({
      options: this.#options,
      start: (launch) => this.#child(launch),
      changed: (event) => host.stoodBy(event),
    })
  }

  /** The process that serves; undefined while the script is down. */
  get current(): Child | undefined {
    return this.#current
  }

  /** Every process that has not ended yet. */
  get all(): Iterable<Child> {
    return this.#children
  }

  get wasStarted(): boolean {
    return this.#count > 0
  }

  /** Whether what a process sees is told: what one sees that is being replaced, its successor sees, too. */
  speaks(child: Child): boolean {
    return !child.stopping && (child === this.#current || child === this.#next)
  }

  start(): void {
    process.on('exit', this.kill)
    this.#current = this.#launch()
  }

  /** A server of a process listens. */
  listens(child: Child, address: string): void {
    this.#addresses.add(child, address)
  }

  /** A new process in place of the one that serves, when that has ended, or beside it with `handoff`. */
  async replace(reason: RestartReason): Promise<void> {
    const current = this.#current
    this.#next?.kill()
    if (current && this.#options.handoff && this.#addresses.any(current)) {
      await this.#handOver(current, reason)
      return
    }
    await current?.stop()
    const waiting = await this.#takeStandby(reason)
    if (this.#host.isEnding()) return
    this.#current = this.#launch(waiting)
    waiting?.release()
  }

  /** Asks every process to end, and waits until it has. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const standby = this.standby.close()
    await Promise.all([...this.#children].map((child) => child.stop(signal)))
    await standby
  }

  /** Ends every process at once. */
  readonly kill = (): void => {
    for (const child of this.#children) child.kill()
    this.standby.kill()
  }

  /** No process is left to be looked after. */
  close(): void {
    this.kill()
    void this.standby.close()
    this.#guard.close()
    process.off('exit', this.kill)
  }

  /** Whether the newest process has not read any file yet: what was saved until now is in it. */
  get isFresh(): boolean {
    const newest = this.#next ?? this.#current
    if (!newest || newest.booted || newest.stopping) return false
    return Date.now() - newest.startedAt < bootTime
  }

  #child(launch: Launch): Child {
    const { handoff, killSignal, killTimeout } = this.#options
    const process = handoff ? launchWorker(launch) : launchProcess(launch)
    return new Child(process, this.#guard, { killSignal, killTimeout })
  }

  /** Starts the script, in the process that waits for it where there is one. */
  #launch(waiting?: Child): Child {
    this.#host.starting()
    const child = waiting ?? this.#child(prepareLaunch(this.#options))
    const { process } = child
    this.#children.add(child)
    child.on('message', (message) => this.#host.received(child, message))
    child.on('other', (message) => this.#host.message(message))
    void child.exited.then((exit) => this.#exited(child, exit))
    this.#watchPulse(child)
    this.#count += 1
    const { stdout, stderr, pid } = process
    const stoodBy = waiting !== undefined
    this.#host.started({ pid, count: this.#count, stoodBy, stdout, stderr })
    this.#connectInput(child)
    return child
  }

  /** A process that does not answer does not see what is saved: then we watch. */
  #watchPulse(child: Child): void {
    const { env, nodeArgs } = this.#options
    if (inspectorPort(effectiveNodeArgs(env, nodeArgs)) !== undefined) return
    followPulse(child, {
      blocked: (since) => {
        if (child === this.#current && !this.#next) this.#host.blocked(since)
      },
      unblocked: () => {
        if (child === this.#current) this.#host.unblocked()
      },
    })
  }

  #connectInput(child: Child): void {
    const { stdin } = child.process
    this.input.unpipe()
    if (!stdin) return
    if (this.input.readableEnded) stdin.end()
    else this.input.pipe(stdin)
    stdin.once('close', () => this.input.unpipe(stdin))
  }

  /** Who asks for a restart wants all of it anew. */
  async #takeStandby({ kind }: RestartReason): Promise<Child | undefined> {
    if (this.#host.isEnding()) return undefined
    if (kind === 'asked') this.standby.discard('a restart was asked for')
    const waiting = await this.standby.take()
    if (!this.#host.isEnding()) return waiting
    waiting?.kill()
    return undefined
  }

  async #handOver(previous: Child, reason: RestartReason): Promise<void> {
    const retiring = [...this.#children].filter((child) => child !== previous && !child.stopping)
    // Those that still answer may finish, unless reloads come faster than answers.
    for (const child of retiring.slice(0, -mostRetiring)) void child.stop()
    await freeInspector(previous, this.#options.nodeArgs)
    const waiting = await this.#takeStandby(reason)
    if (this.#host.isEnding()) return
    const next = this.#launch(waiting)
    this.#next = next
    const replaced = takenOver(next, previous, this.#addresses)
    waiting?.release()
    void replaced.then((done) => {
      if (this.#next === next) this.#next = undefined
      if (!done) previous.send('open-inspector')
      if (!done || this.#host.isEnding() || next.stopping) return
      this.#current = next
      this.#host.handedOver({ pid: next.pid, previousPid: previous.pid })
      void retire(previous, this.#options.killTimeout)
    })
  }

  #exited(child: Child, exit: ChildExit): void {
    this.#children.delete(child)
    this.#addresses.delete(child)
    const served = child === this.#current
    const wasNext = child === this.#next
    if (served) this.#current = undefined
    if (wasNext) this.#next = undefined
    if (this.#host.isEnding() || child.stopping || !(served || wasNext)) return
    // The old one went before the new one listens: nobody else is left to serve.
    if (this.#next) this.#current = this.#next
    else this.#host.died(child, exit)
  }
}
