import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import { Saver } from '../harness/save.ts'
import { pause } from '../harness/turns.ts'
import { versionedImportEntry } from '../programs/entry-source.ts'
import { writeTree } from '../programs/tree.ts'
import { type Measure, withApp } from './measure.ts'

const places = ['leaf', 'middle', 'shared'] as const

export const largeProgram: Measure = {
  id: 'large-program',
  title: 'One save in a large program',
  async run({ candidates, quick, progress }) {
    const sizes = quick ? [100, 1_000] : [100, 1_000, 10_000]
    const saves = quick ? 2 : 15
    const limitMs = quick ? 5_000 : 60_000
    const book = new FigureBook()
    const ideal = new Map<string, number>()

    for (const size of sizes) {
      for (const candidate of candidates) {
        const names = places.map((place) => `${place} of ${size}`)
        const isBare = candidate.kind === 'plain'
        if (candidate.unavailable) {
          for (const name of names) book.close(candidate.id, name, 'cannot', candidate.unavailable)
          continue
        }
        const smaller = sizes.find(
          (other) => other < size && !book.isOpen(candidate.id, `leaf of ${other}`),
        )
        if (smaller !== undefined) {
          for (const name of names) {
            book.close(candidate.id, name, 'did not finish', `not tried: ${smaller} did not finish`)
          }
          continue
        }
        progress(`${size.toLocaleString('en')} modules: ${candidate.label}`)
        const run = withApp(
          candidate,
          (directory) => writeTree({ directory, size, language: 'js', isValueOfTargets: true }),
          'boundary',
          async (app, program) => {
            const saver = new Saver(app, isBare)
            await saver.warmUp(limitMs)
            for (const place of places) {
              const target = program.targets[place]
              if (!target) throw new Error(`the program has no ${place}`)
              const name = `${place} of ${size}`
              ideal.set(name, target.affected)
              if (isBare && !target.importers) {
                book.close(candidate.id, name, 'cannot', 'several ways lead to it')
                continue
              }
              if (isBare)
                book.note(candidate.id, name, 'the floor: bare Node imports the same modules')
              await book.attempt(candidate.id, name, async () => {
                const freshMs: number[] = []
                const evaluated: number[] = []
                const startedAt = performance.now()
                // A candidate that is slow is measured fewer times, but twice at least.
                while (
                  freshMs.length < saves &&
                  (freshMs.length < 2 || performance.now() - startedAt < limitMs / 4)
                ) {
                  const answer = await saver.save(target, limitMs)
                  freshMs.push(answer.freshMs)
                  evaluated.push(answer.evaluated)
                  await pause(100)
                }
                return { freshMs, evaluated }
              })
            }
          },
          { readyLimitMs: limitMs, ...(isBare ? { entry: versionedImportEntry } : {}) },
        )
        await run.catch(async (error: unknown) => {
          for (const name of names) await book.attempt(candidate.id, name, () => throwIt(error))
        })
      }
    }

    const columns = sizes.flatMap((size) =>
      places.flatMap((place): Column[] => {
        const scenario = `${place} of ${size}`
        const shown = `${place} of ${size.toLocaleString('en')}`
        return [
          { title: shown, scenario, metric: 'freshMs', statistic: 'median', unit: 'ms' },
          {
            title: `evaluated (of need: ${ideal.get(scenario) ?? '?'})`,
            scenario,
            metric: 'evaluated',
            statistic: 'median',
            unit: 'count',
          },
        ]
      }),
    )
    return {
      id: 'large-program',
      title: 'One save in a large program',
      about:
        'Save to fresh response, and how many modules are evaluated again for it. The *leaf* has nothing below it, *middle* is halfway up from there, the *shared* module is imported by one in ten of the bottom modules. *Of need* is how many stand between the change and the boundary. A request itself takes as long in each program. Plain node is the floor, as for one save: bare Node imports the same modules under another query. It walks through all modules of the program before it evaluates the first, so its time grows with the program.',
      figures: book.figures,
      columns,
      plots: places.map((place) => ({
        file: `large-program-${place}.svg`,
        title: `Save of a ${place} module to fresh response`,
        kind: 'lines' as const,
        metric: 'freshMs',
        unit: 'ms' as const,
        xTitle: 'modules',
        scenarios: sizes.map((size) => ({
          scenario: `${place} of ${size}`,
          label: size.toLocaleString('en'),
          at: size,
        })),
      })),
    }
  },
}

async function throwIt(error: unknown): Promise<never> {
  throw error
}
