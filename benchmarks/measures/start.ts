import type { Candidate } from '../candidates/candidate.ts'
import { AppProcess } from '../harness/app-process.ts'
import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import { withTimeLimit } from '../harness/time-limit.ts'
import { pause, takeTurns } from '../harness/turns.ts'
import { createDirectory, removeDirectory } from '../harness/workspace.ts'
import type { Language, Program } from '../programs/program.ts'
import { writeTree } from '../programs/tree.ts'
import type { Measure } from './measure.ts'

type Cache = 'off' | 'cold' | 'warm'

interface Scenario {
  name: string
  title: string
  size: number
  language: Language
  cache: Cache
  /** `boundary`: the first request loads the program, and belongs to the start. */
  style: 'static' | 'boundary'
  rounds: number
}

function scenario(
  size: number,
  language: Language,
  cache: Cache,
  rounds: number,
  style: Scenario['style'] = 'static',
): Scenario {
  const count = size.toLocaleString('en')
  const suffix =
    style === 'boundary' ? ' behind import()' : cache === 'off' ? '' : `, cache ${cache}`
  return {
    name: `${size} ${language} ${style === 'static' ? cache : style}`,
    title: `${count} ${language.toUpperCase()}${suffix}`,
    size,
    language,
    cache,
    style,
    rounds,
  }
}

const fullScenarios = [
  scenario(100, 'js', 'off', 9),
  scenario(1_000, 'js', 'off', 9),
  scenario(1_000, 'js', 'off', 5, 'boundary'),
  scenario(1_000, 'js', 'cold', 9),
  scenario(1_000, 'js', 'warm', 9),
  scenario(10_000, 'js', 'off', 3),
  scenario(10_000, 'js', 'off', 2, 'boundary'),
  scenario(10_000, 'js', 'warm', 2),
  scenario(100, 'ts', 'off', 5),
  scenario(1_000, 'ts', 'off', 5),
  scenario(1_000, 'ts', 'warm', 5),
  scenario(10_000, 'ts', 'off', 2),
]
const quickScenarios = [
  scenario(100, 'js', 'off', 2),
  scenario(1_000, 'js', 'off', 2),
  scenario(1_000, 'js', 'off', 1, 'boundary'),
  scenario(1_000, 'js', 'warm', 1),
]

/** Node's compile cache is not read by managers of processes, nor by another engine. */
function cannot(candidate: Candidate, { language, cache, style }: Scenario): string | undefined {
  if (cache !== 'off' && candidate.kind === 'restart')
    return 'as plain node: the manager has no say'
  if (cache !== 'off' && candidate.id === 'bun') return "another engine: no Node's compile cache"
  return candidate.cannot(style, language)
}

export const start: Measure = {
  id: 'start',
  title: 'Start',
  async run({ candidates, quick, progress }) {
    const scenarios = quick ? quickScenarios : fullScenarios
    const limitMs = quick ? 5_000 : 40_000
    // A slow candidate has its say in two rounds.
    const budgetMs = 30_000
    const book = new FigureBook()
    const shelf = new ProgramShelf()
    progress('first starts')
    for (const candidate of candidates) await startOnce(candidate, shelf, scenarios, limitMs)
    for (const each of scenarios) {
      progress(each.title)
      const spentMs = new Map<Candidate, number>()
      const starts = new Map<Candidate, ReturnType<typeof prepare>>()
      for (const candidate of candidates) {
        const reason = cannot(candidate, each)
        if (reason) book.close(candidate.id, each.name, 'cannot', reason)
        const tooMuch = scenarios.find(
          ({ name, size }) => size <= each.size && book.didNotFinish(candidate.id, name),
        )
        if (!reason && tooMuch) {
          const note = `not tried: ${tooMuch.title} did not finish`
          book.close(candidate.id, each.name, 'did not finish', note)
        }
        if (reason || tooMuch) continue
        starts.set(candidate, prepare(candidate, shelf.get(candidate, each), each))
      }
      await takeTurns(candidates, each.rounds, async (candidate, round) => {
        const run = starts.get(candidate)
        if (!run || !book.isOpen(candidate.id, each.name)) return
        const spent = spentMs.get(candidate) ?? 0
        if (round >= 2 && spent > budgetMs) return
        const began = performance.now()
        if (each.cache === 'warm' && round === 0) {
          await book.attempt(candidate.id, each.name, async () => {
            await run(limitMs)
            return {}
          })
        }
        await book.attempt(candidate.id, each.name, () => run(limitMs))
        spentMs.set(candidate, spent + performance.now() - began)
      })
    }
    shelf.clear()
    const columns = scenarios.flatMap((each): Column[] => [
      {
        title: each.title,
        scenario: each.name,
        metric: 'readyMs',
        statistic: 'median',
        unit: 'ms',
        spread: true,
        ratioTo: {
          candidate: 'node',
          scenario: scenario(each.size, each.language, 'off', 0, each.style).name,
        },
      },
      ...(each.name === '1000 js off'
        ? [
            {
              title: `${each.title}, CPU`,
              scenario: each.name,
              metric: 'cpuMs',
              statistic: 'median',
              unit: 'ms',
              ratioTo: { candidate: 'node' },
            } as const,
            {
              title: `${each.title}, peak memory`,
              scenario: each.name,
              metric: 'peakMb',
              statistic: 'median',
              unit: 'MB',
            } as const,
          ]
        : []),
    ])
    const plotted = scenarios.filter(
      ({ language, cache, style }) => language === 'js' && cache === 'off' && style === 'static',
    )
    return {
      id: 'start',
      title: 'Start',
      about:
        'From spawn until the server of a generated program (a tree of modules of 2.5 KB each, imported statically) listens; *behind import()*, until the first request is answered that imports it. The ratio is to plain node without compile cache. *Cache* is `NODE_COMPILE_CACHE`: *cold* writes it, *warm* finds it. The very first start of each candidate is not counted: what it keeps for itself (Hot Hook: its own code, compiled) is there from then on. *CPU* (on all cores, so not on how busy the machine is) and peak memory count all processes of the candidate.',
      figures: book.figures,
      columns,
      plots: [
        {
          file: 'start.svg',
          title: 'Start, by modules of the program',
          kind: 'lines',
          metric: 'readyMs',
          unit: 'ms',
          xTitle: 'modules',
          scenarios: plotted.map(({ name, title, size }) => ({
            scenario: name,
            label: title,
            at: size,
          })),
        },
      ],
    }
  },
}

