/** One call of an accept callback: how it answers. */
export class AcceptCall {
  message: string | undefined
  isInvalidated = false
  /** Takes a refusal when the callback is no longer waited for. */
  #refuseLate: (() => void) | undefined

  invalidate(message: string | undefined): void {
    this.isInvalidated = true
    this.message = message
    this.refuseLate()
  }

  /** It is no longer waited for: who calls `invalidate` now is heard by `refuse`, once. */
  leave(refuse: () => void): void {
    this.#refuseLate = refuse
  }

  refuseLate(): void {
    const refuse = this.#refuseLate
    this.#refuseLate = undefined
    refuse?.()
  }
}
