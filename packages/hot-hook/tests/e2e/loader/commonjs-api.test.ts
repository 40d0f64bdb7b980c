import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story, tellChange } from '../../harness/story.ts'

const commonJs = { packageJson: { type: 'commonjs' } }
const packageDirectory = fileURLToPath(new URL('../../..', import.meta.url))

describe.each(nodeMajors)('module.hot on Node %s', (node) => {
  const options = { node, ...commonJs }

  it('accepts itself, with data, dispose last-registered first, before the new one runs', async () => {
    const source = (name: string) => `
console.log('${name}', module.hot.data.name)
module.hot.accept((next) => console.log('accepted', next.name))
module.hot.dispose((data) => { console.log('dispose first'); data.name = '${name}' })
module.hot.dispose(() => console.log('dispose second'))
exports.name = '${name}'`
    const story = new Story(
      { 'server.js': "require('./self'); console.log('started')", 'self.js': source('one') },
      options,
    )
    expect(await story.begin()).toEqual(['one undefined', 'started'])
    expect(await story.change({ 'self.js': source('two') })).toEqual([
      'dispose second',
      'dispose first',
      'two one',
      'accepted two',
      '* update self.js',
    ])
    expect((await story.change({ 'self.js': source('three') })).at(2)).toBe('three two')
  })

  it('accepts several dependencies, async callbacks awaited', async () => {
    const told = await tellChange(
      {
        'server.js': `require('./a'); require('./b')
module.hot.accept(['./a', './b'], async ([a, b]) => {
  await new Promise(setImmediate)
  console.log('accepted', a?.name, b?.name)
})
console.log('started')`,
        'a.js': "exports.name = 'a'",
        'b.js': "exports.name = 'b'",
      },
      { 'b.js': "exports.name = 'B'" },
      options,
    )
    expect(told).toEqual(['accepted undefined B', '* update b.js'])
  })

  it('prunes what is no longer required, with an async dispose awaited', async () => {
    const part = `
module.hot.dispose(async () => { await new Promise(setImmediate); console.log('disposed') })
module.hot.prune(() => console.log('pruned'))`
    const app = (line: string) => `${line}\nmodule.hot.accept(() => console.log('accepted'))`
    const told = await tellChange(
      {
        'server.js': "require('./app'); console.log('started')",
        'app.js': app("require('./part')"),
        'part.js': part,
      },
      { 'app.js': app('') },
      options,
    )
    expect(told).toEqual(['accepted', 'disposed', 'pruned', '* prune part.js', '* update app.js'])
  })

  it('waits for an async dispose before the new instance runs, and disposes nothing for a syntax error', async () => {
    const source = (name: string) => `
console.log('${name}')
module.hot.accept()
module.hot.dispose(async () => { await new Promise((done) => setTimeout(done, 50)); console.log('disposed ${name}') })`
    const story = new Story(
      { 'server.js': "require('./self'); console.log('started')", 'self.js': source('one') },
      options,
    )
    await story.begin()
    expect(await story.change({ 'self.js': source('two') })).toEqual([
      'disposed one',
      'two',
      '* update self.js',
    ])
    const [error, ...others] = await story.change({ 'self.js': 'module.hot.accept(' })
    expect(error).toContain('* error load self.js')
    expect(others).toEqual([])
    expect(await story.change({ 'self.js': source('three') })).toEqual([
      'disposed two',
      'three',
      '* update self.js',
    ])
  })

  it('declines: a full reload with its path', async () => {
    const told = await tellChange(
      {
        'server.js': "require('./app'); module.hot.accept('./app'); console.log('started')",
        'app.js': 'module.hot.decline()',
      },
      { 'app.js': 'module.hot.decline() //' },
      options,
    )
    expect(told).toEqual(['* full-reload app.js (it declined)'])
  })

  it('invalidates inside an accept callback: the importer takes it', async () => {
    const told = await tellChange(
      {
        'server.js':
          "require('./app'); module.hot.accept('./app', () => console.log('server accepts')); console.log('started')",
        'app.js':
          "require('./part'); module.hot.accept('./part', () => module.hot.invalidate()); console.log('app')",
        'part.js': '',
      },
      { 'part.js': 'exports.name = 2' },
      options,
    )
    expect(told).toEqual(['app', 'server accepts', '* update app.js part.js'])
  })

  it('gives events until the instance is replaced', async () => {
    const source = (name: string) => `
module.hot.accept()
const off = module.hot.on('update', () => console.log('never'))
off()
module.hot.on('update', () => console.log('${name} sees an update'))`
    const story = new Story(
      { 'server.js': "require('./self'); console.log('started')", 'self.js': source('one') },
      options,
    )
    await story.begin()
    await story.change({ 'self.js': source('two') }, /sees an update/)
    expect(await story.change({ 'self.js': source('three') }, /three sees/)).not.toContain(
      'one sees an update',
    )
  })

  it('names module and dependency when it is not required, or does not exist', async () => {
    const story = new Story(
      {
        'server.js': `
for (const name of ['./other', './missing']) {
  try { module.hot.accept(name) } catch (error) { console.log(error.message) }
}
console.log('started')`,
        'other.js': '',
      },
      options,
    )
    const [other, missing] = await story.begin()
    expect(other).toContain('server.js names "./other", which it does not import')
    expect(missing).toContain('server.js names "./missing", which does not exist')
  })

  it('gives two ES modules that import a failing CommonJS module its error, and heals', async () => {
    const story = new Story(
      {
        'server.mjs': `
import { a } from './a.mjs'
import.meta.hot.accept('./a.mjs', (next) => console.log('accepted', next.a))
console.log('started', a)`,
        'a.mjs':
          "import { b } from './b.mjs'; import dep from './dep.cjs'; export const a = b + dep.name",
        'b.mjs': "import dep from './dep.cjs'; export const b = dep.name",
        'dep.cjs': "exports.name = 'one '",
      },
      { ...options, entry: 'server.mjs' },
    )
    expect(await story.begin()).toEqual(['started one one '])
    expect(await story.change({ 'dep.cjs': "throw new Error('broken')" })).toEqual([
      '* error evaluate dep.cjs: broken',
    ])
    expect(await story.change({ 'dep.cjs': "exports.name = 'two '" })).toEqual([
      'accepted two two ',
      '* update a.mjs b.mjs dep.cjs',
    ])
  })

  it('takes require.resolve() for no require: the lazy require() after it is a boundary', async () => {
    const app = new App(
      {
        'server.js': `
const http = require('node:http')
http.createServer((request, response) => response.end(require(require.resolve('./app')).name))
  .listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
console.log(require.resolve('./never'))`,
        'app.js': "exports.name = 'one'",
        'never.js': '',
      },
      { ...options, hasParent: true },
    ).start()
    expect(await app.get()).toBe('one')
    app.save('never.js', 'exports.changed = true')
    app.save('app.js', "exports.name = 'two'")
    await app.until('the new app', async () => (await app.get()) === 'two')
    await app.output('app.js changed: 1 module reloaded')
    app.save('app.js', "exports.name = 'three'")
    await app.until('the newest app', async () => (await app.get()) === 'three')
    expect(app.messages.map(({ type }) => type)).not.toContain('hot-hook:full-reload')
  })

  it('takes a change in a cycle of requires', async () => {
    const a = "exports.early = 'a'; const b = require('./b'); exports.name = () => 'a' + b.name()"
    const b = (name: string) => `const a = require('./a'); exports.name = () => a.early + '${name}'`
    const told = await tellChange(
      {
        'server.js': `require('./a')
module.hot.accept('./a', (next) => console.log(next.name()))
console.log('started')`,
        'a.js': a,
        'b.js': b('b'),
      },
      { 'b.js': b('B') },
      options,
    )
    expect(told).toEqual(['aaB', '* update a.js b.js'])
  })
})