/** One written program that can be started again and again. */
function prepare(candidate: Candidate, program: Program, { cache, style }: Scenario) {
  const command = candidate.prepare(program, style)
  let cacheDirectory = createDirectory('compile-cache')
  return async (limitMs: number): Promise<Record<string, number>> => {
    if (cache === 'cold') cacheDirectory = createDirectory('compile-cache')
    const env: NodeJS.ProcessEnv =
      cache === 'off' ? { NODE_DISABLE_COMPILE_CACHE: '1' } : { NODE_COMPILE_CACHE: cacheDirectory }
    const app = await AppProcess.start(command, env)
    try {
      let readyMs = await app.ready(limitMs)
      if (style === 'boundary') readyMs = await firstAnswer(app, readyMs, limitMs)
      const peakMb = app.peakMemory()
      const cpu = app.cpuSeconds()
      return {
        readyMs,
        ...(peakMb === undefined ? {} : { peakMb }),
        ...(cpu === undefined ? {} : { cpuMs: cpu * 1_000 }),
      }
    } finally {
      // Node writes its compile cache when the program ends by itself.
      await app.stop({ gracefulMs: cache === 'off' ? 0 : 10_000 })
    }
  }
}

/** Time for a program that has started to keep what it keeps for the next start, in milliseconds. */
const settleMs = 500

/**
 * What a candidate keeps for itself at its very first start is there for all others: Hot Hook keeps its own
 * code, compiled.
 */
async function startOnce(
  candidate: Candidate,
  shelf: ProgramShelf,
  scenarios: readonly Scenario[],
  limitMs: number,
): Promise<void> {
  const first = scenarios.find((each) => !cannot(candidate, each))
  if (!first) return
  const command = candidate.prepare(shelf.get(candidate, first), first.style)
  const app = await AppProcess.start(command, { NODE_DISABLE_COMPILE_CACHE: '1' })
  try {
    await app.ready(limitMs)
    await pause(settleMs)
  } catch {
    // Its scenarios say so.
  } finally {
    await app.stop({ gracefulMs: 0 })
  }
}

/** The programs of one size and language: scenarios that follow each other share them. */
class ProgramShelf {
  readonly #programs = new Map<string, Program>()
  #key = ''

  get(candidate: Candidate, { size, language }: Scenario): Program {
    const key = `${size} ${language}`
    if (key !== this.#key) this.clear()
    this.#key = key
    let program = this.#programs.get(candidate.id)
    if (!program) {
      program = writeTree({ directory: createDirectory(candidate.id), size, language })
      this.#programs.set(candidate.id, program)
    }
    return program
  }

  clear(): void {
    for (const { directory } of this.#programs.values()) removeDirectory(directory)
    this.#programs.clear()
  }
}

/** From spawn until the first answer: the request that loads the program. */
async function firstAnswer(app: AppProcess, readyMs: number, limitMs: number): Promise<number> {
  const askedAt = performance.now()
  await withTimeLimit(app.state(limitMs), limitMs, 'the first answer')
  return readyMs + performance.now() - askedAt
}
