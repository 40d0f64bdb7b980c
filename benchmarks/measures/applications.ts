import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linkPackage } from '../candidates/set-up.ts'
import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import { Saver } from '../harness/save.ts'
import { pause, takeTurns } from '../harness/turns.ts'
import { staticEntry } from '../programs/entry-source.ts'
import { frameworkEntry, frameworkPackages } from '../programs/framework-entry.ts'
import { writeTree } from '../programs/tree.ts'
import { type Measure, withApp } from './measure.ts'

interface Application {
  scenario: string
  size: number
  packages: string[]
  entry(version?: number): string
}

const ofFramework = (name: 'express' | 'fastify' | 'nest', title: string): Application => ({
  scenario: `${title}, 100 modules`,
  size: 100,
  packages: frameworkPackages[name],
  entry: (version) => frameworkEntry(name, version),
})

const allApplications: readonly Application[] = [
  ofFramework('express', 'Express'),
  ofFramework('fastify', 'Fastify'),
  ofFramework('nest', 'Nest'),
  {
    scenario: 'node:http, 1,000 modules',
    size: 1_000,
    packages: [],
    entry: (version) => staticEntry('js', version),
  },
]

/** As long as somebody takes who looks at what has come of a save, at the least. */
const betweenSavesMs = 1_500

export const applications: Measure = {
  id: 'applications',
  title: 'Full reload of applications',
  async run({ candidates, quick, progress }) {
    const chosen = quick ? allApplications.slice(0, 1) : allApplications
    const saves = quick ? 2 : 6
    const limitMs = quick ? 10_000 : 20_000
    const book = new FigureBook()
    const restarting = candidates.filter(({ kind }) => kind === 'restart')
    for (const { scenario, size, packages, entry } of chosen) {
      progress(scenario)
      for (const candidate of candidates) {
        if (candidate.kind !== 'restart') {
          book.close(candidate.id, scenario, 'cannot', 'who restarts the process is measured')
        }
      }
      await takeTurns(restarting, quick ? 1 : 2, async (candidate) => {
        await book.attempt(candidate.id, scenario, () =>
          withApp(
            candidate,
            (directory) => {
              for (const name of packages) linkPackage(directory, name)
              return writeTree({ directory, size, language: 'js' })
            },
            'static',
            async (app, { directory, targets }) => {
              const saver = new Saver(app)
              await saver.warmUp(limitMs)
              await pause(betweenSavesMs)
              const freshMs: number[] = []
              const downtimeMs: number[] = []
              let failures = 0
              for (let nth = 1; nth <= saves; nth++) {
                let answer: Awaited<ReturnType<Saver['untilFresh']>>
                // The entry, and a module at the bottom, in turn.
                if (nth % 2 === 0 && targets.leaf) answer = await saver.save(targets.leaf, limitMs)
                else {
                  writeFileSync(join(directory, 'server.js'), entry(nth))
                  answer = await saver.untilFresh((state) => state.entry === nth, limitMs)
                }
                freshMs.push(answer.freshMs)
                downtimeMs.push(answer.downtimeMs)
                failures += answer.failures
                await pause(betweenSavesMs)
              }
              return { freshMs, downtimeMs, failures }
            },
            { entry: entry() },
          ),
        )
      })
    }
    return {
      id: 'applications',
      title: 'Full reload of applications',
      about:
        'Unmodified applications, whose entry imports everything statically: each save starts the process again. The entry and a module at the bottom are saved in turn, with a second and a half in between. *Downtime* is the time in which nobody answers; *failed* counts the requests that got no answer, of which one follows the other.',
      figures: book.figures,
      columns: chosen.flatMap(({ scenario }): Column[] => {
        const column = { scenario, statistic: 'median', unit: 'ms' } as const
        return [
          {
            ...column,
            title: `${scenario}: save to new answer`,
            metric: 'freshMs',
            spread: true,
            ratioTo: { candidate: 'node-watch' },
          },
          { ...column, title: 'downtime', metric: 'downtimeMs' },
          { scenario, title: 'failed', metric: 'failures', statistic: 'sum', unit: 'count' },
        ]
      }),
      plots: [],
    }
  },
}
