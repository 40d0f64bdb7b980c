import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ModuleNode } from '../graph/module-graph.ts'

// Node's public channels for every request that an HTTP server gets and has answered.
const started = 'http.server.request.start'
const finished = 'http.server.response.finish'

/** So many requests that came after a save were answered without what was saved. */
const enough = 2

/**
 * Finds boundaries that may be kept (`page ??= await import('./page.js')`): they were imported once,
 * have changed, and were not imported again by the requests that were answered since.
 */
export class KeptBoundaries {
  readonly #tell: (boundary: ModuleNode) => void
  /** How many requests each was not asked for by. */
  readonly #waiting = new Map<ModuleNode, number>()
  readonly #told = new WeakSet<ModuleNode>()
  #requests = new WeakSet<object>()
  #isListening = false

  /** @param tell called with each, once in the life of the process */
  constructor(tell: (boundary: ModuleNode) => void) {
    this.#tell = tell
  }

  /** Boundaries are stale. */
  changed(boundaries: Iterable<ModuleNode>): void {
    const wasWaiting = this.#waiting.size > 0
    for (const boundary of boundaries) {
      // Who asked twice asks again.
      if (boundary.timesAsked > 1 || boundary.isMissing || this.#told.has(boundary)) continue
      this.#waiting.set(boundary, 0)
    }
    if (wasWaiting || this.#waiting.size === 0) return
    // Requests that are under way asked before the save.
    this.#requests = new WeakSet()
    if (this.#isListening) return
    this.#isListening = true
    subscribe(started, this.#onStart)
    subscribe(finished, this.#onFinish)
  }

  /** The program imports a boundary. */
  asked(boundary: ModuleNode): void {
    boundary.timesAsked++
    if (this.#waiting.delete(boundary)) this.#stopWhenDone()
  }

  readonly #onStart = (message: unknown): void => {
    this.#requests.add((message as { request: object }).request)
  }

  readonly #onFinish = (message: unknown): void => {
    if (!this.#requests.has((message as { request: object }).request)) return
    for (const [boundary, answered] of this.#waiting) {
      this.#waiting.set(boundary, answered + 1)
      if (answered + 1 < enough) continue
      this.#waiting.delete(boundary)
      this.#told.add(boundary)
      this.#tell(boundary)
    }
    this.#stopWhenDone()
  }

  #stopWhenDone(): void {
    if (this.#waiting.size > 0) return
    // A channel that loses a subscriber while it calls them leaves out the next.
    queueMicrotask(() => {
      if (this.#waiting.size > 0) return
      this.#isListening = false
      unsubscribe(started, this.#onStart)
      unsubscribe(finished, this.#onFinish)
    })
  }
}
