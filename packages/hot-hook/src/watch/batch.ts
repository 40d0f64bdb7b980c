import { type LoopMoment, loopMoment } from './event-loop.ts'

/**
 * How long, in milliseconds, no event must come before one file is handed on: who saves several at a time
 * writes the next one within a third of a millisecond, and git within a tenth. Timers make it 1 at least;
 * this is what must have passed by then since the second event of the same save.
 */
const quietTime = 0.75
/** The same once another file has come, or one was handed on just now: there may be more, and slowly. */
const quietTimeOfSeveral = 4
/** For so many milliseconds a file may belong to the one before it. */
const belongingTime = 12
/** For so many milliseconds the event loop turns: to turn for longer takes the processor from who saves, or asks. */
const turningTime = 0.5
/** How long, in milliseconds, a batch may grow while events keep coming. */
const longestTime = 50

/** Collects paths that come together and hands each on once. Its timer keeps no process alive. */
export class Batch {
  readonly #onBatch: (files: string[]) => void
  readonly #files = new Set<string>()
  /** What was collected and not handed on. */
  readonly files: ReadonlySet<string> = this.#files
  /** When it last had something to do. */
  seen: LoopMoment | undefined
  #first = 0
  #last = 0
  #handedOn = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  constructor(onBatch: (files: string[]) => void) {
    this.#onBatch = onBatch
  }

  add(file: string): void {
    const now = performance.now()
    this.seen = loopMoment()
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

  /** Timers know whole milliseconds. */
  #wait(milliseconds: number): void {
    if (milliseconds <= turningTime) this.#turn()
    else this.#timer = setTimeout(() => this.#expire(), Math.ceil(milliseconds)).unref()
  }

  /** When the event loop was busy, timers come before what the system has to tell: that first. */
  #expire(): void {
    this.seen = loopMoment()
    this.#timer = undefined
    this.#turn()
  }

  #turn(): void {
    // One that is not waited for would let the loop wait for events.
    this.#immediate = setImmediate(() => this.#check())
  }

  #check(): void {
    this.seen = loopMoment()
    this.#immediate = undefined
    const now = performance.now()
    const isAlone = this.#files.size === 1 && this.#first - this.#handedOn > belongingTime
    const quiet = isAlone ? quietTime : quietTimeOfSeveral
    const rest = Math.min(this.#last + quiet, this.#first + longestTime) - now
    if (rest > 0) {
      this.#wait(rest)
      return
    }
    const files = [...this.#files]
    this.clear()
    this.#handedOn = now
    this.#onBatch(files)
  }
}
