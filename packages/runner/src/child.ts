import type { ChildProcess, Serializable } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { ChildExit } from './child-exit.ts'
import type { Guard } from './guard.ts'
import { type ChildMessage, parseChildMessage } from './messages.ts'
import {
  type ControlMessage,
  controlPipe,
  type HandoffMessage,
  type PulseAnswer,
} from './preload-protocol.ts'
import { groupRuns, killTree, signalGroup } from './process-group.ts'
import type { StandbyOrder } from './standby/order.ts'

/** How a process is ended. */
interface EndOptions {
  killSignal: NodeJS.Signals
  /** Milliseconds until SIGKILL. */
  killTimeout: number
}

interface ChildEvents {
  message: [message: ChildMessage]
  /** A message of the application itself. */
  other: [message: unknown]
  /** Its event loop turns; a debugger may stop it, or none is attached. */
  pulse: [isDebugged: boolean]
}

// The channel closes with the process, unless a child of the script holds it open.
const lastMessages = 500
/** How long it takes at the longest, in milliseconds, until it is seen that a group has ended. */
const groupCheck = 20
const ofTerminal = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGWINCH', 'SIGSTOP', 'SIGCONT'])

/** One process of the script, from its start to the end of the last process it left behind. */
export class Child extends EventEmitter<ChildEvents> {
  readonly process: ChildProcess
  /** When it, or the script in it, was started, in milliseconds since 1970. */
  startedAt = Date.now()
  /** Resolves when the process and its group have ended and its last message has been read. */
  readonly exited: Promise<ChildExit>
  /** Whether Node runs in it; before that it has read nothing of the application. */
  booted = false
  /** Whether it was told to end. */
  stopping = false
  /** The text of the last error that nobody caught. */
  lastError = ''
  /** The same, as its name and message and the stack of it and its causes. */
  uncaught: { message: string; stack: string } | undefined
  /** The port that this error is about, when somebody else listens on it. */
  takenPort: number | undefined
  /** What the script says before somebody listens. */
  #held: (() => void)[] | undefined
  readonly #guard: Guard
  readonly #end: EndOptions

  constructor(process: ChildProcess, guard: Guard, end: EndOptions) {
    super()
    this.process = process
    this.#guard = guard
    this.#end = end
    if (process.pid !== undefined) guard.watch(process.pid)
    process.on('message', (message) => this.#receive(message))
    // A script that ends or never reads must not take the runner with it.
    process.stdin?.on('error', () => {})
    this.#control?.on('error', () => {})
    this.#control?.on('data', (data: Buffer) => {
      const answer: PulseAnswer = 'debugged'
      this.emit('pulse', data.includes(answer))
    })
    this.exited = this.#watchEnd()
  }

  get #control(): Duplex | undefined {
    const pipe = this.process.stdio[controlPipe]
    return pipe instanceof Duplex ? pipe : undefined
  }

  get pid(): number | undefined {
    return this.process.pid
  }

  /** Asks the process to end; its group is killed when it has not within the kill timeout. */
  stop(signal: NodeJS.Signals = this.#end.killSignal): Promise<ChildExit> {
    if (!this.stopping) {
      this.stopping = true
      const deadline = setTimeout(() => this.kill(), this.#end.killTimeout)
      void this.exited.then(() => clearTimeout(deadline))
      this.signal(signal)
    }
    return this.exited
  }

  /** Ends the process and what it started, now. */
  kill(): void {
    this.stopping = true
    if (this.pid !== undefined) killTree(this.pid)
  }

  /**
   * Sends a signal. What a terminal sends to a whole group goes to the group; others to the script
   * alone, which knows best how to end its children.
   */
  signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return
    if (!(ofTerminal.has(signal) && signalGroup(this.pid, signal))) this.process.kill(signal)
  }

  /** Sends the application a message; false when its channel is closed. */
  message(message: unknown): boolean {
    if (!this.process.connected) return false
    // The channel may close meanwhile.
    this.process.send(message as Serializable, () => {})
    return true
  }

  /** Tells the preload something; false when it has gone. */
  send(message: ControlMessage | 'refresh' | 'go' | StandbyOrder): boolean {
    if (!this.#control?.writable) return false
    const line = typeof message === 'string' ? message : JSON.stringify(message)
    this.#control.write(`${line}\n`)
    return true
  }

  /**
   * Sends a message and resolves when the answer is there, the process has ended, or the time is up.
   *
   * @param timeout in milliseconds; a blocked process answers nothing
   */
  async ask(message: HandoffMessage, answer: ChildMessage['type'], timeout: number): Promise<void> {
    const answered = new AbortController()
    const abort = () => answered.abort()
    this.on('message', ({ type }) => {
      if (type === answer) abort()
    })
    void this.exited.then(abort)
    if (!this.send(message)) return
    await wait(timeout, undefined, { signal: answered.signal }).catch(() => {})
  }

  /** Keeps what the script says, but for what a process in standby says itself, until `release`. */
  hold(): void {
    this.#held = []
  }

  /** Somebody listens now. */
  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const tell of held) tell()
  }

  #receive(message: unknown): void {
    const known = parseChildMessage(message)
    if (known === undefined) {
      this.#tell(() => this.emit('other', message))
      return
    }
    if (known.type === 'hot-runner:booted') this.booted = true
    if (known.type === 'hot-runner:error') {
      this.lastError = known.text
      this.uncaught = { message: known.message, stack: known.text }
      this.takenPort = known.takenPort
    }
    if (isOfStandby(known)) this.emit('message', known)
    else this.#tell(() => this.emit('message', known))
  }

  #tell(tell: () => void): void {
    if (this.#held) this.#held.push(tell)
    else tell()
  }

  async #watchEnd(): Promise<ChildExit> {
    const exit = await new Promise<ChildExit>((resolve) => {
      this.process.once('exit', (code, signal) => resolve({ code, signal }))
      this.process.on('error', (error) => {
        if (this.pid === undefined) resolve({ code: null, signal: null, error })
      })
    })
    if (this.pid === undefined) return exit
    await this.#lastMessages()
    await this.#endGroup(this.pid)
    this.#guard.forget(this.pid)
    return exit
  }

  async #lastMessages(): Promise<void> {
    if (!this.process.connected) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lastMessages)
      this.process.once('disconnect', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** The script has gone; what it started and left in its group goes too. */
  async #endGroup(group: number): Promise<void> {
    if (!signalGroup(group, 'SIGTERM')) return
    const deadline = performance.now() + this.#end.killTimeout
    for (let pause = 1; groupRuns(group); pause *= 2) {
      if (performance.now() >= deadline) {
        signalGroup(group, 'SIGKILL')
        return
      }
      // What only has to hear of it has ended in a moment.
      await wait(Math.min(pause, groupCheck))
    }
  }
}

function isOfStandby({ type }: ChildMessage): boolean {
  return /^hot-runner:(?:booted|waiting|unusable)$/.test(type)
}
