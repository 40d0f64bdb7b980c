import type { Candidate, PrepareOptions } from '../candidates/candidate.ts'
import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import { Saver } from '../harness/save.ts'
import { pause, takeTurns } from '../harness/turns.ts'
import { entrySource, versionedImportEntry } from '../programs/entry-source.ts'
import { writeSingleCommonJs, writeSingleModule } from '../programs/single.ts'
import { type Measure, withApp } from './measure.ts'

type Format = 'ESM' | 'CommonJS'

const commonJsEntry = (app: string) => entrySource({ language: 'js', isCommonJs: true, app })

function optionsOf(candidate: Candidate, format: Format): PrepareOptions {
  if (format === 'ESM') return candidate.kind === 'plain' ? { entry: versionedImportEntry } : {}
  const clear = "delete require.cache[require.resolve('./app.cjs')], "
  const app = `(${candidate.kind === 'plain' ? clear : ''}require('./app.cjs'))`
  return { entry: commonJsEntry(app), type: 'commonjs' }
}

function cannot(candidate: Candidate, format: Format): string | undefined {
  if (candidate.kind === 'restart') return 'restarts the process: retains nothing'
  if (candidate.id === 'bun') return 'another engine'
  if (format === 'CommonJS' && !['node', 'hot-hook'].includes(candidate.id)) {
    return 'reloads ES modules only'
  }
  return undefined
}

export const memory: Measure = {
  id: 'memory',
  title: 'Memory of a reload',
  async run({ candidates, quick, progress }) {
    const reloads = quick ? 100 : 2_000
    const betweenSavesMs = 10
    const warmUps = quick ? 30 : 200
    const blockLimitMs = quick ? 1_000 : 30_000
    const book = new FigureBook()
    // What is retained of CommonJS is so little that it takes many reloads to see it.
    const formats: readonly Format[] = quick ? ['ESM'] : ['ESM', 'CommonJS']
    for (const format of formats) {
      progress(format)
      for (const candidate of candidates) {
        const reason = cannot(candidate, format)
        if (reason) book.close(candidate.id, format, 'cannot', reason)
      }
      await takeTurns(candidates, quick ? 1 : 2, async (candidate) => {
        await book.attempt(candidate.id, format, () =>
          withApp(
            candidate,
            format === 'ESM' ? (directory) => writeSingleModule(directory) : writeSingleCommonJs,
            'boundary',
            async (app, program) => {
              const saver = new Saver(app)
              await saver.warmUp(10_000)
              const target = program.targets.app
              if (!target) throw new Error('the program has no app')
              const reload = async (count: number, limitMs: number) => {
                const endAt = performance.now() + limitMs
                let done = 0
                for (; done < count && performance.now() < endAt; done++) {
                  await saver.saveOrLose(target, 1_000)
                  await pause(betweenSavesMs)
                }
                return done
              }
              await reload(warmUps, blockLimitMs / 4)
              await pause(300)
              const before = await app.heapUsed()
              const done = await reload(reloads, blockLimitMs)
              await pause(300)
              const after = await app.heapUsed()
              return { retainedKb: (after - before) / 1_024 / done, reloads: done }
            },
            { nodeOptions: ['--expose-gc'], ...optionsOf(candidate, format) },
          ),
        )
      })
    }
    return {
      id: 'memory',
      title: 'Memory of a reload',
      about:
        "Heap in use after garbage collection, before and after many reloads of one module of 2.5 KB, for each reload. Plain node is `import('./app.js?v=N')` for ES modules: what it retains, nobody above it can give back. For CommonJS, a lazy `require()` in a CommonJS server, plain node is an entry of `require.cache` that is deleted: it goes on holding the old module in `module.children`.",
      figures: book.figures,
      columns: formats.flatMap((format): Column[] => [
        {
          title: `${format}, retained for each reload`,
          scenario: format,
          metric: 'retainedKb',
          statistic: 'median',
          unit: 'KB',
          ...(format === 'ESM' ? { ratioTo: { candidate: 'node' } } : {}),
        },
        {
          title: 'reloads',
          scenario: format,
          metric: 'reloads',
          statistic: 'sum',
          unit: 'count',
        },
      ]),
      plots: [],
    }
  },
}
