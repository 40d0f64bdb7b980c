import autocannon from 'autocannon'
import { FigureBook } from '../harness/figure-book.ts'
import { takeTurns } from '../harness/turns.ts'
import { boundaryEntry } from '../programs/entry-source.ts'
import { writeTree } from '../programs/tree.ts'
import { type Measure, withApp } from './measure.ts'

export const throughput: Measure = {
  id: 'throughput',
  title: 'Throughput',
  async run({ candidates, quick, progress }) {
    const book = new FigureBook()
    const scenario = 'import() per request'
    const seconds = quick ? 1 : 4
    progress(scenario)
    await takeTurns(candidates, quick ? 1 : 4, async (candidate) => {
      await book.attempt(candidate.id, scenario, () =>
        withApp(
          candidate,
          (directory) => writeTree({ directory, size: 100, language: 'js' }),
          'boundary',
          async (app) => {
            await app.state()
            const shoot = (duration: number) =>
              autocannon({ url: `http://127.0.0.1:${app.port}/`, connections: 20, duration })
            await shoot(1)
            const cpuBefore = app.cpuSeconds()
            const result = await shoot(seconds)
            const cpuAfter = app.cpuSeconds()
            if (result.non2xx > 0 || result.errors > 0) {
              throw new Error(`${result.non2xx + result.errors} requests were not answered well`)
            }
            const requests = result.requests.total
            const rate = { perSecond: requests / result.duration }
            if (cpuBefore === undefined || cpuAfter === undefined) return rate
            return { ...rate, cpuMsPerRequest: ((cpuAfter - cpuBefore) * 1_000) / requests }
          },
          { entry: boundaryEntry() },
        ),
      )
    })
    return {
      id: 'throughput',
      title: 'Throughput',
      about:
        "A handler that does `await import('./app.js')` on each request, nothing changes meanwhile; autocannon with 20 connections. *CPU* is what the server's process spent on a request: it does not depend on how busy the machine is otherwise.",
      figures: book.figures,
      columns: [
        {
          title: 'requests',
          scenario,
          metric: 'perSecond',
          statistic: 'median',
          unit: 'req/s',
          ratioTo: { candidate: 'node' },
        },
        {
          title: 'CPU per request',
          scenario,
          metric: 'cpuMsPerRequest',
          statistic: 'median',
          unit: 'ms',
          ratioTo: { candidate: 'node' },
        },
      ],
      plots: [
        {
          file: 'throughput.svg',
          title: 'Requests per second with import() on each request',
          kind: 'bars',
          metric: 'perSecond',
          unit: 'req/s',
          scenarios: [{ scenario, label: 'requests per second' }],
        },
      ],
    }
  },
}
