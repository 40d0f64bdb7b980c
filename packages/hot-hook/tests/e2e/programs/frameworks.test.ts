import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { applyAdvice } from '../../harness/advice.ts'
import { App } from '../../harness/app.ts'
import { frameworks } from '../../harness/frameworks.ts'
import { freePort } from '../../harness/free-port.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** The packages of this test, which are installed with Hot Hook's own. */
const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** What was seen on any Node, by row of the manual's table. */
const seen = new Map<string, { lines: number; freshMs: number[] }>()
/** How many saves are measured, when the table is to be written. */
const measured = process.env.UPDATE_FRAMEWORKS ? 15 : 0

describe.each(nodeMajors)('frameworks on Node %s', (node) => {
  it.each(Object.entries(frameworks))(
    '%s is hot with the lines of the manual',
    async (name, given) => {
      const { server, app: source, hot } = given
      const port = await freePort()
      const start = (entry: string) =>
        new App(
          { 'server.js': entry, 'app.js': source },
          { node, hasParent: true, packagesFrom: installed, env: { PORT: String(port) } },
        ).start()
      const says = (app: App, text: string) =>
        app.until(text, async () => {
          const ask = given.ask ?? (async () => (await app.request('/', port)).body)
          return (await ask(port).catch(() => undefined)) === text
        })
      const app = start(server)
      await says(app, 'one')
      app.save('app.js', source.replace("'one'", "'two'"))
      const { advice } = (await app.message('hot-hook:full-reload')) as { advice: string }
      await app.dispose()

      const applied = hot ? hot(server) : applyAdvice(server, advice)
      const running = start(applied)
      await says(running, 'one')
      for (const text of ['two', 'three', 'four']) {
        running.save('app.js', source.replace("'one'", `'${text}'`))
        await says(running, text)
      }
      expect(running.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
      expect(running.stderr.match(/could not be|warning/gi)).toBeNull()
      const row = rowOf(given.row ?? name)
      row.lines = Math.max(row.lines, writtenLines(server, applied))
      for (let count = 0; count < measured; count++) {
        const startedAt = performance.now()
        running.save('app.js', source.replace("'one'", `'${count}'`))
        await says(running, String(count))
        row.freshMs.push(performance.now() - startedAt)
      }
    },
  )
})

describe('the table of the manual', () => {
  const page = fileURLToPath(new URL('../../../../../docs/frameworks.md', import.meta.url))
  const table = /(?<=\| lines \| save → fresh \|\n\|[-|]+\|\n)(?:\|.*\n)+/

  it('says how many lines are written; UPDATE_FRAMEWORKS=1 writes it, with what a save takes', () => {
    const text = readFileSync(page, 'utf8')
    const rows = (table.exec(text)?.[0] ?? '').trimEnd().split('\n').map(cellsOf)
    for (const [name, { lines, freshMs }] of seen) {
      const row = rows.find(([first]) => first === name)
      if (measured > 0 && row) row.splice(3, 2, String(lines), `${median(freshMs).toFixed(0)} ms`)
      expect(row?.[3], name).toBe(String(lines))
    }
    const written = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
    if (measured > 0)
      writeFileSync(
        page,
        text.replace(table, () => written),
      )
  })
})

function cellsOf(row: string): string[] {
  return row.slice(2, -2).split(' | ')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function rowOf(name: string): { lines: number; freshMs: number[] } {
  const row = seen.get(name) ?? { lines: 0, freshMs: [] }
  if (name !== '') seen.set(name, row)
  return row
}

/** How many lines are new, or other than they were. */
function writtenLines(before: string, after: string): number {
  const known = before.split('\n')
  return after.split('\n').filter((line) => {
    const at = line === '' ? 0 : known.indexOf(line)
    if (line !== '' && at >= 0) known.splice(at, 1)
    return at < 0
  }).length
}
