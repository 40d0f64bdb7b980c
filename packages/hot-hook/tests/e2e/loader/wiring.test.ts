import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const listen =
  "listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })"
const routes = (value: number) => `export const text = 'routes ${value}'`

/** Starts a program that keeps what it loads at its start, and expects a restart at a save of it. */
async function expectRestart(
  files: Record<string, string>,
  [saved, source]: [path: string, source: string],
  chain: string[],
  options: AppOptions = {},
): Promise<void> {
  const app = new App(files, { hasParent: true, ...options }).start()
  const first = await app.get()
  expect(await app.get()).toBe(first)
  app.save(saved, source)
  expect(await app.message('hot-hook:full-reload')).toMatchObject({
    path: app.path(saved),
    chain: chain.map((path) => app.path(path)),
  })
  expect(app.stderr).not.toContain('did not import() it again')
}

describe.each(nodeMajors)('what is loaded while the program starts up, on Node %s,', (node) => {
  it('by a helper in another module is wiring: a save of it restarts', async () => {
    const files = {
      'server.js': `import http from 'node:http'
import { loadRoutes } from './load.js'
const app = {}
await loadRoutes(app)
http.createServer((_, response) => response.end(app.text)).${listen}`,
      'load.js': `export async function loadRoutes(app) {
  for (const name of ['./routes.js']) Object.assign(app, await import(name))
}`,
      'routes.js': routes(1),
    }
    const chain = ['routes.js', 'load.js', 'server.js']
    await expectRestart(files, ['routes.js', routes(2)], chain, { node })
  })

  it("by require() in a helper, as Express's own example does it, is wiring", async () => {
    const files = {
      'index.js': `const http = require('http')
const app = {}
require('./lib/boot')(app)
http.createServer((_, response) => response.end(app.text)).${listen}`,
      'lib/boot.js': `const fs = require('fs'), path = require('path')
module.exports = (app) => {
  const directory = path.join(__dirname, '..', 'controllers')
  for (const name of fs.readdirSync(directory)) Object.assign(app, require(path.join(directory, name)))
}`,
      'controllers/user.js': "exports.text = 'user 1'",
    }
    const options = { node, entry: 'index.js', packageJson: { type: undefined } }
    const chain = ['controllers/user.js', 'lib/boot.js', 'index.js']
    await expectRestart(files, ['controllers/user.js', "exports.text = 'user 2'"], chain, options)
  })

  it('by a floating main() before it listens is wiring, however long it has waited', async () => {
    const files = {
      'server.js': `import http from 'node:http'
async function main() {
  await new Promise((done) => setTimeout(done, 30))
  const { text } = await import('./routes.js')
  await new Promise((done) => setTimeout(done, 30))
  http.createServer((_, response) => response.end(text)).${listen}
}
main()`,
      'routes.js': routes(1),
    }
    await expectRestart(files, ['routes.js', routes(2)], ['routes.js', 'server.js'], { node })
  })

  it('and was saved before the first server listens restarts when it does', async () => {
    const app = new App(
      {
        'server.js': `import http from 'node:http'
async function main() {
  await new Promise((done) => setTimeout(done, 30))
  const { text } = await import('./routes.js')
  console.log('loaded')
  await new Promise((done) => process.once('message', done))
  http.createServer((_, response) => response.end(text)).${listen}
}
main()`,
        'routes.js': routes(1),
      },
      { node, hasParent: true },
    ).start()
    await app.output('loaded')
    app.save('routes.js', routes(2))
    await app.message('hot-hook:invalidated')
    app.child.send('go')
    expect(await app.message('hot-hook:full-reload')).toMatchObject({ path: app.path('routes.js') })
  })

  it('and is asked for again by the same import() is a boundary from then on', async () => {
    const files = {
      'server.js': `import http from 'node:http'
const load = () => import('./routes.js')
console.log((await load()).text)
http.createServer(async (_, response) => response.end((await load()).text)).${listen}`,
      'routes.js': routes(1),
    }
    const app = new App(files, { node, hasParent: true }).start()
    await app.get()
    for (const value of [2, 3, 4]) {
      app.save('routes.js', routes(value))
      expect(await app.get()).toBe(`routes ${value}`)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  })

  it('and is asked for again by the same lazy require() is a boundary from then on', async () => {
    const files = {
      'index.js': `const http = require('http')
const { load } = require('./load')
load()
http.createServer((_, response) => response.end(load().text)).${listen}`,
      'load.js': "exports.load = () => require('./routes')",
      'routes.js': "exports.text = 'routes 1'",
    }
    const options = { node, entry: 'index.js', hasParent: true, packageJson: { type: undefined } }
    const app = new App(files, options).start()
    await app.get()
    for (const value of [2, 3, 4]) {
      app.save('routes.js', `exports.text = 'routes ${value}'`)
      await app.until(`routes ${value}`, async () => (await app.get()) === `routes ${value}`)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  })

  it('by require() at the top of a TypeScript file is no boundary for a lazy one beside it', async () => {
    const files = {
      'index.ts': `const http = require('node:http')
const routes = require('./routes.ts')
http.createServer((_: unknown, response: any) => response.end(routes.text + require('./routes.ts').text)).${listen}`,
      'routes.ts': "exports.text = 'one' as string",
    }
    const options = { node, entry: 'index.ts', packageJson: { type: undefined } }
    const chain = ['routes.ts', 'index.ts']
    await expectRestart(files, ['routes.ts', "exports.text = 'two' as string"], chain, options)
  })

  it('below a boundary is loaded again with the module that wires it, also by a helper', async () => {
    const files = {
      'server.js': `import http from 'node:http'
http.createServer(async (_, response) => response.end((await import('./page.js')).text)).${listen}`,
      'page.js': `import { loadParts } from './load.js'
export const { text } = await loadParts()`,
      'load.js': "export const loadParts = () => import('./parts.js')",
      'parts.js': "export const text = 'parts 1'",
    }
    const app = new App(files, { node, hasParent: true }).start()
    expect(await app.get()).toBe('parts 1')
    for (const value of [2, 3, 4]) {
      app.save('parts.js', `export const text = 'parts ${value}'`)
      expect(await app.get()).toBe(`parts ${value}`)
    }
  })

  it('below a boundary is loaded again with it, also by a helper whose require() is answered from the cache', async () => {
    const files = {
      'server.js': `const http = require('http')
http.createServer((request, response) => response.end(require('.' + request.url).text)).${listen}`,
      'other.js': "exports.text = require('./parts.js').text",
      'page.js': "exports.text = require('./load.js').load('./parts.js').text",
      'load.js': 'exports.load = (path) => require(path)',
      'parts.js': "exports.text = 'parts 1'",
    }
    const app = new App(files, { node, hasParent: true, packageJson: { type: undefined } }).start()
    expect(await app.get('/other.js')).toBe('parts 1')
    for (const value of [2, 3, 4]) {
      expect(await app.get('/page.js')).toBe(`parts ${value - 1}`)
      app.save('parts.js', `exports.text = 'parts ${value}'`)
      for (const path of ['/other.js', '/page.js']) {
        await app.until(`${path} ${value}`, async () => (await app.get(path)) === `parts ${value}`)
      }
    }
  })
})

describe.each(nodeMajors)(
  'a function that begins at the first character of a file, on Node %s',
  (node) => {
    it('is not taken for the module: what it imports later is a boundary', async () => {
      const files = {
        'server.js': `async function handle(_, response) { response.end((await import('./page.js')).text) }
import http from 'node:http'
http.createServer(handle).${listen}`,
        'page.js': "export const text = 'page 1'",
      }
      const app = new App(files, { node, hasParent: true }).start()
      expect(await app.get()).toBe('page 1')
      for (const value of [2, 3, 4]) {
        app.save('page.js', `export const text = 'page ${value}'`)
        expect(await app.get()).toBe(`page ${value}`)
      }
      expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    })

    it('is not taken for the module in CommonJS', async () => {
      const files = {
        'index.js': `function handle(_, response) { response.end(require('./page').text) }
require('http').createServer(handle).${listen}`,
        'page.js': "exports.text = 'page 1'",
      }
      const options = { node, entry: 'index.js', hasParent: true, packageJson: { type: undefined } }
      const app = new App(files, options).start()
      expect(await app.get()).toBe('page 1')
      for (const value of [2, 3, 4]) {
        app.save('page.js', `exports.text = 'page ${value}'`)
        await app.until(`page ${value}`, async () => (await app.get()) === `page ${value}`)
      }
    })
  },
)

describe.each(nodeMajors)('what a changed part of the program asks for, on Node %s,', (node) => {
  const files = {
    'app.js': `import { loadRoutes } from './load.js'
export async function build() {
  const app = { texts: ['v0'] }
  await loadRoutes(app)
  return app
}`,
    // As plugin loaders do it: not on the stack of who waits for it.
    'load.js': `import { readdirSync } from 'node:fs'
export const loadRoutes = (app) => new Promise((done, failed) => {
  setImmediate(async () => {
    try {
      for (const name of readdirSync(new URL('./routes', import.meta.url)).sort()) {
        app.texts.push((await import('./routes/' + name)).text)
      }
      done()
    } catch (error) { failed(error) }
  })
})`,
    'routes/a.js': "export const text = 'a0'",
  }
  const accepting = `import http from 'node:http'
import { build } from './app.js'
let app = await build()
http.createServer((_, response) => response.end(app.texts.join())).${listen}
import.meta.hot.accept('./app.js', async (next) => { app = await next.build() })`
  const asking = `import http from 'node:http'
let module = await import('./app.js')
let app = module.build()
await app
http.createServer(async (_, response) => {
  const next = await import('./app.js')
  if (next !== module) app = next.build()
  module = next
  response.end((await app).texts.join())
}).${listen}`

  it.each([
    ['accepts it', accepting],
    ['imports it in its handler', asking],
  ])('by a helper, is wiring again: a save of it is hot where the server %s', async (_, server) => {
    const app = new App({ ...files, 'server.js': server }, { node, hasParent: true }).start()
    const says = (text: string) => app.until(text, async () => (await app.get()) === text)
    await says('v0,a0')
    for (const value of [1, 2, 3]) {
      app.save('app.js', files['app.js'].replace('v0', `v${value}`))
      await says(`v${value},a${value - 1}`)
      app.save('routes/a.js', `export const text = 'a${value}'`)
      await says(`v${value},a${value}`)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  })

  it('in an accept callback is wiring, also when it is new', async () => {
    const app = new App({ ...files, 'server.js': accepting }, { node, hasParent: true }).start()
    const says = (text: string) => app.until(text, async () => (await app.get()) === text)
    await says('v0,a0')
    app.save('routes/b.js', "export const text = 'b0'")
    app.save('app.js', files['app.js'].replace('v0', 'v1'))
    await says('v1,a0,b0')
    for (const value of [1, 2, 3]) {
      app.save('routes/b.js', `export const text = 'b${value}'`)
      await says(`v1,a0,b${value}`)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  })
})
