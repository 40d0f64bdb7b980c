import { once } from 'node:events'
import http2 from 'node:http2'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** The packages of this test, which are installed with Hot Hook's own. */
const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url))

const listening = `server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`

const server = `import http from 'node:http'
import { hot } from 'hot-hook'
const server = http.createServer(hot.handler(() => import('./app.js')))
${listening}`

const listener = (text: string) => `export default (request, response) => response.end('${text}')`

/** What can be the app of a server of node:http: it says 'one'. */
const apps: Record<string, string> = {
  'a function': listener('one'),
  'an Express app': `import express from 'express'
const app = express()
app.get('/', (request, response) => response.send('one'))
export default app`,
  'a Koa application': `import Koa from 'koa'
const app = new Koa()
app.use((context) => { context.body = 'one' })
export default app`,
  'a Fastify instance': `import Fastify from 'fastify'
const app = Fastify()
app.register(async (routes) => { routes.get('/', async () => 'one') })
export default app
import.meta.hot?.dispose(() => app.close())`,
  'a Hono app': `import { Hono } from 'hono'
const app = new Hono()
app.get('/', (context) => context.text('one'))
export default app`,
  'a function named fetch': "export const fetch = () => new Response('one')",
  'a promise of an app': `export default Promise.resolve((request, response) => response.end('one'))`,
}

