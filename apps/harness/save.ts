import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../applications/application.ts'
import { pause, type Running } from './running.ts'

/** A stale answer later than this after a save is a lost save. */
const staleDeadlineMs = 2_000
/** A process that does not answer for so long will not come back. */
const deadDeadlineMs = 15_000
/** A script that crashes has ended when it has said nothing for so long. */
const restMs = 1_000
const pollMs = 10

export type SaveKind = 'in place' | 'by rename' | 'broken' | 'healed'

/** What became of a save. */
export interface SaveResult {
  target: Target
  kind: SaveKind
  /**
   * `hot` and `restart`: the new text was shown, without and with a restart; `told`: a broken save was
   * said aloud and the process lives; `silent`: it was not; `lost`: the old text was shown for too
   * long; `dead`: nobody answers any more.
   */
  verdict: 'hot' | 'restart' | 'told' | 'silent' | 'lost' | 'dead'
  /** From the save to the first new answer. */
  ms?: number
  /** What the process wrote since, where something is wrong. */
  output?: string
}

/** A file of an application under edit; every save is made from the text that was generated. */
export class EditedFile {
  readonly #target: Target
  readonly #file: string
  readonly #source: string

  constructor(directory: string, target: Target) {
    this.#target = target
    this.#file = join(directory, target.file)
    this.#source = readFileSync(this.#file, 'utf8')
    if (!this.#source.includes(target.replace[0])) {
      throw new Error(
        `${target.file} has no ${JSON.stringify(target.replace[0])}:\n${this.#source}`,
      )
    }
  }

  /** Saves it so that `word` is shown, and asks until it is. */
  async save(running: Running, word: string, kind: SaveKind): Promise<SaveResult> {
    const since = running.output.length
    const savedAt = performance.now()
    this.#write(this.#text(word), kind)
    let hasBeenAway = false
    for (;;) {
      const answer = await running.ask(this.#path)
      const ms = performance.now() - savedAt
      const output = running.output.slice(since)
      const result = { target: this.#target, kind, output }
      if (answer && answer.status < 400 && answer.text.includes(word)) {
        const isRestart = hasBeenAway || /full reload|restart/i.test(output)
        return { target: this.#target, kind, verdict: isRestart ? 'restart' : 'hot', ms }
      }
      hasBeenAway ||= answer === undefined
      if (!running.isAlive || ms > deadDeadlineMs) return { ...result, verdict: 'dead' }
      // A server that is away is being restarted; one that answers has had its time.
      if (answer && ms > staleDeadlineMs) return { ...result, verdict: 'lost' }
      await pause(pollMs)
    }
  }

  /**
   * Saves what cannot be parsed, and waits until the process says so, in its answer or its log, and has
   * come to rest: it answers, has ended, or waits for a save.
   */
  async break(running: Running): Promise<SaveResult> {
    const since = running.output.length
    const savedAt = performance.now()
    let output = ''
    let saidAt = savedAt
    this.#write(`${this.#text('broken')}\n(`, 'in place')
    for (;;) {
      const answer = await running.ask(this.#path)
      const now = performance.now()
      if (running.output.length > since + output.length) saidAt = now
      output = running.output.slice(since)
      const result = { target: this.#target, kind: 'broken' as const, output }
      if (!running.isAlive) return { ...result, verdict: 'dead' }
      const isTold = /error|failed/i.test(output) || (answer && answer.status >= 500)
      if (isTold && (answer || now - saidAt > restMs)) return { ...result, verdict: 'told' }
      // One that is away is being restarted, and has not come to the broken file yet.
      if (now - savedAt > (answer ? staleDeadlineMs : deadDeadlineMs)) {
        return { ...result, verdict: 'silent' }
      }
      await pause(pollMs)
    }
  }

  /** Puts the generated text back. */
  restore(): void {
    this.#write(this.#source, 'in place')
  }

  get #path(): string {
    return this.#target.path ?? '/'
  }

  #text(word: string): string {
    const [found, put] = this.#target.replace
    return this.#source.replace(found, () => put.replace('%s', word))
  }

  #write(text: string, kind: SaveKind): void {
    const isRenamed = kind === 'by rename'
    const written = isRenamed ? `${this.#file}.tmp~` : this.#file
    writeFileSync(written, text)
    if (isRenamed) renameSync(written, this.#file)
  }
}
