/** The right to go on while nobody else does. */
export interface Turn {
  /** Lets the next one go. */
  end(): void
  /** Waits for another turn when this one was ended. */
  resume(): Promise<void>
}

/** Gives out turns, one at a time, in the order in which they are asked for. */
export class Turns {
  /** Resolves when the turns that have been asked for have ended; `undefined` when all have. */
  ended: Promise<void> | undefined
  #last = Promise.resolve()
  /** Turns that were asked for and have not ended. */
  #open = 0

  async take(): Promise<Turn> {
    let end: (() => void) | undefined = await this.#next()
    return {
      end: () => {
        end?.()
        end = undefined
      },
      resume: async () => {
        end ??= await this.#next()
      },
    }
  }

  /** Waits for the one before. */
  async #next(): Promise<() => void> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    this.ended = promise
    this.#open++
    await before
    return () => {
      if (--this.#open === 0) this.ended = undefined
      resolve()
    }
  }
}
