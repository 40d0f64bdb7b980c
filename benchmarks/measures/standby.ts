import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linkPackage } from '../candidates/set-up.ts'
import type { AppProcess } from '../harness/app-process.ts'
import { FigureBook } from '../harness/figure-book.ts'
import { childrenOf, commandOf, memoryOf } from '../harness/process-tree.ts'
import { Saver } from '../harness/save.ts'
import { pause, takeTurns } from '../harness/turns.ts'
import { frameworkEntry, frameworkPackages } from '../programs/framework-entry.ts'
import { writeTree } from '../programs/tree.ts'
import { type Measure, withApp } from './measure.ts'

const scenario = 'Express, 100 modules'
/** How long the next process may take until it waits, in milliseconds. */
const waitLimitMs = 5_000

export const standby: Measure = {
  id: 'standby',
  title: 'Full reloads in a row, with a process in standby',
  async run({ candidates, quick, progress }) {
    const reloads = quick ? 10 : 200
    const book = new FigureBook()
    const measured = candidates.filter(({ id }) => id === 'hot-runner')
    for (const { id } of candidates) {
      if (id !== 'hot-runner') book.close(id, scenario, 'cannot', 'has no process in standby')
    }
    await takeTurns(measured, 1, async (candidate) => {
      await book.attempt(candidate.id, scenario, () =>
        withApp(
          candidate,
          (directory) => {
            for (const name of frameworkPackages.express) linkPackage(directory, name)
            return writeTree({ directory, size: 100, language: 'js' })
          },
          'static',
          async (app, { directory }) => {
            const saver = new Saver(app)
            await saver.warmUp(waitLimitMs)
            const settled = Math.ceil(reloads / 10)
            let wrong = 0
            let used = 0
            let runnerMb = 0
            const standbyMb: number[] = []
            for (let version = 1; version <= reloads; version++) {
              const waits = await waitingProcess(app)
              standbyMb.push(memoryOf(waits)?.ownMb ?? Number.NaN)
              if (version === settled) runnerMb = memoryOf(app.pid)?.residentMb ?? Number.NaN
              writeFileSync(join(directory, 'server.js'), frameworkEntry('express', version))
              const { state } = await saver.untilFresh(({ entry }) => entry === version, 20_000)
              if (state.instance.startsWith(`${waits}-`)) used++
              const later = await app.state()
              if (later.entry !== version || later.instance !== state.instance) wrong++
              if (version % 20 === 0) progress(`${version} of ${reloads}`)
            }
            await waitingProcess(app)
            const grownMb = (memoryOf(app.pid)?.residentMb ?? Number.NaN) - runnerMb
            // The script, the one that waits, and the shell that ends both should the runner be killed.
            const leftOver = childrenOf(app.pid).length - 3
            return { reloads, used, wrong, leftOver, grownMb, standbyMb }
          },
          { entry: frameworkEntry('express') },
        ),
      )
    })
    const column = { scenario, statistic: 'sum', unit: 'count' } as const
    return {
      id: 'standby',
      title: 'Full reloads in a row, with a process in standby',
      about:
        'The entry of an Express application is saved again and again, each time as soon as a process waits. *Used*: reloads that went to it. *Wrong*: answers of another version or process behind the first new one. *Growth* is the resident memory of the runner from a tenth of the reloads to the last; *memory* is what the process that waits has for itself (Linux).',
      figures: book.figures,
      columns: [
        { ...column, title: 'reloads', metric: 'reloads' },
        { ...column, title: 'used', metric: 'used' },
        { ...column, title: 'wrong', metric: 'wrong' },
        { ...column, title: 'processes left', metric: 'leftOver' },
        { scenario, title: 'growth', metric: 'grownMb', statistic: 'median', unit: 'MB' },
        { scenario, title: 'memory', metric: 'standbyMb', statistic: 'median', unit: 'MB' },
      ],
      plots: [],
    }
  },
}

/** The process that waits, once it does: it sleeps, and does not serve. */
async function waitingProcess(app: AppProcess): Promise<number> {
  const { instance } = await app.state()
  const serving = Number(instance.split('-')[0])
  const until = performance.now() + waitLimitMs
  while (performance.now() < until) {
    const found = childrenOf(app.pid).find(
      (pid) => pid !== serving && commandOf(pid).includes('wait-import'),
    )
    if (found !== undefined) {
      // The packages come before it waits.
      await pause(500)
      return found
    }
    await pause(50)
  }
  throw new Error('no process waits')
}
