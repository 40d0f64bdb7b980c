import type { AppProcess } from '../harness/app-process.ts'
import { Client } from '../harness/client.ts'
import { FigureBook } from '../harness/figure-book.ts'
import { pace } from '../harness/pace.ts'
import { takeTurns } from '../harness/turns.ts'
import { writeProgramFile } from '../programs/program.ts'
import { writeTree } from '../programs/tree.ts'
import { type Measure, withApp } from './measure.ts'

const perSecond = 500
/** As many as can come one at a time. */
const warmUpPerSecond = 1_000
const connections = 10
/**
 * Short turns: whatever else the machine does for a while falls on both, and of many turns the median
 * leaves out those in which it did something for one of them.
 */
const turnMs = 250
/** What comes before it counts: after a rest, as the other's turn is one, `hot.handler` looks at all files, once. */
const leadMs = 50
/** What is asked for, by path. */
const scenarios = { '/bare': 'the listener itself', '/hot': 'hot.handler' }
type Path = keyof typeof scenarios
const paths = Object.keys(scenarios) as Path[]

/** The least that a listener can do. */
const listener = `import './app.js'

export default (request, response) => response.end('hello')
`

/** Both in one process, so that whatever else differs between processes is the same for them. */
const entry = `import http from 'node:http'
import { hot } from 'hot-hook'
import listener from './listener.js'

const handler = hot.handler(() => import('./listener.js'))
const cpu = (response) => {
  const { user, system } = process.cpuUsage()
  response.end(String(user + system))
}
http
  .createServer((request, response) => {
    if (request.url === '/bare') listener(request, response)
    else if (request.url === '/hot') handler(request, response)
    else cpu(response)
  })
  .listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready ' + process.pid))
process.on('SIGTERM', () => process.exit())
`

export const handler: Measure = {
  id: 'handler',
  title: 'hot.handler',
  async run({ candidates, quick, progress }) {
    const book = new FigureBook()
    const rounds = quick ? 40 : 240
    progress(`${perSecond} requests a second`)
    for (const candidate of candidates) {
      if (candidate.id !== 'hot-hook') continue
      await withApp(
        candidate,
        (directory) => {
          const program = writeTree({ directory, size: 100, language: 'js' })
          writeProgramFile(directory, 'listener.js', listener)
          return program
        },
        'boundary',
        async (app) => {
          const clients = Array.from({ length: connections }, () => new Client(app.port))
          // V8 compiles what runs often, in its own time, and by what it has seen: with requests that come
          // alone, as those that count do, and in turns, so that neither is compiled by the other's.
          await takeTurns(paths, quick ? 32 : 64, async (path) => {
            await book.attempt(candidate.id, scenarios[path], async () => {
              await ask(clients, path, turnMs, warmUpPerSecond)
              return {}
            })
          })
          await takeTurns(paths, rounds, async (path) => {
            await book.attempt(candidate.id, scenarios[path], async () => {
              await ask(clients, path, leadMs, perSecond)
              const before = await cpuMs(app)
              const requests = await ask(clients, path, turnMs, perSecond)
              return { cpuMsPerThousand: (((await cpuMs(app)) - before) * 1_000) / requests }
            })
          })
          for (const client of clients) client.close()
        },
        { entry },
      )
    }
    return {
      id: 'handler',
      title: 'hot.handler',
      about: `One process under Hot Hook, ${perSecond} requests a second, evenly, over ${connections} connections that stay open: ${rounds} times for ${turnMs} ms to a listener of node:http that does nothing but answer, and in turn with these to \`hot.handler(() => import('./listener.js'))\`. Both have answered some thousand requests before, and the same ones for ${leadMs} ms before each time: hot.handler looks at all files when nobody has asked for a while. The program has 100 modules. *CPU* is what the process spent.`,
      figures: book.figures,
      columns: Object.values(scenarios).map((scenario) => ({
        title: `${scenario}: CPU of 1,000 requests`,
        scenario,
        metric: 'cpuMsPerThousand',
        statistic: 'median',
        unit: 'ms',
        ratioTo: { candidate: 'hot-hook', scenario: scenarios['/bare'] },
      })),
      plots: [],
    }
  },
}

/** Sends requests for so long; returns how many there were. */
function ask(
  clients: readonly Client[],
  path: Path,
  durationMs: number,
  perSecond: number,
): Promise<number> {
  const total = (durationMs * perSecond) / 1_000
  return pace({
    clients,
    path,
    perSecond,
    isOver: (sent) => sent >= total,
    answered: (answer) => {
      if (answer?.status !== 200) throw new Error(`answered ${answer?.status}`)
    },
  })
}

/** What the process itself says that it has spent. */
async function cpuMs(app: AppProcess): Promise<number> {
  return Number((await app.client.get('/cpu')).body) / 1_000
}
