import type { Candidate, PrepareOptions, Style } from '../candidates/candidate.ts'
import type { AppProcess } from '../harness/app-process.ts'
import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import { Saver } from '../harness/save.ts'
import { DidNotFinish } from '../harness/time-limit.ts'
import { pause, takeTurns } from '../harness/turns.ts'
import { versionedImportEntry } from '../programs/entry-source.ts'
import type { Program, Target } from '../programs/program.ts'
import { writeTree } from '../programs/tree.ts'
import { type Measure, withApp } from './measure.ts'

interface Mode {
  name: string
  style: Style & ('boundary' | 'accept')
  /** The module that is saved. */
  saved: 'leaf' | 'app'
  /** Saves follow each other as fast as they are answered, as when a program edits and asks. */
  isBackToBack?: true
  rounds: number
}

const warmUpRequests = 100

interface Block {
  saves: number
  /** Back to back they take little time, and one process shows them all. */
  backToBackSaves: number
  /** A block ends after this time, whatever it has got. */
  limitMs: number
  betweenSavesMs: number
  lostAfterMs: number
}

const backToBack = { style: 'boundary', isBackToBack: true } as const

export const save: Measure = {
  id: 'save',
  title: 'Save to fresh response',
  async run({ candidates, quick, progress }) {
    const modes: Mode[] = [
      { name: 'boundary', style: 'boundary', saved: 'leaf', rounds: quick ? 1 : 5 },
      { name: 'own file', style: 'boundary', saved: 'app', rounds: quick ? 1 : 2 },
      { ...backToBack, name: 'leaf, back to back', saved: 'leaf', rounds: quick ? 1 : 3 },
      { ...backToBack, name: 'own file, back to back', saved: 'app', rounds: quick ? 0 : 3 },
      { name: 'accept', style: 'accept', saved: 'leaf', rounds: quick ? 1 : 3 },
    ]
    const block: Block = {
      saves: quick ? 30 : 200,
      backToBackSaves: quick ? 200 : 1_000,
      limitMs: quick ? 700 : 8_000,
      betweenSavesMs: 25,
      lostAfterMs: quick ? 500 : 3_000,
    }
    const book = new FigureBook()
    for (const mode of modes) {
      progress(mode.name)
      for (const candidate of candidates) {
        const reason = cannot(candidate, mode)
        if (reason) book.close(candidate.id, mode.name, 'cannot', reason)
        else if (candidate.kind === 'plain') {
          book.note(candidate.id, mode.name, 'the floor: bare Node imports the same modules')
        }
      }
      await takeTurns(candidates, mode.rounds, async (candidate) => {
        await book.attempt(candidate.id, mode.name, () =>
          withApp(
            candidate,
            (directory) => writeTree({ directory, size: 100, language: 'js' }),
            mode.style,
            (app, program) =>
              measureBlock(app, program, new Saver(app, candidate.kind === 'plain'), mode, block),
            optionsOf(candidate),
          ),
        )
      })
    }
    return {
      id: 'save',
      title: 'Save to fresh response',
      about: `A file of a program of 100 modules is written in place, a request is sent at once on a kept-alive connection, and again until the answer is the saved code's: a *leaf* with 2 modules between it and the entry (3 are evaluated again), or \`app.js\` itself, which the entry imports. After some ${block.betweenSavesMs} ms, in which processors and caches turn to other things, comes the next save; *back to back*, at once, as when a program edits and asks, ${block.backToBackSaves.toLocaleString('en')} in a row. *Request alone* is the same request with nothing saved. *Stale* and *failed* count the requests that were sent right after the save of a leaf; *lost* is a save that had not arrived after ${block.lostAfterMs / 1_000} s. Accept mode: until the accept callback runs, on the system's clock. Plain node is the floor: the modules on the way are written too, each with \`?v=N\` in its import of the next, and each request does \`import('./app.js?v=N')\`, so that bare Node evaluates the same modules again. dynohot has no dynamic-import boundaries: it accepts in all columns.`,
      figures: book.figures,
      columns: columns(),
      plots: [
        {
          file: 'save.svg',
          title: 'Save to fresh response, median',
          kind: 'bars',
          metric: 'freshMs',
          unit: 'ms',
          scenarios: [{ scenario: 'boundary', label: 'save to fresh response' }],
          labels: { node: 'bare import (floor)' },
        },
      ],
    }
  },
}

