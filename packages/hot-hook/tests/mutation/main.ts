// Changes one thing after the other in rooms whose unit tests are to notice each: `npm run mutate`.
// What none of them notices is shown, and is in `survivors.json` with the reason, or an untested line.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf } from './mutants.ts'
import { TestRun } from './test-run.ts'

const home = fileURLToPath(new URL('../../', import.meta.url))
const rooms: Record<string, { files: string[]; tests: string[] }> = {
  graph: { files: filesIn('src/graph'), tests: ['tests/graph'] },
  freshness: {
    files: ['src/watch/freshness.ts', 'src/watch/content-check.ts', 'src/files/signature.ts'],
    tests: ['tests/watch/freshness.test.ts', 'tests/files'],
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

async function mutateRoom(name: string, { files, tests }: { files: string[]; tests: string[] }) {
  const run = new TestRun(home, tests)
  if (!(await run.passes())) throw new Error(`${tests} fails without any change`)
  const count = { killed: 0, explained: 0, survived: 0 }
  for (const file of files.filter((path) => path.includes(values.only ?? ''))) {
    const source = readFileSync(home + file, 'utf8')
    const mutants = mutantsOf(file, source)
    for (const [index, mutant] of mutants.entries()) {
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
  }
  await run.end()
  const all = count.killed + count.explained + count.survived
  const score = ((100 * count.killed) / Math.max(1, all - count.explained)).toFixed(1)
  console.log(
    `${name}: ${count.killed} of ${all} noticed, ${count.explained} change nothing, ${count.survived} survive: ${score} %`,
  )
  return count.survived === 0
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
