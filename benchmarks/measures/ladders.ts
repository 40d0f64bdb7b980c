import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import { Saver } from '../harness/save.ts'
import { pause } from '../harness/turns.ts'
import { writeLadder } from '../programs/ladder.ts'
import { type Measure, withApp } from './measure.ts'

export const ladders: Measure = {
  id: 'ladders',
  title: 'Ladders of diamonds',
  async run({ candidates, quick, progress }) {
    const depths = quick ? [5, 25] : [5, 10, 15, 20, 25, 30]
    const limitMs = quick ? 3_000 : 15_000
    const book = new FigureBook()
    for (const depth of depths) {
      progress(`${depth} diamonds`)
      for (const candidate of candidates) {
        const scenario = `ladder of ${depth}`
        if (candidate.kind === 'plain') {
          book.close(candidate.id, scenario, 'cannot', 'no reloading')
          continue
        }
        const smaller = depths.find(
          (other) => other < depth && !book.isOpen(candidate.id, `ladder of ${other}`),
        )
        if (smaller !== undefined) {
          const note = `not tried: ${smaller} diamonds did not finish`
          book.close(candidate.id, scenario, 'did not finish', note)
          continue
        }
        await book.attempt(candidate.id, scenario, () =>
          withApp(
            candidate,
            (directory) => writeLadder(directory, depth),
            'boundary',
            async (app, program) => {
              const saver = new Saver(app)
              await saver.warmUp(limitMs)
              const { bottom } = program.targets
              if (!bottom) throw new Error('the program has no bottom')
              const freshMs: number[] = []
              for (let count = 0; count < (quick ? 2 : 10); count++) {
                freshMs.push((await saver.save(bottom, limitMs)).freshMs)
                await pause(100)
              }
              return { freshMs }
            },
            { readyLimitMs: limitMs },
          ),
        )
      }
    }
    return {
      id: 'ladders',
      title: 'Ladders of diamonds',
      about:
        'Each rung imports a left and a right module and both import the next rung: 3 modules a diamond, twice the ways down. The bottom is saved; all modules have to be evaluated again.',
      figures: book.figures,
      columns: depths.map(
        (depth): Column => ({
          title: `${depth} (${3 * depth + 1} modules)`,
          scenario: `ladder of ${depth}`,
          metric: 'freshMs',
          statistic: 'median',
          unit: 'ms',
        }),
      ),
      plots: [
        {
          file: 'ladders.svg',
          title: 'Save of the bottom of a ladder to fresh response',
          kind: 'lines',
          metric: 'freshMs',
          unit: 'ms',
          xTitle: 'diamonds',
          scenarios: depths.map((depth) => ({
            scenario: `ladder of ${depth}`,
            label: String(depth),
            at: depth,
          })),
        },
      ],
    }
  },
}