describe.each(nodeMajors)('hot.handler on node:http, Node %s', (node) => {
  it.each(Object.entries(apps))('is always the latest app: %s', async (_, source) => {
    const files = { 'server.js': server, 'app.js': source }
    const app = new App(files, { node, hasParent: true, packagesFrom: installed }).start()
    expect(await app.get()).toBe('one')
    for (const text of ['two', 'three', 'four']) {
      app.save('app.js', source.replace("'one'", `'${text}'`))
      // At once: a request after a save never sees older code.
      expect(await app.get()).toBe(text)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    expect(app.stderr).not.toMatch(/warning|could not be/i)
  })

  it('hands a fetch app the whole request, and gives back its whole response', async () => {
    const source = `export default {
  async fetch(request) {
    const { method, url, headers } = request
    const said = [method, new URL(url).pathname, headers.get('x-given'), await request.text()]
    const answer = new Response(new Blob([said.join(' ')]).stream(), { status: 201 })
    answer.headers.append('set-cookie', 'a=1')
    answer.headers.append('set-cookie', 'b=2')
    return answer
  },
}`
    const app = new App({ 'server.js': server, 'app.js': source }, { node }).start()
    const response = await fetch(`http://127.0.0.1:${await app.port()}/path?query`, {
      method: 'POST',
      headers: { 'x-given': 'header' },
      body: 'body',
    })
    expect(await response.text()).toBe('POST /path header body')
    expect(response.status).toBe(201)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('answers on node:http2, where the app and where the error is the answer', async () => {
    const both = `import http2 from 'node:http2'
import { hot } from 'hot-hook'
const server = http2.createServer(hot.handler(() => import('./app.js')))
${listening}`
    const app = new App({ 'server.js': both, 'app.js': listener('one') }, { node }).start()
    const session = http2.connect(`http://127.0.0.1:${await app.port()}`)
    onTestFinished(() => session.close())
    const ask = async () => {
      const stream = session.request({ ':path': '/' })
      const [headers] = await once(stream, 'response')
      return { status: headers[':status'], body: await text(stream) }
    }
    expect(await ask()).toEqual({ status: 200, body: 'one' })
    app.save('app.js', 'export default (')
    expect(await ask()).toEqual({ status: 500, body: expect.stringContaining('at app.js:1:') })
    app.save('app.js', listener('two'))
    expect(await ask()).toEqual({ status: 200, body: 'two' })
    app.save(
      'app.js',
      "export const fetch = ({ url }) => new Response('at ' + new URL(url).pathname)",
    )
    expect(await ask()).toEqual({ status: 200, body: 'at /' })
  })

  it('loads CommonJS, also what a compiler has made of a default export', async () => {
    const source = (text: string) => `Object.defineProperty(exports, '__esModule', { value: true })
exports.default = (request, response) => response.end('${text}')`
    const imported = server.replace('./app.js', './app.cjs')
    const app = new App({ 'server.js': imported, 'app.cjs': source('one') }, { node }).start()
    expect(await app.get()).toBe('one')
    app.save('app.cjs', source('two'))
    expect(await app.get()).toBe('two')
  })

  it('loads what is required', async () => {
    const required = server
      .replace("import http from 'node:http'", "const http = require('node:http')")
      .replace("import { hot } from 'hot-hook'", "const { hot } = require('hot-hook')")
      .replace("import('./app.js')", "require('./app.js')")
    const source = (text: string) => listener(text).replace('export default', 'module.exports =')
    const files = { 'server.js': required, 'app.js': source('one') }
    const app = new App(files, { node, packageJson: { type: 'commonjs' } }).start()
    expect(await app.get()).toBe('one')
    app.save('app.js', source('two'))
    await app.until('two', async () => (await app.get()) === 'two')
  })

  it('is hot though it was asked while the program started up, and whatever "boundaries" say', async () => {
    const asked = `import { hot } from 'hot-hook'
import http from 'node:http'
const handler = hot.handler(() => import('./app.js'))
console.log('at first ' + (await (await handler.fetch(new Request('http://x/'))).text()))
const server = http.createServer(async (request, response) => {
  response.end(await (await handler.fetch(new Request('http://x/'))).text())
})
${listening}`
    const source = (text: string) => `export default { fetch: () => new Response('${text}') }`
    const files = { 'server.js': asked, 'app.js': source('one') }
    const hotHook = { boundaries: ['other/**'] }
    const app = new App(files, { node, hasParent: true, hotHook }).start()
    await app.output('at first one')
    app.save('app.js', source('two'))
    expect(await app.get()).toBe('two')
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  })

  it('without Hot Hook imports the app once', async () => {
    const source = `console.log('evaluated, hot is ' + import.meta.hot)\n${listener('one')}`
    const files = { 'server.js': server, 'app.js': source }
    const app = new App(files, { node, nodeArguments: [] }).start()
    expect(await app.get()).toBe('one')
    app.save('app.js', listener('two'))
    expect(await app.get()).toBe('one')
    expect(app.stdout.match(/evaluated.*/g)).toEqual(['evaluated, hot is undefined'])
    expect(app.stderr).toBe('')
  })

  it('without Hot Hook lets a load that fails end the process, as the import() would', async () => {
    const files = { 'server.js': server, 'app.js': 'throw new Error("no database")' }
    const app = new App(files, { node, nodeArguments: [] }).start()
    await app.get().catch(() => undefined)
    expect(await app.exit()).toBe(1)
    expect(app.stderr).toContain('Error: no database')
  })

  it('says clearly what it expects, and who mounts what', async () => {
    const wrong = `import { hot } from 'hot-hook'
for (const wrong of [undefined, import('./app.js'), './app.js']) {
  try { hot.handler(wrong) } catch (error) { console.log(String(error)) }
}
try { hot.handler(() => import('./app.js'))({ headers: {} }, () => {}) } catch (error) { console.log(String(error)) }
console.log('done')`
    const app = new App({ 'server.js': wrong, 'app.js': listener('one') }, { node }).start()
    await app.output('done')
    const expected =
      "hot.handler() expects a function that imports the app, () => import('./app.js'), got"
    expect(app.stdout.trim().split('\n')).toEqual([
      `TypeError: ${expected} undefined`,
      expect.stringContaining(`TypeError: ${expected} Promise {`),
      `TypeError: ${expected} './app.js'`,
      'TypeError: hot.handler() got no response of node:http: Koa mounts hot.handler(…).koa, ' +
        'Fastify hot.handler(…).fastify, and Hono hot.handler(…).fetch',
      'done',
    ])
  })
})

describe.each(nodeMajors)('a request right after a save, Node %s', (node) => {
  const saves = Array.from({ length: 20 }, (_, index) => `save ${index}`)

  it('waits for an update that a module of the app accepts', async () => {
    const accepting = `import { text } from './part.js'
export default (request, response) => response.end(text)
import.meta.hot?.accept('./part.js', async () => {
  await new Promise((resolve) => setImmediate(resolve))
})`
    const part = (text: string) => `export const text = '${text}'`
    const files = { 'server.js': server, 'app.js': accepting, 'part.js': part('first') }
    const app = new App(files, { node }).start()
    expect(await app.get()).toBe('first')
    for (const text of saves) {
      app.save('part.js', part(text))
      expect(await app.get()).toBe(text)
    }
  })

  it('waits for the update of an app that the server accepts', async () => {
    const accepting = server
      .replace('import { hot }', "import app from './app.js'\nimport { hot }")
      .replace("import('./app.js')", 'app')
    const files = {
      'server.js': `${accepting}\nimport.meta.hot?.accept('./app.js')`,
      'app.js': listener('first'),
    }
    const app = new App(files, { node, hasParent: true }).start()
    expect(await app.get()).toBe('first')
    for (const text of saves) {
      app.save('app.js', listener(text))
      expect(await app.get()).toBe(text)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  })

  it('gets the saved code though its connection is in front of the watcher in the queue', async () => {
    const busy = `import http from 'node:http'
import { hot } from 'hot-hook'
const handler = hot.handler(() => import('./app.js'))
const server = http.createServer((request, response) => {
  if (request.url !== '/other') return handler(request, response)
  response.end('other')
  // What is saved and asked meanwhile is all there when the event loop turns, without having waited.
  const end = performance.now() + 15
  while (performance.now() < end);
})
${listening}`
    const app = new App({ 'server.js': busy, 'app.js': listener('first') }, { node }).start()
    expect(await app.get()).toBe('first')
    for (const text of saves) {
      expect(await app.get('/other')).toBe('other')
      app.save('app.js', listener(text))
      expect(await app.get()).toBe(text)
    }
  })

  it('waits without a watcher too', async () => {
    const part = (text: string) => `export const text = '${text}'`
    const accepting = `import { text } from './part.js'
export default (request, response) => response.end(text)
import.meta.hot?.accept('./part.js')`
    const files = { 'server.js': server, 'app.js': accepting, 'part.js': part('first') }
    const app = new App(files, { node, hotHook: { watch: false } }).start()
    expect(await app.get()).toBe('first')
    for (const text of saves) {
      app.save('part.js', part(text))
      expect(await app.get()).toBe(text)
    }
  })
})
