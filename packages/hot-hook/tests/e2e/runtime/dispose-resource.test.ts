import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** Resources that tell when they are opened and closed, and how many are open. */
const resources = `let open = 0
const opened = (name) => console.log('open ' + name, ++open)
const closed = (name) => console.log('close ' + name, --open)
exports.sync = (name) => {
  opened(name)
  return { name, [Symbol.dispose]() { closed(this.name) } }
}
exports.async = (name) => {
  opened(name)
  return {
    name,
    async [Symbol.asyncDispose]() {
      await new Promise((done) => setTimeout(done, 20))
      closed(this.name)
    },
    [Symbol.dispose]() { console.log('not this') },
  }
}`

const app = (value: number) => `import { sync, async } from './resources.cjs'
const { hot } = import.meta
const pool = hot.dispose(async('pool ${value}'))
hot.dispose((data) => { console.log('handler', pool.name) })
const timer = hot.dispose(sync('timer ${value}'))
console.log('evaluate', pool.name, timer.name)
hot.accept()`

describe.each(nodeMajors)('dispose(resource) on Node %s', (node) => {
  it('closes it before the next instance opens its own, in the order of handlers', async () => {
    const story = new Story(
      {
        'server.js': "import './app.js'\nconsole.log('started')",
        'app.js': app(1),
        'resources.cjs': resources,
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'app.js': app(value) })).toEqual([
        `close timer ${value - 1} 1`,
        `handler pool ${value - 1}`,
        `close pool ${value - 1} 0`,
        `open pool ${value} 1`,
        `open timer ${value} 2`,
        `evaluate pool ${value} timer ${value}`,
        '* update app.js',
      ])
    }
  })

  it('in CommonJS, and when the module leaves the program', async () => {
    const commonJs = (value: number) => `const { sync } = require('./resources.cjs')
const timer = module.hot.dispose(sync('timer ${value}'))
module.hot.accept()
console.log('evaluate', timer.name)`
    const server = (imports: string) =>
      `import './part.js'\nimport './resources.cjs'\nconsole.log('started')${imports}`
    const story = new Story(
      {
        'server.js': server(''),
        'part.js': "import './app.cjs'\nimport.meta.hot.accept()",
        'app.cjs': commonJs(1),
        'resources.cjs': resources,
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'app.cjs': commonJs(value) })).toEqual([
        `close timer ${value - 1} 0`,
        `open timer ${value} 1`,
        `evaluate timer ${value}`,
        '* update app.cjs',
      ])
    }
    const gone = await story.change({ 'part.js': 'import.meta.hot.accept()' }, /^\* update/)
    expect(gone).toEqual(['close timer 4 0', '* prune app.cjs', '* update part.js'])
  })
})

describe('dispose(resource)', () => {
  it('a resource that fails to close is reported as a handler that throws', async () => {
    const failing = `import.meta.hot.accept()
import.meta.hot.dispose({ [Symbol.dispose]() { throw new Error('stuck') } })`
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': failing,
    })
    await story.begin()
    expect(await story.change({ 'app.js': `${failing}\n` })).toEqual([
      '* error dispose app.js: stuck',
      '* update app.js',
    ])
  })

  it.each([
    ['{ close() {} }', 'got { close: [Function: close] }'],
    ['undefined', 'got undefined'],
    ['Promise.resolve({ [Symbol.dispose]() {} })', 'got a promise: await it first'],
  ])('%s is no resource', async (given, problem) => {
    const story = new Story({
      'server.js': `try { import.meta.hot.dispose(${given}) } catch (error) {
  console.log(error.message)
}
console.log('started')`,
    })
    const [message] = await story.begin()
    expect(message).toMatch(
      /^import\.meta\.hot\.dispose\(\) in .*server\.js: expected a function, or a resource with/,
    )
    expect(message).toContain(problem)
  })
})
