import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import {
  besideApp,
  leaves,
  type Mode,
  modes,
  type Other,
  others,
  Program,
  wrapping,
} from '../../harness/beside.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const orders = [
  { order: 'in front of Hot Hook', isOtherFirst: true },
  { order: 'behind Hot Hook', isOtherFirst: false },
]
/** Where a flag stands is the same to Node. */
const ordersOf = ({ isPreload }: Other) => (isPreload ? orders : orders.slice(1))

/** On how many versions of Node, in how many orders, each row and column of the table was hot. */
const hot = new Map<string, number>()
const cell = (...names: string[]) => names.join(' | ')

/** Saves a leaf thrice and asks after each; what `import()` asks for is there at once. */
async function saveThrice(app: App, program: Program, mode: Mode, other: Other): Promise<void> {
  const file = program.file(leaves[mode])
  const answer = (text: string) => `${other.greeting} ${text}`
  expect(await app.get(`/${mode}`)).toBe(answer('one'))
  let last = 'one'
  for (const text of ['two', 'three', 'four']) {
    app.saveByRename(file, program.leaf(text))
    if (mode === 'boundary' && other.syntax !== 'commonjs') {
      expect(await app.get(`/${mode}`)).toBe(answer(text))
    } else {
      await app.until(`answer "${text}"`, async () => {
        const said = await app.get(`/${mode}`)
        expect([answer(last), answer(text)]).toContain(said)
        return said === answer(text)
      })
    }
    last = text
    const line = `[hot-hook] ${file} changed: 2 modules reloaded`
    const updates = ['two', 'three', 'four'].indexOf(text) + 1
    await app.until(`line ${updates}`, () => app.stderr.split(line).length - 1 === updates)
  }
}

/** Those versions of Node that have it and that the tests run on. */
const nodesOf = (other: Other) => nodeMajors.filter((major) => other.nodes.includes(major))

describe.each(others.filter((other) => nodesOf(other).length > 0))('$name', (other) => {
  describe.each(ordersOf(other))('$order', ({ isOtherFirst }) => {
    it.each(nodesOf(other))('three saves are answered and told, on Node %s', async (node) => {
      const program = new Program(other.syntax)
      const app = besideApp(other, program, { node, isOtherFirst }).start()
      try {
        for (const mode of modes) {
          await saveThrice(app, program, mode, other)
          const key = cell(other.name, mode)
          hot.set(key, (hot.get(key) ?? 0) + 1)
        }
      } catch (error) {
        if (error instanceof Error) error.message = `${error.message}\n${app.stderr}`
        throw error
      }
      expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
      const lines = app.stderr.split('\n').filter((line) => line.startsWith('[hot-hook]'))
      expect(lines.filter((line) => !line.includes('modules reloaded'))).toEqual([])
    })
  })
})

describe('the table of other tools in docs/formats.md', () => {
  const page = fileURLToPath(new URL('../../../../../docs/formats.md', import.meta.url))
  const markers = /(?<=<!-- beside:start -->\n)[\s\S]*?(?=<!-- beside:end -->)/

  it('says what was seen here; UPDATE_DOCS=1 writes it', () => {
    const rows = others.map((other) => {
      const runs = nodesOf(other).length * ordersOf(other).length
      const cells = modes.map((mode) =>
        (hot.get(cell(other.name, mode)) ?? 0) === runs ? 'hot' : 'not hot',
      )
      const name = other.isPreload ? other.name : `\`${other.name}\``
      return `| ${[name, other.nodes.join(', '), ...cells].join(' | ')} |`
    })
    const header = `| | Node | ${modes.join(' | ')} |`
    const table = `\n${[header, '|---|---|---|---|', ...rows].join('\n')}\n\n`
    const text = readFileSync(page, 'utf8')
    if (process.env.UPDATE_DOCS)
      writeFileSync(
        page,
        text.replace(markers, () => table),
      )
    else expect(markers.exec(text)?.[0]).toBe(table)
  })
})

it.each(nodeMajors)(
  'with --frozen-intrinsics nobody can tell who imports: a save is a full reload, on Node %s',
  async (node) => {
    const frozen: Other = { ...wrapping, arguments: ['--frozen-intrinsics'], files: {} }
    const program = new Program('esm')
    const app = besideApp(frozen, program, { node, isOtherFirst: false }).start()
    expect(await app.get('/boundary')).toBe('plain one')
    app.saveByRename('word.js', program.leaf('two'))
    await app.message('hot-hook:full-reload')
  },
)

