import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Edge } from '../../graph/module-graph.ts'

// Node's public channels: a `net.Server`, and so every HTTP server, listens; a request has come.
const listening = 'tracing:net.server.listen:asyncEnd'
const request = 'http.server.request.start'

/** How long a program rests that may yet listen, in milliseconds. */
const restMs = 1_000

export interface StartUpHost {
  /** Resolves when a module that is being loaded is evaluated, or has failed. */
  evaluated(url: string): Promise<void>
  /** An accept callback runs: it puts a part of the program together again. */
  isAccepting(): boolean
  /** The program has started up. */
  startedUp(): void
  /** The first server listens, or the program has been at rest for a second: told once. */
  settled(): void
}

/**
 * How long the program starts up: until its entry is evaluated and the event loop has come to rest
 * for the first time; if its first server listens after that, until then. What is imported in that
 * time is wiring: nothing says that it will be asked for again. Who answers requests has started up,
 * even if they come so fast that the event loop has not rested yet.
 */
export class StartUp {
  readonly #host: StartUpHost
  readonly #rewire: (edges: Iterable<Edge>) => void
  /** Entries that are not evaluated yet: preloaded modules come one after the other. */
  #entries = 0
  /** How long the event loop had waited when the entry was evaluated, in milliseconds. */
  #idleMs: number | undefined
  #isOver = false
  #isSettled = false
  /** Taken for boundaries since the event loop came to rest, until a server listens. */
  #early: Set<Edge> | undefined = new Set()

  /** @param rewire told what was taken for boundaries while the program was still starting up */
  constructor(host: StartUpHost, rewire: (edges: Iterable<Edge>) => void) {
    this.#host = host
    this.#rewire = rewire
  }

  /** Begins to follow what the program does. */
  start(): void {
    once(listening, () => this.#onListening())
    once(request, () => this.#end())
  }

  get isOver(): boolean {
    if (!this.#isOver && this.#entries === 0) {
      if (performance.nodeTiming.idleTime > (this.#idleMs ?? 0)) this.#end()
    }
    return this.#isOver
  }

  /** What is asked for now is wiring, whoever asks. */
  get isWiring(): boolean {
    return !this.isOver || this.#host.isAccepting()
  }

  /** Node has resolved an entry. @param isRequired it is evaluated before the event loop turns */
  follow(url: string, isRequired: boolean): void {
    this.#entries++
    this.#isOver = false
    // By then Node knows the module, and importing it again waits for the same evaluation.
    setImmediate(() => {
      if (isRequired) this.#evaluated()
      else void this.#host.evaluated(url).then(() => this.#evaluated())
    })
  }

  /** An import after start-up, as far as that is known: a server may yet listen. */
  noteBoundary(edge: Edge): void {
    this.#early?.add(edge)
  }

  #evaluated(): void {
    this.#entries--
    this.#idleMs = undefined
    this.#rest()
  }

  /** With nothing left to do at once, the event loop waits: whatever comes then is from outside. */
  #rest(): void {
    if (this.#entries > 0) return
    if (process.getActiveResourcesInfo().includes('Immediate')) {
      // Only here: it loads a part of Node that most starts do without.
      this.#idleMs ??= performance.nodeTiming.idleTime
      setImmediate(() => this.#rest()).unref()
    } else {
      this.#end()
      setTimeout(() => this.#settle(), restMs).unref()
    }
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#host.startedUp()
  }

  #settle(): void {
    if (this.#isSettled || this.#entries > 0) return
    this.#isSettled = true
    this.#host.settled()
  }

  #onListening(): void {
    const early = this.isOver ? this.#early : undefined
    this.#early = undefined
    if (early && early.size > 0) this.#rewire(early)
    // What follows in the same turn belongs to it.
    setImmediate(() => this.#settle()).unref()
  }
}

/** Calls `handler` with the first message of a channel. */
function once(channel: string, handler: () => void): void {
  const onMessage = () => {
    // A channel that loses a subscriber while it calls them leaves out the next.
    queueMicrotask(() => unsubscribe(channel, onMessage))
    handler()
  }
  subscribe(channel, onMessage)
}
