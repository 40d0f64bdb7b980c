import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** How the runner says that it is the parent. */
const asRunner = { HOT_RUNNER: String(process.pid) }

const server = (name: string) => `
process.on('message', () => import('./${name}').catch(() => {}))
// Start-up is over then.
setTimeout(() => setTimeout(() => process.send({ type: 'ready' })))`

interface Case {
  what: string
  /** Files that a save brings, the first one is what the program imports. */
  files: Record<string, string>
  /** Where it is not in the file that is imported. */
  file?: string
  phase: string
  message: RegExp
  /** File, line and column. */
  at: string
  marked: string
}

const cases: Case[] = [
  {
    what: 'an ES module that does not compile',
    files: { 'app.js': '\nexport const fine = 1\nconst = 2\n' },
    phase: 'load',
    message: /^SyntaxError: /,
    at: 'app.js:3:7',
    marked: '> 3 | const = 2',
  },
  {
    what: 'TypeScript that does not compile',
    files: { 'app.ts': 'const a: number = 1\nconst b: = 2\nexport { a, b }' },
    phase: 'load',
    message: /^SyntaxError/,
    at: 'app.ts:2:10',
    marked: '> 2 | const b: = 2',
  },
  {
    what: 'CommonJS that does not compile',
    files: { 'app.cjs': 'exports.a = 1\nexports. = 2' },
    phase: 'load',
    message: /^SyntaxError: /,
    at: 'app.cjs:2:10',
    marked: '> 2 | exports. = 2',
  },
  {
    what: 'an import of a file that is not there',
    files: { 'app.js': "// first\nimport { nope } from './lib/nope.js'\nexport default nope" },
    phase: 'load',
    message: /^Error.*Cannot find module '.*lib\/nope\.js' imported from .*app\.js$/,
    at: 'app.js:2:22',
    marked: "> 2 | import { nope } from './lib/nope.js'",
  },
  {
    what: 'a name that is not exported any more',
    files: {
      'app.js': "import { gone } from './part.js'\ngone()",
      'part.js': 'export const here = 1',
    },
    phase: 'load',
    message: /^SyntaxError: .*does not provide an export named 'gone'$/,
    at: 'app.js:1:10',
    marked: "> 1 | import { gone } from './part.js'",
  },
  {
    what: 'an exception in what the module calls',
    files: {
      'app.js': "import { open } from './part.js'\n\nopen()",
      'part.js': "export function open() {\n\tthrow new TypeError('no <door>')\n}",
    },
    file: 'part.js',
    phase: 'evaluate',
    message: /^TypeError: no <door>$/,
    at: 'part.js:2:8',
    marked: "> 2 | \tthrow new TypeError('no <door>')\n    | \t      ^",
  },
]

describe.each(nodeMajors)('what the runner is told on Node %s', (node) => {
  it.each(cases)('of $what: message, place and code', async ({ files, ...expected }) => {
    const [name = ''] = Object.keys(files)
    const whole = Object.fromEntries(Object.keys(files).map((file) => [file, '']))
    const app = new App(
      { ...whole, 'server.mjs': server(name) },
      { node, entry: 'server.mjs', hasParent: true, env: asRunner },
    ).start()
    await app.message('ready')
    app.child.send('ask')
    await app.until('the first load', () =>
      app.messages.some(
        ({ type, paths }) => type === 'hot-hook:loaded' && String(paths).includes(name),
      ),
    )
    for (const [file, text] of Object.entries(files)) app.save(file, text)
    app.child.send('ask')
    const { file, phase, message, location, frame } = await app.message('hot-hook:failed')
    expect(message).toMatch(expected.message)
    expect({ file, phase }).toEqual({
      file: app.path(expected.file ?? name),
      phase: expected.phase,
    })
    const { file: at, line, column } = location as { file: string; line: number; column: number }
    expect(`${at}:${line}:${column}`).toBe(app.path(expected.at))
    expect(frame).toContain(expected.marked)
  })

  it('of what was thrown that is no error', async () => {
    const app = new App(
      { 'app.js': '', 'server.mjs': server('app.js') },
      { node, entry: 'server.mjs', hasParent: true, env: asRunner },
    ).start()
    await app.message('ready')
    app.child.send('ask')
    await app.message('hot-hook:loaded')
    app.save('app.js', 'throw { toString() { throw 1 } }')
    app.child.send('ask')
    expect(await app.message('hot-hook:failed')).toEqual({
      type: 'hot-hook:failed',
      file: app.path('app.js'),
      phase: 'evaluate',
      message: 'something was thrown that cannot be shown',
    })
  })
})
