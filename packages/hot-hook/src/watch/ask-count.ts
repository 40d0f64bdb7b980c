/** The part of the time in which asks are counted, in milliseconds. */
const partMs = 100
/** So many in it, while nothing is saved, are not one who saves and asks. */
const many = 8

/** Tells load from one who saves and asks. */
export class AskCount {
  #asks = 0
  #since = 0
  /** Whether they were many in the part before. */
  #wereMany = false

  /** Somebody asks. */
  note(now: number): void {
    const sinceMs = now - this.#since
    if (sinceMs > partMs) {
      this.#wereMany = this.#asks >= many && sinceMs < 2 * partMs
      this.#asks = 0
      this.#since = now
    }
    this.#asks++
  }

  /** Whether who asked last is one of many. */
  get areMany(): boolean {
    return this.#wereMany || this.#asks >= many
  }

  /** Something was saved. */
  reset(): void {
    this.#asks = 0
    this.#wereMany = false
  }
}
