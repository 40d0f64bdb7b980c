/** How long, in milliseconds, no event must come before a batch is handed on. */
const quietTime = 4
/** How long, in milliseconds, a batch may grow while events keep coming. */
const longestTime = 50

/** Collects paths that come together and hands each on once. Its timer keeps no process alive. */
export class Batch {
  readonly #onBatch: (files: string[]) => void
  #files = new Set<string>()
  #first = 0
  #last = 0
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  constructor(onBatch: (files: string[]) => void) {
    this.#onBatch = onBatch
  }

  /** What was collected and not handed on. */
  get files(): ReadonlySet<string> {
    return this.#files
  }

  add(file: string): void {
    const now = performance.now()
    this.#files.add(file)
    this.#last = now
    if (this.#timer !== undefined || this.#immediate !== undefined) return
    this.#first = now
    this.#wait(quietTime)
  }

  clear(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
    this.#files.clear()
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#expire(), milliseconds).unref()
  }

  /** When the event loop was busy, timers come before what the system has to tell: that first. */
  #expire(): void {
    this.#timer = undefined
    // One that is not waited for would let the loop wait for events.
    this.#immediate = setImmediate(() => this.#check())
  }

  #check(): void {
    this.#immediate = undefined
    const now = performance.now()
    const rest = Math.min(this.#last + quietTime, this.#first + longestTime) - now
    if (rest > 0) {
      this.#wait(Math.ceil(rest))
      return
    }
    const files = [...this.#files]
    this.clear()
    this.#onBatch(files)
  }
}
