/** Milliseconds without another request after which the first one is answered. */
const quiet = 25
/** And the longest a request waits for quiet, in milliseconds. */
const patience = 250

/** Requests that come together are one: the first. The old process serves until quiet returns. */
export class Storm<T> {
  readonly #answer: (first: T) => void
  #first: { request: T; at: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(answer: (first: T) => void) {
    this.#answer = answer
  }

  add(request: T): void {
    if (this.#closed) return
    const now = Date.now()
    this.#first ??= { request, at: now }
    clearTimeout(this.#timer)
    const left = Math.max(0, this.#first.at + patience - now)
    this.#timer = setTimeout(() => this.#calm(), Math.min(quiet, left))
  }

  /** Nothing is answered any more. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #calm(): void {
    const first = this.#first
    this.#first = undefined
    if (first) this.#answer(first.request)
  }
}