function cannot(candidate: Candidate, { style, isBackToBack }: Mode): string | undefined {
  if (isBackToBack && candidate.kind === 'restart') return 'restarts the process'
  if (candidate.kind !== 'plain') return candidate.cannot(style, 'js')
  return style === 'boundary' ? undefined : 'no reloading'
}

function optionsOf(candidate: Candidate): PrepareOptions {
  return candidate.kind === 'plain' ? { entry: versionedImportEntry } : {}
}

async function measureBlock(
  app: AppProcess,
  program: Program,
  saver: Saver,
  mode: Mode,
  block: Block,
) {
  const target = program.targets[mode.saved]
  if (!target) throw new Error(`the program has no ${mode.saved}`)
  await saver.warmUp(10_000)
  const samples = newSamples()
  const wait = () => pause(block.betweenSavesMs * (0.5 + Math.random()))
  // A server that has just started is still compiling what answers requests.
  for (let count = 0; count < warmUpRequests; count++) await app.client.get()
  for (let count = 0; count < 15; count++) {
    const askedAt = performance.now()
    samples.requestMs.push((await app.client.get()).at - askedAt)
    await wait()
  }
  const endAt = performance.now() + block.limitMs
  const saves = mode.isBackToBack ? block.backToBackSaves : block.saves
  for (let count = 0; count < saves && performance.now() < endAt; count++) {
    await saveOnce(app, saver, target, mode, block, samples)
    if (!mode.isBackToBack) await wait()
  }
  return samples
}

async function saveOnce(
  app: AppProcess,
  saver: Saver,
  target: Target,
  { style }: Mode,
  { lostAfterMs }: Block,
  samples: ReturnType<typeof newSamples>,
): Promise<void> {
  const callback = style === 'accept' ? app.line(isAcceptLine, lostAfterMs) : undefined
  // Waited for only when the save has arrived; it has its own time limit until then.
  callback?.catch(() => {})
  const value = saver.write(target)
  const savedAt = process.hrtime.bigint()
  const answer = await saver.untilFresh((state) => state.value === value, lostAfterMs).catch(lost)
  samples.lost.push(answer ? 0 : 1)
  samples.stale.push(answer?.first === 'stale' || !answer ? 1 : 0)
  samples.failed.push(answer?.first === 'failed' ? 1 : 0)
  if (answer) samples.freshMs.push(answer.freshMs)
  if (answer && callback) samples.acceptMs.push(sinceSave((await callback).text, savedAt))
}

function newSamples() {
  return {
    requestMs: [] as number[],
    freshMs: [] as number[],
    stale: [] as number[],
    failed: [] as number[],
    lost: [] as number[],
    acceptMs: [] as number[],
  }
}

function columns(): Column[] {
  const ms = { statistic: 'median', unit: 'ms' } as const
  const count = { statistic: 'sum', unit: 'count', outOf: true, scenario: 'boundary' } as const
  return [
    { ...ms, title: 'leaf, median', scenario: 'boundary', metric: 'freshMs' },
    { ...ms, title: 'leaf, p95', scenario: 'boundary', metric: 'freshMs', statistic: 'p95' },
    { ...ms, title: 'app.js, median', scenario: 'own file', metric: 'freshMs' },
    { ...ms, title: 'leaf, back to back', scenario: 'leaf, back to back', metric: 'freshMs' },
    { ...ms, title: 'app.js, back to back', scenario: 'own file, back to back', metric: 'freshMs' },
    {
      ...count,
      title: 'stale first, back to back',
      scenario: 'leaf, back to back',
      metric: 'stale',
    },
    { ...ms, title: 'request alone', scenario: 'own file', metric: 'requestMs' },
    { ...count, title: 'stale first', metric: 'stale' },
    { ...count, title: 'failed first', metric: 'failed' },
    { ...count, title: 'lost', metric: 'lost' },
    { ...ms, title: 'accept, median', scenario: 'accept', metric: 'acceptMs' },
    { ...ms, title: 'accept, p95', scenario: 'accept', metric: 'acceptMs', statistic: 'p95' },
  ]
}

/** A save that never arrives is counted; anything else ends the block. */
function lost(error: unknown): undefined {
  if (!(error instanceof DidNotFinish)) throw error
}

const isAcceptLine = (line: string) => line.startsWith('accepted ')

/** From the save to the accept callback, in milliseconds: both are on the monotonic clock. */
function sinceSave(line: string, savedAt: bigint): number {
  return Number(BigInt(line.slice('accepted '.length)) - savedAt) / 1e6
}
