import { setTimeout as wait } from 'node:timers/promises'
import { debuglog } from 'node:util'
import type { Child } from '../child.ts'
import { isEsModule } from '../es-module.ts'
import type { StandbyEvent } from '../events.ts'
import { type Launch, prepareLaunch } from '../launch.ts'
import type { ChildMessage } from '../messages.ts'
import type { ResolvedOptions } from '../options.ts'
import { hasOwnPreload, usersPreloads } from '../users-preloads.ts'
import { inspectorOf, withoutInspector } from './inspector-later.ts'
import type { StandbyOrder } from './order.ts'
import { hasMemory, whyImpossible } from './possible.ts'
import { Surroundings } from './surroundings.ts'

/** How long nothing may happen before a process is started, in milliseconds. */
const quiet = 500
/** A timer that is late by so many milliseconds says that the machine is busy. */
const busyDelay = 100
/** How long a process may take to go on once it is told to, in milliseconds. */
const answerTime = 5000
/** How many packages may be found to be unfit, one after the other, until none is loaded ahead. */
const mostUnfit = 5

const debug = debuglog('hot-hook')

interface StandbyHost {
  readonly options: ResolvedOptions
  /** Starts a process of the script. */
  start(launch: Launch): Child
  /** A process waits now, or no longer. */
  changed(event: StandbyEvent): void
}

/** A process that was started before it is needed. */
interface Waiting {
  child: Child
  /** What it was started from. */
  surroundings: Surroundings
  /** Why it cannot be used. */
  unusable: string | undefined
  /** From now on it may print. */
  ignoreOutput(): void
}

/**
 * Keeps the next process of the script in standby: it waits in front of the script, with the packages loaded
 * that the script loads first. One at a time; it is started when the script serves and nothing happens.
 */
export class Standby {
  readonly #host: StandbyHost
  /** Packages that are not evaluated ahead, nor what comes behind them. */
  readonly #without: string[] = []
  /** The modules of the program, by path. */
  readonly #modules = new Set<string>()
  #loads: boolean
  #isOff: boolean
  #timer: NodeJS.Timeout | undefined
  #waiting: Waiting | undefined

  constructor(host: StandbyHost) {
    this.#host = host
    const { standby, scriptFile } = host.options
    // What the application loads in front of its script runs before its packages do; so does a CommonJS
    // script, which has nothing that could be linked.
    const isModule = isEsModule(scriptFile, usersPreloads(host.options).length === 0)
    this.#loads = standby === true && isModule && !hasOwnPreload(host.options)
    const obstacle = whyImpossible(host.options)
    this.#isOff = obstacle !== undefined
    if (obstacle !== undefined) debug('standby: none, because %s', obstacle)
  }

  /** The script has started up: once it is quiet, the next process is started. */
  prepare(): void {
    if (this.#isOff || this.#waiting) return
    clearTimeout(this.#timer)
    const at = performance.now() + quiet
    this.#timer = setTimeout(() => {
      if (performance.now() - at > busyDelay) this.prepare()
      else this.#start()
    }, quiet)
    this.#timer.unref()
  }

