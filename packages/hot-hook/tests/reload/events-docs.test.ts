import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const packages = new URL('../../../', import.meta.url)
const docs = readFileSync(new URL('../docs/events.md', packages), 'utf8')

interface Declared {
  fields: string[]
  bases: string[]
  /** The literal type of its `event`. */
  event: string | undefined
}

/** The interfaces of some source files, by name. */
function interfacesOf(...paths: string[]): Map<string, Declared> {
  const declared = new Map<string, Declared>()
  for (const path of paths) {
    const text = readFileSync(new URL(path, packages), 'utf8')
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
    ts.forEachChild(file, (node) => {
      if (!ts.isInterfaceDeclaration(node)) return
      const properties = node.members.filter(ts.isPropertySignature)
      const event = properties.find(({ name }) => name.getText(file) === 'event')?.type
      declared.set(node.name.text, {
        fields: properties.map(({ name }) => name.getText(file)),
        bases: (node.heritageClauses ?? []).flatMap(({ types }) =>
          types.map((type) => type.getText(file).replace(/^Partial<(.*)>$/, '$1')),
        ),
        event: event?.getText(file).replaceAll("'", ''),
      })
    })
  }
  return declared
}

const declared = interfacesOf(
  'hot-hook/src/events.ts',
  'hot-hook/src/reload/event-record.ts',
  'hot-hook/src/reload/failure.ts',
  'runner/src/status.ts',
)

function fieldsOf(name: string): string[] {
  const [, whole, left] = /^Omit<(\w+), '(\w+)'>$/.exec(name) ?? []
  if (whole) return fieldsOf(whole).filter((field) => field !== left)
  const { fields, bases } = declared.get(name) ?? { fields: [], bases: [] }
  return [...bases.flatMap(fieldsOf), ...fields]
}

/** The first cells of the table below a heading, and whether each may be missing is up to its text. */
function documented(heading: string): string[] {
  const [, section = ''] = docs.split(`\n${heading}\n`)
  const [table = ''] = section.split(/\n#+ /)
  return [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(.+?)`/g)].map(([, field = '']) => field),
  )
}

const records = [...declared].filter(([, { event }]) => event !== undefined)
const headings = [...docs.matchAll(/^### `(.+)`$/gm)].map(([, name]) => name)

describe('docs/events.md', () => {
  it('has each event, and none that there is not', () => {
    expect(records.length).toBeGreaterThan(10)
    expect(headings.toSorted()).toEqual(records.map(([, { event }]) => event).toSorted())
  })

  it.each(records)('has the fields of %s', (name, { event }) => {
    const own = fieldsOf(name).filter((field) => field !== 'event' && field !== 'time')
    expect(documented(`### \`${event}\``).toSorted()).toEqual(own.toSorted())
  })

  it('has the fields of a status', () => {
    expect(fieldsOf('RunnerStatus').length).toBeGreaterThan(5)
    expect(documented('### The status of a runner').toSorted()).toEqual(
      fieldsOf('RunnerStatus').toSorted(),
    )
  })
})
