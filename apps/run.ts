import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Application } from './applications/application.ts'
import { applications } from './applications/index.ts'
import { cacheDirectory, describeCache, generated } from './cache/cache.ts'
import { Unavailable } from './cache/workshop.ts'
import { nodeBinary } from './harness/nodes.ts'
import { type Session, session } from './harness/session.ts'
import { ways } from './harness/ways.ts'
import { type AppsOptions, parseOptions, usage } from './options.ts'
import { isFault, renderTables, type Skipped } from './report/table.ts'

const known = applications.map(({ id }) => id)
const say = (text: string) => console.error(text)

const sessions: Session[] = []
const skipped: Skipped[] = []

/** Runs everything that was asked for; each session is told, and written, as it ends. */
async function run({ only, node }: AppsOptions): Promise<void> {
  for (const application of applications.filter(({ id }) => only.includes(id))) {
    if (application.caveat) say(`!!! ${application.id}: ${application.caveat}`)
    if (!isGenerated(application)) continue
    for (const major of node) {
      for (const way of ways.filter(({ command }) => command(application))) {
        const done = await session(application, way, { major, binary: nodeBinary(major) })
        say(summary(done))
        sessions.push(done)
        if (only.length === known.length) writeResults()
      }
    }
  }
}

function isGenerated(application: Application): boolean {
  try {
    generated(application)
    return true
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    say(`!!! NOT RUN: ${application.id} cannot be generated: ${error.message}`)
    skipped.push({ id: application.id, reason: error.message })
    return false
  }
}

function writeResults(): void {
  const text = `# Generated applications\n\n${renderTables(sessions, skipped)}\n`
  const directory = join(import.meta.dirname, 'results')
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'latest.md'), text)
}

function summary({ application, way, nodeMajor, saves, failure }: Session): string {
  const faults = saves.filter(({ verdict }) => isFault(verdict)).length
  const end = failure === undefined ? '' : `, then: ${failure.split('\n')[0]}`
  return `${application.id}, ${way.id}, Node ${nodeMajor}: ${saves.length} saves, ${faults} not as they should be${end}`
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

let options: AppsOptions
try {
  options = parseOptions(process.argv.slice(2), known)
} catch (error) {
  say(`${(error as Error).message}\n\n${usage}`)
  process.exit(2)
}
describeCache()
say(`applications are kept in ${cacheDirectory()}`)
await run(options)
if (options.json) {
  const plain = sessions.map(({ application, way, ...rest }) => {
    return { application: application.id, way: way.id, ...rest }
  })
  console.log(JSON.stringify({ sessions: plain, skipped }, null, 2))
} else console.log(renderTables(sessions, skipped))
process.exit()