  /** Something happens: a process that is still to be started has to wait. */
  disturb(): void {
    if (this.#timer) this.prepare()
  }

  /** These files are modules of the program. */
  loaded(paths: readonly string[]): void {
    for (const path of paths) this.#modules.add(path)
  }

  /** This file was saved and asks for a full reload. One that is no module may have been read by packages. */
  saved(path: string): void {
    if (!this.#modules.has(path)) this.discard(`${path} was saved`)
    // While the old process ends, it can link what has changed.
    this.#waiting?.child.send('refresh')
  }

  /** The process that waits no longer does. */
  discard(reason: string): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = undefined
    debug('standby: process %d is not used: %s', waiting.child.pid, reason)
    waiting.child.kill()
    this.#host.changed({ pid: waiting.child.pid, state: 'discarded' })
  }

  /** Lets the process that waits go on into the script; `undefined` when there is none that can be used. */
  async take(): Promise<Child | undefined> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = this.#waiting
    if (!waiting) return undefined
    const { child } = waiting
    if (waiting.surroundings.hasChanged(this.#prepare())) {
      this.discard('what it was started from has changed')
      return undefined
    }
    const goesOn = new Promise<boolean>((resolve) => {
      child.on('message', ({ type }) => {
        if (type === 'hot-runner:booted') resolve(true)
        else if (type === 'hot-runner:unusable') resolve(false)
      })
      void child.exited.then(() => resolve(false))
    })
    child.startedAt = Date.now()
    waiting.ignoreOutput()
    child.send('go')
    const inTime = await Promise.race([goesOn, wait(answerTime, undefined, { ref: false })])
    if (inTime !== true) {
      if (inTime === undefined) this.#lessen()
      this.discard(waiting.unusable ?? 'it does not go on')
      return undefined
    }
    // It may have been thrown away meanwhile.
    if (this.#waiting !== waiting) return undefined
    this.#waiting = undefined
    debug('standby: process %d is used', child.pid)
    this.#host.changed({ pid: child.pid, state: 'taken' })
    return child
  }

  /** No process waits any more. Resolves when the last one has ended. */
  async close(): Promise<void> {
    this.#isOff = true
    const { child } = this.#waiting ?? {}
    this.discard('the runner ends')
    await child?.exited
  }

  /** At once. */
  kill(): void {
    this.#waiting?.child.kill()
  }

  #prepare(): Launch {
    return prepareLaunch(this.#host.options, true)
  }

  #start(): void {
    this.#timer = undefined
    if (this.#isOff || this.#waiting) return
    if (!hasMemory()) {
      debug('standby: none, because there is little memory left')
      return
    }
    // In this order: what changes while it starts is a change.
    const launch = this.#prepare()
    const surroundings = new Surroundings(this.#host.options, launch)
    const inspect = inspectorOf(launch.execArgv)
    const child = this.#host.start({ ...launch, execArgv: withoutInspector(launch.execArgv) })
    child.hold()
    const waiting: Waiting = {
      child,
      surroundings,
      unusable: undefined,
      ignoreOutput: () => {},
    }
    this.#waiting = waiting
    const order: StandbyOrder = {
      loads: this.#loads,
      finds: this.#host.options.standby === true,
      without: this.#without,
      ...(inspect !== undefined && { inspect }),
    }
    child.send(order)
    child.on('message', (message) => this.#receive(waiting, message))
    waiting.ignoreOutput = watchOutput(child, () => {
      waiting.unusable ??= 'it has printed something'
      this.#lessen()
      this.discard(waiting.unusable)
    })
    void child.exited.then(() => this.#exited(waiting))
  }

  #receive(waiting: Waiting, message: ChildMessage): void {
    const { child } = waiting
    if (message.type === 'hot-runner:waiting') {
      debug('standby: process %d waits, %d packages loaded', child.pid, message.packages)
      this.#host.changed({ pid: child.pid, state: 'waiting' })
    }
    if (message.type !== 'hot-runner:unusable') return
    waiting.unusable = message.reason
    if (message.package === undefined) return
    this.#without.push(message.package)
    if (this.#without.length > mostUnfit) this.#loads = false
    // Without that package another one can be used.
    this.discard(message.reason)
    this.prepare()
  }

  #exited(waiting: Waiting): void {
    if (this.#waiting !== waiting) return
    // What cannot be linked now may be when it was mended, and the script is started again.
    if (waiting.unusable === undefined) this.#lessen()
    this.discard(waiting.unusable ?? 'it has ended')
  }

  /** One that behaves strangely is not used again: without packages, or not at all. */
  #lessen(): void {
    if (this.#loads) this.#loads = false
    else this.#isOff = true
  }
}

/** Calls `printed` when the process writes anything before it is taken, as far as that can be seen. */
function watchOutput({ process }: Child, printed: () => void): () => void {
  const streams = [process.stdout, process.stderr].filter((stream) => stream !== null)
  const onReadable = () => {
    if (streams.some(({ readableLength }) => readableLength > 0)) printed()
  }
  for (const stream of streams) stream.on('readable', onReadable)
  // Whoever reads them then gets all.
  return () => {
    for (const stream of streams) stream.off('readable', onReadable)
  }
}
