// Changes one thing after the other in rooms whose unit tests are to notice each: `npm run mutate`.
// What none of them notices is shown, and is in `survivors.json` with the reason, or an untested line.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf } from './mutants.ts'
import { TestRun } from './test-run.ts'

const home = fileURLToPath(new URL('../../', import.meta.url))
/** Files, and the tests of each: none for what is tested on a process alone. */
interface Room {
  files: string[]
  testsOf(file: string): string[]
}

const rooms: Record<string, Room> = {
  graph: { files: filesIn('src/graph'), testsOf: () => ['tests/graph'] },
  freshness: {
    files: ['src/watch/freshness.ts', 'src/watch/content-check.ts', 'src/files/signature.ts'],
    // By the beginning of their paths.
    testsOf: () => ['tests/watch/freshness', 'tests/files'],
  },
  runtime: {
    files: filesIn('src/runtime'),
    testsOf: (file) =>
      [`tests/runtime/${basename(file, '.ts')}.test.ts`].filter((test) => existsSync(home + test)),
  },
}

/** Survivors that change nothing that anybody could see, by file: `was → becomes`, the line, and why. */
const explained: Record<string, { mutant: string; line: string; why: string }[]> = JSON.parse(
  readFileSync(new URL('./survivors.json', import.meta.url), 'utf8'),
)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h' },
    every: { type: 'string', default: '1' },
    only: { type: 'string' },
    from: { type: 'string' },
  },
})
if (values.help) {
  console.log(`npm run mutate -- [${Object.keys(rooms).join(' | ')}] [--every N] [--only TEXT] [--from FILE]

--every N    one mutant of N, for a first look
--only TEXT  files whose path contains TEXT
--from FILE  only what an earlier run, whose output it is, has shown to survive`)
  process.exit(0)
}

const shown = values.from === undefined ? undefined : readFileSync(values.from, 'utf8').split('\n')

let isWhole = true
for (const name of positionals.length > 0 ? positionals : Object.keys(rooms)) {
  const room = rooms[name]
  if (!room) throw new Error(`no room "${name}": expected ${Object.keys(rooms).join(' or ')}`)
  isWhole = (await mutateRoom(name, room)) && isWhole
}
process.exit(isWhole ? 0 : 1)

async function mutateRoom(name: string, { files, testsOf }: Room) {
  const count = { killed: 0, explained: 0, survived: 0 }
  const asked = files.filter((path) => path.includes(values.only ?? ''))
  const untested = asked.filter((file) => testsOf(file).length === 0)
  for (const file of asked) {
    if (untested.includes(file)) continue
    const each = await mutateFile(file, testsOf(file))
    for (const key of ['killed', 'explained', 'survived'] as const) count[key] += each[key]
    console.log(`${file}: ${scoreOf(each)}`)
  }
  console.log(`${name}: ${scoreOf(count)}`)
  if (untested.length > 0) {
    console.log(`tested on a process alone: ${untested.map((path) => basename(path)).join(', ')}`)
  }
  return count.survived === 0
}

interface Count {
  killed: number
  explained: number
  survived: number
}

async function mutateFile(file: string, tests: string[]): Promise<Count> {
  const run = new TestRun(home, tests)
  if (!(await run.passes())) throw new Error(`${tests} fails without any change`)
  const count: Count = { killed: 0, explained: 0, survived: 0 }
  const source = readFileSync(home + file, 'utf8')
  for (const [index, mutant] of mutantsOf(file, source).entries()) {
    const line = `${file}:${mutant.line}: ${keyOf(mutant)}`
    if (index % Number(values.every) !== 0 || shown?.includes(line) === false) continue
    const isNoticed = !(await run.passes({ file: home + file, source: mutant.source }))
    if (isNoticed) count.killed++
    else if (isExplained(file, mutant, source)) count.explained++
    else {
      count.survived++
      console.log(line)
    }
  }
  await run.end()
  return count
}

function scoreOf({ killed, explained, survived }: Count): string {
  const all = killed + explained + survived
  const score = ((100 * killed) / Math.max(1, killed + survived)).toFixed(1)
  return `${killed} of ${all} noticed, ${explained} change nothing, ${survived} survive: ${score} %`
}

function keyOf({ was, becomes }: Mutant): string {
  return `${was.replace(/\s+/g, ' ')} → ${becomes.replace(/\s+/g, ' ')}`
}

function isExplained(file: string, mutant: Mutant, source: string): boolean {
  const text = source.split('\n')[mutant.line - 1]?.trim()
  const of = explained[file] ?? []
  return of.some(({ mutant: key, line }) => key === keyOf(mutant) && line === text)
}

function filesIn(directory: string): string[] {
  return readdirSync(home + directory)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${directory}/${name}`)
}
