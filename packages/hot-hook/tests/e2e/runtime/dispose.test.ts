import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story, tellChange } from '../../harness/story.ts'

/** A module that tells when it is evaluated and disposed. */
const told = (name: string, value: number, more = '') => `${more}
console.log('evaluate ${name} ${value}')
import.meta.hot.dispose(() => console.log('dispose ${name} ${value}'))`

describe.each(nodeMajors)('dispose(cb) on Node %s', (node) => {
  it('is called in reverse order of evaluation, before anything new is evaluated', async () => {
    const story = new Story(
      {
        'server.js': "import './app.js'\nconsole.log('started')",
        'app.js': told(
          'app',
          1,
          "import './left.js'\nimport './right.js'\nimport.meta.hot.accept()",
        ),
        'left.js': told('left', 1, "import './dep.js'"),
        'right.js': told('right', 1, "import './dep.js'"),
        'dep.js': told('dep', 1),
      },
      { node },
    )
    expect(await story.begin()).toEqual([
      'evaluate dep 1',
      'evaluate left 1',
      'evaluate right 1',
      'evaluate app 1',
      'started',
    ])
    expect(await story.change({ 'dep.js': told('dep', 2) })).toEqual([
      'dispose app 1',
      'dispose right 1',
      'dispose left 1',
      'dispose dep 1',
      'evaluate dep 2',
      'evaluate left 1',
      'evaluate right 1',
      'evaluate app 1',
      '* update app.js dep.js left.js right.js',
    ])
    // What is not loaded again is not disposed.
    expect(await story.change({ 'left.js': told('left', 2, "import './dep.js'") })).toEqual([
      'dispose app 1',
      'dispose left 1',
      'evaluate left 2',
      'evaluate app 1',
      '* update app.js left.js',
    ])
  })

  it('async handlers are awaited, the last-registered first', async () => {
    const dep = (value: number) => `const wait = (ms) => new Promise((done) => setTimeout(done, ms))
console.log('evaluate ${value}')
import.meta.hot.dispose(async () => {
  console.log('first')
  await wait(20)
  console.log('first ended')
})
import.meta.hot.dispose(async () => {
  console.log('last')
  await wait(20)
  console.log('last ended')
})
import.meta.hot.accept()`
    const files = { 'server.js': "import './dep.js'\nconsole.log('started')", 'dep.js': dep(1) }
    expect(await tellChange(files, { 'dep.js': dep(2) }, { node })).toEqual([
      'last',
      'last ended',
      'first',
      'first ended',
      'evaluate 2',
      '* update dep.js',
    ])
  })

  it('a module that waits at top level is disposed before its next instance begins', async () => {
    const dep = (value: number) => `console.log('begin ${value}')
import.meta.hot.dispose(() => console.log('dispose ${value}'))
await new Promise((done) => setTimeout(done, 5))
console.log('end ${value}')
import.meta.hot.accept()`
    const files = { 'server.js': "import './dep.js'\nconsole.log('started')", 'dep.js': dep(1) }
    expect(await tellChange(files, { 'dep.js': dep(2) }, { node })).toEqual([
      'dispose 1',
      'begin 2',
      'end 2',
      '* update dep.js',
    ])
  })
})