it.each(nodeMajors.filter((major) => major === '26'))(
  'what `import defer` names is evaluated when it is used, in every version, on Node %s',
  async (node) => {
    const word = (text: string) => `log.push('${text}')
import.meta.hot.dispose(async () => {})
export const say = () => '${text}'`
    const files = {
      'server.js': serverImporting('./page.js'),
      'page.js': `import defer * as word from './word.js'
globalThis.log = ['page']
export default (request, response) => {
  const before = log.join()
  response.end(before + ', ' + word.say() + ': ' + log.join())
}`,
      'word.js': word('one'),
    }
    const nodeArguments = ['--js-defer-import-eval', '--import', 'hot-hook/register']
    const app = new App(files, { node, nodeArguments }).start()
    expect(await app.get()).toBe('page, one: page,one')
    for (const text of ['two', 'three', 'four']) {
      app.saveByRename('word.js', word(text))
      expect(await app.get()).toBe(`page, ${text}: page,${text}`)
    }
  },
)

it.each(nodeMajors)(
  'what a program registers itself, once it runs, is behind Hot Hook too, on Node %s',
  async (node) => {
    const program = new Program('esm')
    const main = { 'main.js': "import './trace.mjs'\nawait import('./server.js')" }
    const late: Other = { ...wrapping, arguments: [], files: { ...wrapping.files, ...main } }
    const app = besideApp(late, program, { node, isOtherFirst: false, entry: 'main.js' }).start()
    for (const mode of modes) await saveThrice(app, program, mode, late)
  },
)

describe.each(orders)('modules that import-in-the-middle has wrapped, $order', (order) => {
  it.each(nodeMajors)('heal, leave the program and come back, on Node %s', async (node) => {
    const program = new Program('esm')
    const app = besideApp(wrapping, program, { node, ...order }).start()
    expect(await app.get('/boundary')).toBe('traced one')
    for (const text of ['two', 'three', 'four']) {
      app.saveByRename('word.js', 'export const say = = 1')
      const { status, body } = await app.request('/boundary')
      expect(status).toBe(500)
      expect(body.split('\n')[0]).toMatch('word.js:1')
      app.saveByRename('word.js', program.leaf(`${text}, healed`))
      expect(await app.get('/boundary')).toBe(`traced ${text}, healed`)

      app.saveByRename('page.js', `export const text = () => 'alone'`)
      expect(await app.get('/boundary')).toBe('alone')
      app.saveByRename('word.js', program.leaf(`${text}, back`))
      app.saveByRename('page.js', program.files('')['page.js'] as string)
      expect(await app.get('/boundary')).toBe(`traced ${text}, back`)
    }
  })

  it.each(nodeMajors)('may be CommonJS, on Node %s', async (node) => {
    const program = new Program('esm')
    const page = `import { say } from './word.cjs'
import { greet } from 'greeter'
export const text = () => greet(say())`
    const word = (text: string) => `exports.say = () => '${text}'`
    const files = { 'page.js': page, 'word.cjs': word('one') }
    const app = besideApp({ ...wrapping, files: { ...wrapping.files, ...files } }, program, {
      node,
      ...order,
    }).start()
    expect(await app.get('/boundary')).toBe('traced one')
    for (const text of ['two', 'three', 'four']) {
      app.saveByRename('word.cjs', word(text))
      expect(await app.get('/boundary')).toBe(`traced ${text}`)
    }
  })

  it.each(nodeMajors)('are hooked by their path in every version, on Node %s', async (node) => {
    const program = new Program('esm')
    const hook = `import { register } from 'import-in-the-middle/register-hooks.mjs'
import { Hook } from 'import-in-the-middle'
register()
new Hook([import.meta.dirname + '/word.js', import.meta.dirname + '/noun.js'], (exported) => {
  const { say } = exported
  exported.say = () => 'hooked ' + say()
})`
    const app = besideApp({ ...wrapping, files: { 'trace.mjs': hook } }, program, {
      node,
      ...order,
    }).start()
    for (const mode of modes) {
      expect(await app.get(`/${mode}`)).toBe('plain hooked one')
      for (const text of ['two', 'three', 'four']) {
        app.saveByRename(program.file(leaves[mode]), program.leaf(text))
        await app.until(text, async () => (await app.get(`/${mode}`)).endsWith(text))
        expect(await app.get(`/${mode}`)).toBe(`plain hooked ${text}`)
      }
    }
  })
})
