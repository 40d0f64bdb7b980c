import { deadlineMs, type HotProcess } from '../hot-process.ts'
import type { Judge } from '../kit.ts'
import { expectedWords, isAnswer, matches, wordsOf } from './answers.ts'
import { type Expected, freshAnswer, mayBeHalf } from './fresh.ts'
import { entryName, type Load, moduleOf, type Program } from './program.ts'
import { Rules, type Verdict } from './rules.ts'

/** What one process has to answer. */
export class BoundaryJudge implements Judge<Program, Verdict> {
  readonly #rules: Rules
  #program: Program
  #verdict: Verdict | undefined
  /** A save before those that wait may have led to a full reload, which may be told only now. */
  #mayBeTold = false

  constructor(program: Program) {
    this.#program = program
    this.#rules = new Rules(program)
  }

  saved(...of: Parameters<Rules['saved']>): Verdict {
    this.#program = of[0]
    if (this.#verdict !== 'waiting') {
      this.#mayBeTold = this.#verdict === 'either' || this.#verdict === 'unsure'
    }
    this.#verdict = this.#rules.saved(...of)
    return this.#verdict
  }

  needsReload(verdict: Verdict): boolean {
    return verdict === 'reload'
  }

  mayReload(verdict: Verdict): boolean {
    return verdict === 'waiting' ? this.#mayBeTold : this.#rules.mayReload
  }

  async ask(
    process: HotProcess,
    question: string,
    verdict: Verdict | undefined,
  ): Promise<string | undefined> {
    if (verdict === 'waiting' || verdict === 'unsure') {
      const answer = await process.ask(question)
      if (isAnswer(answer)) this.#rules.answered(loadOf(this.#program, question), answer.ran, true)
      return undefined
    }
    return this.#askUntilFresh(process, question, verdict === 'hot')
  }

  /** @param isHot what did not change is not evaluated, and the first answer is right */
  async #askUntilFresh(
    process: HotProcess,
    question: string,
    isHot: boolean,
  ): Promise<string | undefined> {
    const load = loadOf(this.#program, question)
    const expected = freshAnswer(this.#program, load)
    // Its importer runs on when it fails, if that is not evaluated again.
    const kept = freshAnswer(this.#rules.asAsked, load)
    const isStrict = isHot && !this.#followsWatcher(expected)
    const deadline = Date.now() + deadlineMs / 2
    for (;;) {
      const answer = await process.ask(question)
      if (process.isClosed || process.fullReload) return undefined
      const isFresh = matches(answer, expected) || matches(answer, kept)
      const surplus = isAnswer(answer) ? this.#rules.answered(load, answer.ran, isFresh) : []
      if (surplus.length > 0 && isHot)
        return `${question} evaluates what did not change: ${surplus}`
      if (isFresh) return undefined
      if (isStrict || Date.now() > deadline) {
        // What was taken for wiring is stale until the full reload.
        if (await process.until(() => process.fullReload, 500)) return undefined
        if (process.node === '22' && mayBeHalf(this.#program, load.target)) return undefined
        const stale = isStrict ? 'at once' : 'in the end'
        return `${question} answers ${stale}\n  ${wordsOf(answer)}\nin place of\n  ${expectedWords(expected)}`
      }
      await process.pause(10)
    }
  }

  /** `require()` follows the watcher, and a file that is missing counts a little later. */
  #followsWatcher(expected: Expected[]): boolean {
    return (
      this.#program.modules.some(({ loads, state }) => {
        const isRequired = loads.some(({ kind, by, via }) => {
          if (kind === 'lazyHelper' && via) return moduleOf(this.#program, via).syntax !== 'esm'
          return by === 'require' && ['lazy', 'warm'].includes(kind)
        })
        return isRequired || state === 'missing'
      }) || expected.some((word) => typeof word !== 'string' && word.anyOf.length > 1)
    )
  }
}

/** The load that a route asks. */
export function loadOf(program: Program, route: string): Load {
  const load = moduleOf(program, entryName).loads[Number(route.slice(1))]
  if (!load) throw new Error(`no route ${route}`)
  return load
}