describe('dispose(cb)', () => {
  const server = "import './app.js'\nconsole.log('started')"

  it('a handler that throws or rejects is reported and the rest go on', async () => {
    const dep = (value: number) => `console.log('evaluate ${value}')
import.meta.hot.dispose(() => console.log('last of all'))
import.meta.hot.dispose(() => { throw new Error('thrown') })
import.meta.hot.dispose(async () => { throw new Error('rejected') })
import.meta.hot.accept(() => console.log('accepted'))`
    expect(
      await tellChange({ 'server.js': server, 'app.js': dep(1) }, { 'app.js': dep(2) }),
    ).toEqual([
      '* error dispose app.js: rejected',
      '* error dispose app.js: thrown',
      'last of all',
      'evaluate 2',
      'accepted',
      '* update app.js',
    ])
  })

  it('a handler that has not ended after 5 s is reported and no longer waited for', async () => {
    const dep = (value: number) => `console.log('evaluate ${value}')
import.meta.hot.dispose(() => new Promise(() => {}))
import.meta.hot.accept()`
    const story = new Story({ 'server.js': server, 'app.js': dep(1) })
    await story.begin()
    expect(await story.change({ 'app.js': dep(2) })).toEqual([
      '* error dispose app.js: A dispose handler of app.js has not ended after 5 s; it is no longer waited for',
      'evaluate 2',
      '* update app.js',
    ])
  })

  it('no handler runs twice, also not when the evaluation then fails', async () => {
    const app = (value: number, more = '') =>
      told('app', value, `import.meta.hot.accept()\n${more}`)
    const story = new Story({ 'server.js': server, 'app.js': app(1) })
    await story.begin()
    expect(await story.change({ 'app.js': app(2, "throw new Error('no')") })).toEqual([
      'dispose app 1',
      '* error evaluate app.js: no',
    ])
    expect(await story.change({ 'app.js': app(3) })).toEqual(['evaluate app 3', '* update app.js'])
    expect(await story.change({ 'app.js': app(4) })).toEqual([
      'dispose app 3',
      'evaluate app 4',
      '* update app.js',
    ])
  })

  it('an instance that failed is disposed of what it had registered, once', async () => {
    const app = (value: number, more = '') =>
      `${told('app', value, 'import.meta.hot.accept()')}\n${more}`
    const story = new Story({ 'server.js': server, 'app.js': app(1) })
    await story.begin()
    expect(await story.change({ 'app.js': app(2, "throw new Error('no')") })).toEqual([
      'dispose app 1',
      'evaluate app 2',
      '* error evaluate app.js: no',
    ])
    expect(await story.change({ 'app.js': app(3) })).toEqual([
      'dispose app 2',
      'evaluate app 3',
      '* update app.js',
    ])
  })

  it('a handler registered while the module runs counts as well', async () => {
    const files = {
      'server.js': `import { start } from './app.js'\nstart()\nconsole.log('started')
import.meta.hot.accept('./app.js', (next) => next.start())`,
      'app.js': `export const start = () => {
  console.log('start 1')
  import.meta.hot.dispose(() => console.log('stop 1'))
}`,
    }
    const story = new Story(files)
    await story.begin()
    const next = files['app.js'].replaceAll('1', '2')
    expect(await story.change({ 'app.js': next })).toEqual(['stop 1', 'start 2', '* update app.js'])
    expect(await story.change({ 'app.js': next.replaceAll('2', '3') })).toEqual([
      'stop 2',
      'start 3',
      '* update app.js',
    ])
  })

  it('in boundary mode it is called within the next import(), before the new instance', async () => {
    const app = (value: number) => `${told('app', value)}\nexport default () => ${value}`
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
const call = async () => console.log('got', (await import('./app.js')).default())
setTimeout(() => setTimeout(call))
hot.on('invalidate', () => { console.log('stale'); setTimeout(call) })
console.log('started')`,
      'app.js': app(1),
    })
    await story.begin()
    expect(await story.tell(/^got/)).toEqual(['evaluate app 1', 'got 1'])
    for (const value of [2, 3]) {
      const lines = await story.change({ 'app.js': app(value) }, /^got/)
      expect(lines.filter((line) => !line.startsWith('*'))).toEqual([
        'stale',
        `dispose app ${value - 1}`,
        `evaluate app ${value}`,
        `got ${value}`,
      ])
    }
  })

  it('runs before a full reload in place, importers first', async () => {
    const story = new Story(
      {
        'server.js': told('server', 1, "import './app.js'").concat("\nconsole.log('started')"),
        'app.js': told('app', 1),
      },
      { hasParent: false },
    )
    await story.begin()
    const { pid } = story.child
    expect(await story.change({ 'app.js': told('app', 2) }, /^started/)).toEqual([
      '* full-reload app.js server.js (it is the entry)',
      'dispose server 1',
      'dispose app 1',
      'evaluate app 2',
      'evaluate server 1',
      'started',
    ])
    expect(story.child.pid).toBe(pid)
  })
})

describe.each(nodeMajors)('dispose(cb) of CommonJS modules on Node %s', (node) => {
  it.each([
    ['before', 'module.hot.dispose(dispose)', ''],
    ['after', '', 'module.hot.dispose(dispose)'],
  ])(
    'importers go before what they require, registered %s it is required',
    async (_, first, last) => {
      const part = (name: string, value: number, requires = '') => `function dispose() {
  console.log('dispose ${name} ${value}')
}
${first}
${requires}
${last}
console.log('evaluate ${name} ${value}')`
      const story = new Story(
        {
          'server.cjs':
            "require('./top/a.cjs')\nmodule.hot.accept('./top/a.cjs')\nconsole.log('started')",
          'top/a.cjs': part('a', 1, "require('../middle/b.cjs')"),
          'middle/b.cjs': part('b', 1, "require('../bottom/c.cjs')"),
          'bottom/c.cjs': part('c', 1),
        },
        { node, entry: 'server.cjs' },
      )
      await story.begin()
      for (const value of [2, 3, 4]) {
        const lines = await story.change({ 'bottom/c.cjs': part('c', value) })
        expect(lines).toEqual([
          'dispose a 1',
          'dispose b 1',
          `dispose c ${value - 1}`,
          `evaluate c ${value}`,
          'evaluate b 1',
          'evaluate a 1',
          '* update bottom/c.cjs middle/b.cjs top/a.cjs',
        ])
      }
    },
  )
})

it.each(nodeMajors)(
  'what does not compile replaces nothing when who has imported it does so no longer, on Node %s',
  async (node) => {
    const app = new App(
      {
        'server.js': `import http from 'node:http'
http.createServer(async (request, response) => {
  try {
    const { default: answer } = await import('.' + request.url + '.js')
    response.end(answer)
  } catch (error) {
    response.end(error.name)
  }
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'page.js': "export { default } from './part.js'",
        'all.js': "import './part.js'\nexport { default } from './page.js'",
        'part.js': "import.meta.hot?.dispose(() => console.log('disposed'))\nexport default 'part'",
      },
      { node },
    ).start()
    expect(await app.get('/page')).toBe('part')
    app.save('part.js', 'const = broken')
    app.save('page.js', "export default 'page'")
    expect(await app.get('/all')).toBe('SyntaxError')
    expect(await app.get('/page')).toBe('page')
    expect(await app.get('/all')).toBe('SyntaxError')
    expect(app.stdout).not.toContain('disposed')
  },
)
