import { FigureBook } from '../harness/figure-book.ts'
import { Saver } from '../harness/save.ts'
import { pause } from '../harness/turns.ts'
import { versionedImportEntry } from '../programs/entry-source.ts'
import { writeSingleModule } from '../programs/single.ts'
import { type Measure, withApp } from './measure.ts'

const oldSpaceMb = 64
const measured = ['node', 'hot-hook', 'hot-hook-1']
/** What runs until it dies takes too long for a quick run. */
const measuredQuickly = ['node', 'hot-hook']

export const memoryGuard: Measure = {
  id: 'memory-guard',
  title: 'An afternoon of edits',
  async run({ candidates, quick, progress }) {
    const scenario = `--max-old-space-size=${oldSpaceMb}`
    const saves = quick ? 400 : 3_000
    const limitMs = quick ? 4_000 : 240_000
    const book = new FigureBook()
    for (const candidate of candidates) {
      if (!(quick ? measuredQuickly : measured).includes(candidate.id)) {
        const reason = candidate.kind === 'restart' ? 'restarts the process' : 'not measured'
        book.close(candidate.id, scenario, 'cannot', reason)
        continue
      }
      progress(candidate.label)
      await book.attempt(candidate.id, scenario, () =>
        withApp(
          candidate,
          (directory) => writeSingleModule(directory, 200),
          'boundary',
          async (app, program) => {
            const saver = new Saver(app)
            await saver.warmUp(10_000)
            const target = program.targets.app
            if (!target) throw new Error('the program has no app')
            const instances = new Set<string>()
            let done = 0
            let slowestMs = 0
            const endAt = performance.now() + limitMs
            try {
              for (; done < saves && performance.now() < endAt; done++) {
                const answer = await saver.saveOrLose(target, 2_000)
                if (!answer) continue
                await pause(5)
                instances.add(answer.state.instance)
                slowestMs = Math.max(slowestMs, answer.freshMs)
              }
            } catch (error) {
              if (!app.hasExited) throw error
            }
            return {
              saves: done,
              fullReloads: Math.max(0, instances.size - 1),
              died: app.hasExited ? 1 : 0,
              slowestMs,
            }
          },
          {
            nodeOptions: [`--max-old-space-size=${oldSpaceMb}`],
            ...(candidate.kind === 'plain' ? { entry: versionedImportEntry } : {}),
          },
        ),
      )
    }
    const column = { scenario, statistic: 'max', unit: 'count' } as const
    return {
      id: 'memory-guard',
      title: 'An afternoon of edits',
      about: `Saves of one module with 200 functions under \`--max-old-space-size=${oldSpaceMb}\`, ${saves.toLocaleString('en')} of them, or until the process dies or ${limitMs / 1_000} s are over. Plain node is \`import('./app.js?v=N')\`.`,
      figures: book.figures,
      columns: [
        { ...column, title: 'saves answered', metric: 'saves' },
        { ...column, title: 'full reloads', metric: 'fullReloads' },
        { ...column, title: 'died of memory', metric: 'died' },
        { ...column, title: 'slowest answer', metric: 'slowestMs', unit: 'ms' },
      ],
      plots: [],
    }
  },
}
