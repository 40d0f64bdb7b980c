import { writeFileSync } from 'node:fs'
import type { Program, Target } from '../programs/program.ts'
import type { AppProcess, State } from './app-process.ts'
import { DidNotFinish } from './time-limit.ts'
import { pause } from './turns.ts'

export interface SavedAnswer {
  /** From the end of the save to the end of the first fresh answer. */
  freshMs: number
  /** From the last answer before the fresh one (or the save) to the fresh one: nobody answered then. */
  downtimeMs: number
  /** What the request that was sent right after the save got. */
  first: 'fresh' | 'stale' | 'failed'
  /** Requests that got no answer or an error. */
  failures: number
  /** Modules evaluated because of this save; of the new process, when it was a restart. */
  evaluated: number
  state: State
}

/** Saves a program's files under a running process and sees what it answers. */
export class Saver {
  readonly #app: AppProcess
  readonly #isBare: boolean
  readonly #versions = new Map<Target, number>()
  #last: State | undefined

  /**
   * @param isBare nothing reloads in this process: the importers of what is saved are written too,
   *   each importing the next under a query of its own, so that Node evaluates the same modules again
   */
  constructor(app: AppProcess, isBare = false) {
    this.#app = app
    this.#isBare = isBare
  }

  /** Asks once, so that everything is loaded, and gives watchers a moment to be there. */
  async warmUp(limitMs: number): Promise<void> {
    this.#last = await this.#app.state(limitMs)
    await pause(500)
  }

  /** Writes the next version in place; returns the value that the program has with it. */
  write(target: Target): number {
    const version = (this.#versions.get(target) ?? 0) + 1
    this.#versions.set(target, version)
    const importers = this.#isBare ? (target.importers ?? []) : []
    for (const { file, source } of importers) writeFileSync(file, source(`?v=${version}`))
    writeFileSync(target.file, target.source(version))
    return [...this.#versions].reduce((sum, [{ weight }, each]) => sum + weight * each, 0)
  }

  /** Saves, asks at once, and goes on asking until the answer is the saved one. */
  async save(target: Target, limitMs: number): Promise<SavedAnswer> {
    const value = this.write(target)
    return this.untilFresh((state) => state.value === value, limitMs)
  }

  /** As `save`; `undefined` when the answer is still not fresh after `limitMs`: the save was lost. */
  async saveOrLose(target: Target, limitMs: number): Promise<SavedAnswer | undefined> {
    try {
      return await this.save(target, limitMs)
    } catch (error) {
      if (error instanceof DidNotFinish) return undefined
      throw error
    }
  }

  async untilFresh(isFresh: (state: State) => boolean, limitMs: number): Promise<SavedAnswer> {
    const savedAt = performance.now()
    let first: SavedAnswer['first'] | undefined
    let failures = 0
    let lastAnswerAt = savedAt
    for (;;) {
      const left = savedAt + limitMs - performance.now()
      if (left <= 0) {
        const seconds = (limitMs / 1000).toFixed(0)
        throw new DidNotFinish(`no fresh answer within ${seconds} s of a save`)
      }
      const answer = await this.#app.client.tryGet('/', left)
      const state: State | undefined = answer?.status === 200 ? JSON.parse(answer.body) : undefined
      if (!state) failures++
      const fresh = state !== undefined && isFresh(state)
      first ??= fresh ? 'fresh' : state ? 'stale' : 'failed'
      if (answer && state && fresh) {
        const before = this.#last?.instance === state.instance ? this.#last.evaluated : 0
        this.#last = state
        const evaluated = state.evaluated - before
        const downtimeMs = answer.at - lastAnswerAt
        return { freshMs: answer.at - savedAt, downtimeMs, first, failures, evaluated, state }
      }
      if (answer && state) lastAnswerAt = answer.at
      if (this.#app.hasExited) throw new Error(`the process ended: ${this.#app.outputTail}`)
      await pause(1)
    }
  }
}

/** The directory is the candidate's own: each one gets the same program, freshly written. */
export type WriteProgram = (directory: string) => Program
