import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { App } from '../../harness/app.ts'
import { type NodeMajor, nodeMajors } from '../../harness/nodes.ts'
import {
  type Kind,
  type Loader,
  leaves,
  loaders,
  type Mode,
  Program,
  packageApp,
} from '../../harness/package-types.ts'

const modes = Object.keys(leaves) as Mode[]
const orders = [
  { order: 'before Hot Hook', isLoaderFirst: true },
  { order: 'after Hot Hook', isLoaderFirst: false },
]
/** Node itself is registered by nobody. */
const alone = [{ order: 'by nobody', isLoaderFirst: false }]
const ordersOf = ({ preload }: Loader) => (preload === undefined ? alone : orders)

/** On how many versions of Node, in how many orders, each row and column of the table was hot. */
const hot = new Map<string, number>()
const cell = (...names: string[]) => names.join(' | ')

function count(text: string, part: string): number {
  return text.split(part).length - 1
}

/** Saves a leaf thrice in place and thrice by rename: each is answered, and told once. */
async function saveInTurn(app: App, program: Program, mode: Mode): Promise<void> {
  const file = program.file(leaves[mode])
  let last = 'first'
  expect(await app.get(`/${mode}`)).toBe(last)
  let updates = 0
  for (const way of ['save', 'saveByRename'] as const) {
    for (const time of [1, 2, 3]) {
      const text = `${way} ${time}`
      app[way](file, program.leaf(text))
      await app.until(`answer "${text}"`, async () => {
        const answer = await app.get(`/${mode}`)
        expect([last, text]).toContain(answer)
        return answer === text
      })
      last = text
      updates++
      const event = `update of ${app.path(file)}\n`
      await app.until(`event ${updates}`, () => count(app.stdout, event) === updates)
      const line = `[hot-hook] ${file} changed: 2 modules reloaded`
      await app.until(`line ${updates}`, () => count(app.stderr, line) === updates)
    }
  }
}

async function expectHot(
  loader: Loader,
  kind: Kind,
  { node, isLoaderFirst }: { node: NodeMajor; isLoaderFirst: boolean },
): Promise<void> {
  const program = new Program(loader, kind)
  const options = { node, isLoaderFirst, entry: program.file('server') }
  const app = packageApp(loader, kind, program.files('first'), options).start()
  try {
    for (const mode of modes) {
      await saveInTurn(app, program, mode)
      const key = cell(loader.name, kind.name, mode)
      hot.set(key, (hot.get(key) ?? 0) + 1)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    // Each update has its line, and nothing else is said.
    const lines = app.stderr.split('\n').filter((line) => line.startsWith('[hot-hook]'))
    expect(lines.filter((line) => !line.includes('modules reloaded'))).toEqual([])
  } catch (error) {
    if (error instanceof Error) error.message = `on Node ${node}: ${error.message}\n${app.stderr}`
    throw error
  }
}

describe.each(loaders)('$name', (loader) => {
  describe.each(loader.kinds)('$name', (kind) => {
    it.each(ordersOf(loader))(
      'registered $order: each of three saves in place and three by rename is answered and told once',
      async ({ isLoaderFirst }) => {
        const runs = nodeMajors.map((node) => expectHot(loader, kind, { node, isLoaderFirst }))
        await Promise.all(runs)
      },
    )
  })
})

describe('the table of package types in docs/formats.md', () => {
  const page = fileURLToPath(new URL('../../../../../docs/formats.md', import.meta.url))
  const markers = /(?<=<!-- package-types:start -->\n)[\s\S]*?(?=<!-- package-types:end -->)/

  it('says what was seen here; UPDATE_DOCS=1 writes it', () => {
    const rows = loaders.flatMap((loader) =>
      loader.kinds.map((kind) => {
        const runs = nodeMajors.length * ordersOf(loader).length
        const cells = modes.map((mode) =>
          hot.get(cell(loader.name, kind.name, mode)) === runs ? 'hot' : 'not hot',
        )
        const command = loader.preload === undefined ? '' : ` (\`${loader.flag}\`)`
        return `| ${[loader.name + command, kind.name, ...cells].join(' | ')} |`
      }),
    )
    const table = `\n${[`| | | ${modes.join(' | ')} |`, '|---|---|---|---|', ...rows].join('\n')}\n\n`
    const text = readFileSync(page, 'utf8')
    if (process.env.UPDATE_DOCS)
      writeFileSync(
        page,
        text.replace(markers, () => table),
      )
    else expect(markers.exec(text)?.[0]).toBe(table)
  })
})
