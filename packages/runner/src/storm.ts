/** Milliseconds without another request after which one that came alone is answered. */
const quiet = 10
/** The same when another one has come, or was answered just now: there may be more. */
const quietOfSeveral = 25
/** And the longest a request waits for quiet, in milliseconds. */
const patience = 250

/** Requests that come together are one: the first. The old process serves until quiet returns. */
export class Storm<T> {
  readonly #answer: (first: T) => void
  #first: { request: T; at: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #answeredAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(answer: (first: T) => void) {
    this.#answer = answer
  }

  /** @param at when it came, in milliseconds since 1970: it may have taken a while to be sent. Default: now. */
  add(request: T, at = Date.now()): void {
    if (this.#closed) return
    const now = performance.now()
    const cameAt = now - Math.max(0, Date.now() - at)
    const isAlone = !this.#first && cameAt - this.#answeredAt > patience
    this.#first ??= { request, at: cameAt }
    clearTimeout(this.#timer)
    const end = Math.min(cameAt + (isAlone ? quiet : quietOfSeveral), this.#first.at + patience)
    this.#timer = setTimeout(() => this.#calm(), Math.max(0, end - now))
  }

  /** Nothing is answered any more. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #calm(): void {
    const first = this.#first
    this.#first = undefined
    this.#answeredAt = performance.now()
    if (first) this.#answer(first.request)
  }
}
