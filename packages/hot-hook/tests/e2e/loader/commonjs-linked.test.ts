import { expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** Imports the page of each request. */
const server = `import http from 'node:http'
http.createServer(async (request, response) => {
  try {
    const { default: answer } = await import('.' + request.url + '.js')
    response.end(answer)
  } catch (error) {
    response.end(String(error.message))
  }
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`

it.each(nodeMajors)(
  'a CommonJS module that a failed import has only linked is run for the next ES module that asks, on Node %s',
  async (node) => {
    const app = new App(
      {
        'server.js': server,
        'broken.js': "import { missing } from './shared.js'\nexport default missing",
        'fine.js': "export { default } from './shared.js'",
        'shared.js': "export { default } from './text.cjs'",
        'text.cjs': "module.exports = 'text 0'",
      },
      { node },
    ).start()
    await app.port()
    expect(await app.get('/broken')).toContain("does not provide an export named 'missing'")
    expect(await app.get('/fine')).toBe('text 0')
    for (const count of [1, 2, 3]) {
      app.save('text.cjs', `module.exports = 'text ${count}'`)
      expect(await app.get('/broken')).toContain("does not provide an export named 'missing'")
      expect(await app.get('/fine')).toBe(`text ${count}`)
    }
  },
)

it.each(nodeMajors)(
  'a CommonJS module that throws does so for every ES module that imports it, and one linked with it is run, on Node %s',
  async (node) => {
    const page = "export { default } from './text.cjs'"
    const app = new App(
      {
        'server.js': server,
        'one.js': `${page}\nimport './linked.cjs'`,
        'two.js': page,
        'three.js': page,
        'other.js': "export { default } from './linked.cjs'",
        'text.cjs': "throw new Error('boom 0')",
        'linked.cjs': "module.exports = 'linked'",
      },
      { node },
    ).start()
    await app.port()
    for (const count of [0, 1, 2]) {
      if (count > 0) app.save('text.cjs', `throw new Error('boom ${count}')`)
      for (const path of ['/one', '/two', '/one', '/three']) {
        expect([path, await app.get(path)]).toEqual([path, `boom ${count}`])
      }
      expect(await app.get('/other')).toBe('linked')
      app.save('text.cjs', `module.exports = 'text ${count}'`)
      for (const path of ['/two', '/one', '/three']) {
        expect([path, await app.get(path)]).toEqual([path, `text ${count}`])
      }
    }
  },
)

it.each(nodeMajors)(
  'a CommonJS module that was linked beside one that throws, which it requires, throws the same, on Node %s',
  async (node) => {
    const app = new App(
      {
        'server.js': server,
        'both.js': "import './text.cjs'\nexport { default } from './page.js'",
        'page.js': "export { default } from './user.cjs'",
        'user.cjs': "module.exports = require('./text.cjs')",
        'text.cjs': "module.exports = 'text 0'",
      },
      { node },
    ).start()
    expect(await app.get('/page')).toBe('text 0')
    for (const count of [1, 2, 3]) {
      app.save('text.cjs', `throw new Error('boom ${count}')`)
      for (const path of ['/both', '/page', '/both']) {
        expect([path, await app.get(path)]).toEqual([path, `boom ${count}`])
      }
      app.save('text.cjs', `module.exports = 'text ${count}'`)
      for (const path of ['/page', '/both']) {
        expect([path, await app.get(path)]).toEqual([path, `text ${count}`])
      }
    }
  },
)

it.each(nodeMajors)(
  'a CommonJS module that a failed import has only linked, and that was required since, is evaluated once, on Node %s',
  async (node) => {
    const lib = (count: number) => `evaluations.push(${count})\nmodule.exports = 'lib ${count}'`
    const app = new App(
      {
        'server.cjs': `globalThis.evaluations = []
require('node:http').createServer(async (request, response) => {
  try {
    const text = request.url === '/lib' ? require('./lib.cjs') : (await import('./page.js')).default
    response.end(text + ': ' + evaluations)
  } catch (error) {
    response.end(String(error.code))
  }
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'page.js':
          "import lib from './lib.cjs'\nimport late from './late.cjs'\nexport default lib + late",
        'lib.cjs': lib(0),
      },
      { node, entry: 'server.cjs' },
    ).start()
    expect(await app.get('/lib')).toBe('lib 0: 0')
    expect(await app.get('/page')).toBe('ERR_MODULE_NOT_FOUND')
    app.save('lib.cjs', lib(1))
    expect(await app.get('/page')).toBe('ERR_MODULE_NOT_FOUND')
    await app.until('lib 1', async () => (await app.get('/lib')) === 'lib 1: 0,1')
    app.save('late.cjs', "module.exports = ' late'")
    await app.until('late', async () => (await app.get('/page')) !== 'ERR_MODULE_NOT_FOUND')
    expect(await app.get('/page')).toBe('lib 1 late: 0,1')
    expect(await app.get('/lib')).toBe('lib 1: 0,1')
  },
)

it.each(nodeMajors)(
  'an ES module that was linked beside CommonJS that throws, which it imports, throws the same, on Node %s',
  async (node) => {
    const app = new App(
      {
        'server.js': server,
        'both.js': "import './text.cjs'\nexport { default } from './page.js'",
        'page.js': "import text from './text.cjs'\nexport default 'page ' + text",
        'over.js': "export { default } from './page.js'",
        'text.cjs': "throw new Error('boom 0')",
      },
      { node },
    ).start()
    await app.port()
    for (const count of [0, 1, 2]) {
      if (count > 0) app.save('text.cjs', `throw new Error('boom ${count}')`)
      const paths = count === 1 ? ['/both', '/over', '/page'] : ['/both', '/page', '/page', '/over']
      for (const path of paths) {
        expect([path, await app.get(path)]).toEqual([path, `boom ${count}`])
      }
      app.save('text.cjs', `module.exports = 'text ${count}'`)
      for (const path of paths) {
        expect([path, await app.get(path)]).toEqual([path, `page text ${count}`])
      }
    }
  },
)

it.each(nodeMajors)(
  'an ES module that is required again after it had left the program, and has changed, is a full reload, on Node %s',
  async (node) => {
    const page = (body: string) =>
      `${body}\nmodule.exports = (request, response) => response.end(text)`
    const app = new App(
      {
        'server.js': `require('http').createServer((request, response) => require('./page.js')(request, response))
  .listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'page.js': page("const { text } = require('./model.mjs')"),
        'model.mjs': "export const text = 'model 0'",
      },
      { node, hasParent: true, packageJson: { type: 'commonjs' } },
    ).start()
    expect(await app.get()).toBe('model 0')
    app.save('page.js', page("const text = 'none'"))
    await app.until('the new page', async () => (await app.get()) === 'none')
    app.save('model.mjs', "export const text = 'model 1'")
    expect(await app.get()).toBe('none')
    app.save('page.js', page("const { text } = require('./model.mjs')"))
    await app.message('hot-hook:invalidated')
    await app.until('an answer of the page', async () => (await app.get()) !== 'none')
    expect(await app.message('hot-hook:full-reload')).toMatchObject({
      path: app.path('model.mjs'),
      reason: 'it is an ES module, and require() cannot load it again',
    })
  },
)

it.each(nodeMajors)(
  'an ES module that is imported, was saved, and is now required is a full reload, on Node %s',
  async (node) => {
    const page = (begin: string, model: string) =>
      `${begin}\nmodule.exports = async (request, response) => response.end((${model}).text)`
    const app = new App(
      {
        'server.js': `require('http').createServer((request, response) => require('./page.js')(request, response))
  .listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'page.js': page('', "await import('./model.mjs')"),
        'model.mjs': "export const text = 'model 0'",
      },
      { node, hasParent: true, packageJson: { type: 'commonjs' } },
    ).start()
    expect(await app.get()).toBe('model 0')
    app.save('model.mjs', "export const text = 'model 1'")
    app.save('page.js', page("const model = require('./model.mjs')", 'model'))
    const told = () => app.messages.filter(({ type }) => type === 'hot-hook:invalidated')
    const isTold = (file: string) => JSON.stringify(told()).includes(file)
    await app.until('both are told', () => isTold('model.mjs') && isTold('page.js'))
    await app.get()
    expect(await app.message('hot-hook:full-reload')).toMatchObject({
      path: app.path('model.mjs'),
      reason: 'it is an ES module, and require() cannot load it again',
    })
  },
)