describe.each(nodeMajors)('hot.init(__filename) of an installed package on Node %s', (node) => {
  it('starts from a CommonJS entry without a warning', async () => {
    const app = new App(
      {
        'server.js': `
const { hot } = require('hot-hook')
hot.init(__filename).then(() => import('./main.mjs'))`,
        'main.mjs': `
import http from 'node:http'
import { createRequire } from 'node:module'
http.createServer(async (request, response) => response.end((await import('./app.cjs')).default.name))
  .listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'app.cjs': "exports.name = 'one'",
      },
      { node, ...commonJs, nodeArguments: ['--trace-warnings'] },
    )
    const installed = app.path('node_modules/hot-hook')
    rmSync(installed)
    mkdirSync(installed)
    for (const name of ['dist', 'package.json']) {
      cpSync(`${packageDirectory}/${name}`, `${installed}/${name}`, { recursive: true })
    }
    for (const name of ['chokidar', 'es-module-lexer', 'mitt', 'picomatch']) {
      symlinkSync(
        `${packageDirectory}/node_modules/${name}`,
        app.path(`node_modules/${name}`),
        'junction',
      )
    }
    app.start()
    expect(await app.get()).toBe('one')
    app.save('app.cjs', "exports.name = 'two'")
    expect(await app.get()).toBe('two')
    expect(app.stderr.replace(/^\[hot-hook\].*\n/gm, '')).toBe('')
  })
})
