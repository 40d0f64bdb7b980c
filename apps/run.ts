import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applications } from './applications/index.ts'
import { cacheDirectory, describeCache, generated } from './cache/cache.ts'
import { Unavailable } from './cache/workshop.ts'
import { nodeBinary } from './harness/nodes.ts'
import { type Session, session } from './harness/session.ts'
import { ways } from './harness/ways.ts'
import { parseOptions, usage } from './options.ts'
import { isFault, renderTables, type Skipped } from './report/table.ts'

const known = applications.map(({ id }) => id)
const say = (text: string) => console.error(text)

/** Runs everything that was asked for; each session is told as it ends. */
async function run(only: string[], majors: string[]) {
  const sessions: Session[] = []
  const skipped: Skipped[] = []
  for (const application of applications.filter(({ id }) => only.includes(id))) {
    if (application.caveat) say(`!!! ${application.id}: ${application.caveat}`)
    try {
      generated(application)
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      say(`!!! NOT RUN: ${application.id} cannot be generated: ${error.message}`)
      skipped.push({ id: application.id, reason: error.message })
      continue
    }
    for (const major of majors) {
      for (const way of ways.filter(({ command }) => command(application))) {
        const done = await session(application, way, { major, binary: nodeBinary(major) })
        say(summary(done))
        sessions.push(done)
      }
    }
  }
  return { sessions, skipped }
}

function summary({ application, way, nodeMajor, saves, failure }: Session): string {
  const faults = saves.filter(({ verdict }) => isFault(verdict)).length
  const end = failure === undefined ? '' : `, then: ${failure.split('\n')[0]}`
  return `${application.id}, ${way.id}, Node ${nodeMajor}: ${saves.length} saves, ${faults} not as they should be${end}`
}

let options: ReturnType<typeof parseOptions>
try {
  options = parseOptions(process.argv.slice(2), known)
} catch (error) {
  say(`${(error as Error).message}\n\n${usage}`)
  process.exit(2)
}
describeCache()
say(`applications are kept in ${cacheDirectory()}`)
const { sessions, skipped } = await run(options.only, options.node)
const tables = renderTables(sessions, skipped)
if (options.json) {
  const plain = sessions.map(({ application, way, ...rest }) => {
    return { application: application.id, way: way.id, ...rest }
  })
  console.log(JSON.stringify({ sessions: plain, skipped }, null, 2))
} else console.log(tables)
if (options.only.length === known.length) {
  const text = `# Generated applications\n\n${tables}\n`
  writeFileSync(join(import.meta.dirname, 'results', 'latest.md'), text)
}
process.exit()
