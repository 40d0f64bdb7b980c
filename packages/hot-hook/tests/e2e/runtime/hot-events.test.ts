import { describe, expect, it } from 'vitest'
import { Story } from '../../harness/story.ts'

const printing = (event: string) =>
  `on('${event}', (payload) => console.log('${event}', JSON.stringify(payload).replaceAll(process.cwd() + '/', '')))`

/** The payloads of one event in what a program said. */
function payloads(lines: string[], event: string): unknown[] {
  return lines
    .filter((line) => line.startsWith(`${event} {`))
    .map((line) => JSON.parse(line.slice(event.length)))
}

describe('hot.on(event)', () => {
  it('update: saved files, evaluated modules, where it was accepted, how long it took', async () => {
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
import './a.js'
hot.${printing('update')}
console.log('started')`,
      'a.js': "import './b.js'\nimport.meta.hot.accept()",
      'b.js': "import './c.js'",
      'c.js': '',
    })
    await story.begin()
    const lines = await story.change({ 'c.js': '// 2' }, /^update/)
    expect(payloads(lines, 'update')).toEqual([
      {
        files: ['c.js'],
        modules: ['a.js', 'b.js', 'c.js'],
        boundaries: ['a.js'],
        durationMs: expect.any(Number),
      },
    ])
    await story.output(/\[hot-hook\] c\.js changed: 3 modules reloaded in [\d.]+ ms\n/)
  })

  it('invalidate: what became stale up to which boundaries, before anything is loaded', async () => {
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
hot.${printing('invalidate')}
const call = () => import('./app.js')
setTimeout(() => setTimeout(async () => { await call(); console.log('called') }))
console.log('started')`,
      'app.js': "import './dep.js'",
      'dep.js': '',
    })
    await story.begin()
    await story.tell(/^called/)
    const lines = await story.change({ 'dep.js': '// 2' }, /^invalidate/)
    expect(payloads(lines, 'invalidate')).toEqual([
      { files: ['dep.js'], modules: ['dep.js', 'app.js'], boundaries: ['app.js'] },
    ])
  })

  it('full-reload: the file, the chain to the entry and the reason', async () => {
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
import './app.js'
hot.${printing('full-reload')}
console.log('started')`,
      'app.js': "import './dep.js'",
      'dep.js': '',
    })
    await story.begin()
    const lines = await story.change({ 'dep.js': '// 2' }, /^full-reload/)
    expect(payloads(lines, 'full-reload')).toEqual([
      {
        file: 'dep.js',
        chain: ['dep.js', 'app.js', 'server.js'],
        reason: 'it is the entry',
        advice: expect.stringMatching(/^dep\.js is only run by what imports it\./),
      },
    ])
  })

  it('prune and error: the module, what was thrown and the phase', async () => {
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
import './app.js'
hot.${printing('prune')}
hot.on('error', ({ file, error, phase }) =>
  console.log('error', JSON.stringify([file.replace(process.cwd() + '/', ''), error.message, phase, error instanceof Error])))
console.log('started')`,
      'app.js': "import './dep.js'\nimport.meta.hot.accept()",
      'dep.js': `import.meta.hot.dispose(() => { throw new Error('in dispose') })
import.meta.hot.prune(() => { throw new Error('in prune') })`,
    })
    await story.begin()
    const lines = await story.change({ 'app.js': 'import.meta.hot.accept()' })
    expect(lines.filter((line) => !line.startsWith('*'))).toEqual([
      'error ["dep.js","in dispose","dispose",true]',
      'error ["dep.js","in prune","prune",true]',
      'prune {"file":"dep.js"}',
    ])
  })

  it('returns its own off, and off() takes a handler as well', async () => {
    const app = (value: number) => `import.meta.hot.accept()// ${value}`
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
import './app.js'
const kept = () => { console.log('kept') }
const taken = () => { console.log('taken') }
const off = hot.on('update', () => { console.log('once'); off() })
hot.on('update', taken)
hot.on('update', kept)
hot.off('update', taken)
console.log('started')`,
      'app.js': app(1),
    })
    await story.begin()
    expect(await story.change({ 'app.js': app(2) }, /^kept/)).toEqual([
      '* update app.js',
      'once',
      'kept',
    ])
    expect(await story.change({ 'app.js': app(3) }, /^kept/)).toEqual(['* update app.js', 'kept'])
  })

  it('a handler that throws or rejects is reported and disturbs nobody', async () => {
    const app = (value: number) => `import.meta.hot.accept()// ${value}`
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
import './app.js'
hot.on('update', () => { throw new Error('thrown') })
hot.on('update', async () => { throw new Error('rejected') })
hot.on('update', () => console.log('last'))
console.log('started')`,
      'app.js': app(1),
    })
    await story.begin()
    for (const value of [2, 3]) {
      expect(await story.change({ 'app.js': app(value) }, /^last/)).toEqual([
        '* update app.js',
        'last',
      ])
    }
    await story.output('Error: thrown')
    await story.output('Error: rejected')
  })
})

describe('import.meta.hot.on(event)', () => {
  it('has the same events, its handlers go with their instance', async () => {
    const app = (value: number) => `import.meta.hot.on('update', () => console.log('app ${value}'))
import.meta.hot.accept()`
    const story = new Story({
      'server.js': `import './app.js'
import.meta.hot.on('update', () => console.log('server'))
console.log('started')`,
      'app.js': app(1),
    })
    await story.begin()
    for (const value of [2, 3]) {
      expect(await story.change({ 'app.js': app(value) }, /^app/)).toEqual([
        '* update app.js',
        'server',
        `app ${value}`,
      ])
    }
  })

  it('the handlers of a pruned module go as well', async () => {
    const app = (imports: string) => `${imports}\nimport.meta.hot.accept()`
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': app("import './part.js'"),
      'part.js': "import.meta.hot.on('update', () => console.log('part'))",
    })
    await story.begin()
    expect(await story.change({ 'app.js': app("import './part.js'//") }, /^part/)).toEqual([
      '* update app.js',
      'part',
    ])
    await story.change({ 'app.js': app('') })
    expect(await story.change({ 'app.js': app('//') })).toEqual(['* update app.js'])
    expect(await story.change({ 'app.js': app('///') })).toEqual(['* update app.js'])
  })

  it('returns its own off, and off() takes a handler as well', async () => {
    const app = (value: number) => `// ${value}\nimport.meta.hot.accept()`
    const story = new Story({
      'server.js': `import './app.js'
const { hot } = import.meta
const taken = () => { console.log('taken') }
const off = hot.on('update', () => console.log('not called'))
hot.on('update', taken)
hot.on('update', () => console.log('kept'))
off()
hot.off('update', taken)
console.log('started')`,
      'app.js': app(1),
    })
    await story.begin()
    expect(await story.change({ 'app.js': app(2) }, /^kept/)).toEqual(['* update app.js', 'kept'])
  })

  it('an event that does not exist is an error that lists the others', async () => {
    const story = new Story({
      'server.js': `for (const event of ['beforeUpdate', 'message', 1]) {
  try { import.meta.hot.on(event, () => {}) } catch (error) { console.log(error.message) }
}
try { import.meta.hot.on('update') } catch (error) { console.log(error.message) }
console.log('started')`,
    })
    const known = 'expected one of invalidate, update, full-reload, prune, error'
    expect(await story.begin()).toEqual([
      `Hot Hook has no event 'beforeUpdate': ${known}`,
      `Hot Hook has no event 'message': ${known}`,
      `Hot Hook has no event 1: ${known}`,
      "The handler of the Hot Hook event 'update' must be a function, got undefined",
      'started',
    ])
  })

  it("Vite's events may be listened to, and never come", async () => {
    const source = (value: number) => `const { hot } = import.meta
const handler = () => console.log('called')
const off = hot.on('vite:beforeUpdate', handler)
hot.on('vite:afterUpdate', handler)
hot.off('vite:beforeUpdate', handler)
off()
try { hot.on('vite:error') } catch (error) { console.log(error.message) }
hot.accept()
console.log('evaluated ${value}')`
    const story = new Story(
      { 'server.js': "import './app.js'\nconsole.log('started')", 'app.js': source(0) },
      { hotHook: { log: 'debug' } },
    )
    const failure =
      "The handler of the Hot Hook event 'vite:error' must be a function, got undefined"
    expect(await story.begin()).toEqual([failure, 'evaluated 0', 'started'])
    for (const value of [1, 2, 3]) {
      const told = await story.change({ 'app.js': source(value) })
      expect(told).toEqual([failure, `evaluated ${value}`, '* update app.js'])
    }
    expect(story.stderr.split("Vite's events").length).toBe(2)
  })

  it('boundary is the attribute of a dynamic import that is a boundary', async () => {
    const story = new Story({
      'server.js': `console.log(JSON.stringify(import.meta.hot.boundary))
const { name } = await import('./app.js', import.meta.hot.boundary)
console.log(name, globalThis.hot.explain('app.js').outcome)
console.log('started')`,
      'app.js': "export const name = 'app'",
    })
    expect(await story.begin()).toEqual(['{"with":{"hot":"true"}}', 'app hot', 'started'])
  })
})
