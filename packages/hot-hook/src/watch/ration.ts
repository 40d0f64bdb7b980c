import type { ModuleNode } from '../graph/module-graph.ts'

/** So many turns of the event loop with imports within so many milliseconds are no single client's. */
const busyTurns = 16
const busyMs = 20
/** Load stays load for this long, in milliseconds. */
export const loadMs = 100

/** How the checks of one boundary went, or of the whole program. */
export class Ration {
  files: ModuleNode[] = []
  revision = -1
  checkedAt = 0
  #turn = -1
  #turns = 0
  #since = 0
  #busyUntil = 0

  /**
   * Somebody asks: whether that is under load. It is where several ask in one turn of the event loop, turn
   * for turn; one request may import something twice.
   */
  isLoad(turn: number, now: number): boolean {
    const isSameTurn = turn === this.#turn
    this.#turn = turn
    if (now - this.#since > busyMs) {
      this.#since = now
      this.#turns = 0
    }
    if (!isSameTurn) this.#turns++
    else if (this.#turns >= busyTurns) this.#busyUntil = now + loadMs
    // What is read in this turn was sent before it began, when the first one looked.
    return isSameTurn || now < this.#busyUntil
  }
}
