import { deadlineMs, type HotProcess } from '../hot-process.ts'
import type { Judge } from '../kit.ts'
import { isSeen, Model, type Verdict } from './model.ts'
import type { Program } from './program.ts'

/** How long a save that heals is given to be seen, where no update tells of it, in milliseconds. */
const settleMs = 500
/** What was saved before it may come in an update of its own, so many milliseconds later. */
const betweenMs = 50

/** What one process has to tell of itself. */
export class AcceptJudge implements Judge<Program, Verdict> {
  readonly #model: Model
  #program: Program
  /** How many updates were told. */
  #updates = 0

  constructor(program: Program) {
    this.#program = program
    this.#model = new Model(program)
  }

  saved(program: Program, changed: ReadonlySet<string>): Verdict {
    this.#program = program
    return this.#model.saved(program, changed)
  }

  needsReload(verdict: Verdict): boolean {
    return verdict === 'reload'
  }

  mayReload(verdict: Verdict): boolean {
    return verdict !== 'hot'
  }

  async ask(
    process: HotProcess,
    question: string,
    verdict: Verdict | undefined,
  ): Promise<string | undefined> {
    if (verdict === 'fails' || verdict === 'waiting') {
      await process.ask(question)
      return undefined
    }
    const deadline = Date.now() + deadlineMs / 2
    const settledAt = Date.now() + settleMs
    let updates = this.#updates
    let updatedAt = 0
    for (;;) {
      const seen = await process.ask(question)
      if (isSeen(seen) && seen.updates > updates) {
        updates = seen.updates
        updatedAt = Date.now()
      }
      if (process.isClosed || process.fullReload) return undefined
      const faults = isSeen(seen) ? this.#model.faults(seen, this.#program) : ['no answer']
      if (isSeen(seen) && faults.length === 0) {
        // What nobody asks shows in no answer: the save that heals has to have been seen.
        const isUpdated = updatedAt > 0 && Date.now() - updatedAt > betweenMs
        const isSettled = isUpdated || Date.now() > settledAt
        if (verdict === 'either' && !isSettled) {
          await process.pause(5)
          continue
        }
        this.#updates = seen.updates
        if (verdict === 'either') this.#model.healed(this.#program, seen)
        return undefined
      }
      if (Date.now() > deadline) return `in the end ${faults.join('\n')}`
      await process.pause(5)
    }
  }
}
