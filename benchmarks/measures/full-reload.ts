import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import { Saver } from '../harness/save.ts'
import { pause, takeTurns } from '../harness/turns.ts'
import { staticEntry } from '../programs/entry-source.ts'
import { writeTree } from '../programs/tree.ts'
import { type Measure, withApp } from './measure.ts'

export const fullReload: Measure = {
  id: 'full-reload',
  title: 'Full reload',
  async run({ candidates, quick, progress }) {
    const sizes = quick ? [100] : [100, 1_000]
    const saves = quick ? 2 : 5
    const limitMs = quick ? 5_000 : 20_000
    const book = new FigureBook()
    for (const size of sizes) {
      const scenario = `${size} modules`
      progress(scenario)
      for (const candidate of candidates) {
        const reason = candidate.cannot('full reload', 'js')
        if (reason) book.close(candidate.id, scenario, 'cannot', reason)
      }
      await takeTurns(candidates, quick ? 1 : 3, async (candidate) => {
        await book.attempt(candidate.id, scenario, () =>
          withApp(
            candidate,
            (directory) => writeTree({ directory, size, language: 'js' }),
            'static',
            async (app, program) => {
              const saver = new Saver(app)
              await saver.warmUp(limitMs)
              const samples = { freshMs: [] as number[], downtimeMs: [] as number[] }
              for (let version = 1; version <= saves; version++) {
                writeFileSync(join(program.directory, 'server.js'), staticEntry('js', version))
                const answer = await saver.untilFresh((state) => state.entry === version, limitMs)
                samples.freshMs.push(answer.freshMs)
                samples.downtimeMs.push(answer.downtimeMs)
                await pause(300)
              }
              return samples
            },
          ),
        )
      })
    }
    return {
      id: 'full-reload',
      title: 'Full reload',
      about:
        'The entry itself is saved, so the process has to start again. *Downtime* is the time in which nobody answers. hot-hook restarts in place, with the same process id.',
      figures: book.figures,
      columns: sizes.flatMap((size): Column[] => {
        const column = {
          scenario: `${size} modules`,
          statistic: 'median',
          unit: 'ms',
          spread: true,
        } as const
        const title = `${size.toLocaleString('en')} modules`
        return [
          { ...column, title: `${title}: save to fresh response`, metric: 'freshMs' },
          { ...column, title: 'downtime', metric: 'downtimeMs' },
        ]
      }),
      plots: [],
    }
  },
}
