import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** The packages of this test, which are installed with Hot Hook's own. */
const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url))

interface Mount {
  /** A server whose `/hot` is mounted from app.js, and whose `/` says 'home'. */
  server: string
  /** What is mounted: it says 'one'. */
  app: string
  /** Where it says that. */
  path?: string
}

const express = `import express from 'express'
import { hot } from 'hot-hook'

const app = express()
app.get('/', (request, response) => response.send('home'))
app.use('/hot', hot.handler(() => import('./app.js')))
app.use((error, request, response, next) => response.status(500).send('caught ' + error.message))
const server = app.listen(0, () => console.log('listening on ' + server.address().port))
`
const koa = `import Koa from 'koa'
import { hot } from 'hot-hook'

const app = new Koa()
app.use((context, next) => context.path === '/' ? (context.body = 'home') : next())
app.use(hot.handler(() => import('./app.js')).koa)
const server = app.listen(0, () => console.log('listening on ' + server.address().port))
`
const fastify = `import Fastify from 'fastify'
import { hot } from 'hot-hook'

const fastify = Fastify({ forceCloseConnections: true })
fastify.get('/', async () => 'home')
fastify.all('/hot', hot.handler(() => import('./app.js')).fastify)
await fastify.listen({ port: 0 })
console.log('listening on ' + fastify.server.address().port)
`
const hono = `import { Hono } from 'hono'
import { serve } from '@hono/node-server'
import { hot } from 'hot-hook'

const app = new Hono()
app.get('/', (context) => context.text('home'))
app.mount('/hot', hot.handler(() => import('./app.js')).fetch)
serve({ fetch: app.fetch, port: 0 }, ({ port }) => console.log('listening on ' + port))
`

const mounts: Record<string, Mount> = {
  'Express 5: middleware': {
    server: express,
    app: `export default async (request, response, next) => {
  if (request.query.throws) throw new Error('thrown')
  response.send('one')
}`,
  },
  'Express 5: a router': {
    server: express,
    app: `import { Router } from 'express'
export default Router().get('/', (request, response) => response.send('one'))`,
  },
  'Express 5: an app': {
    server: express,
    app: `import express from 'express'
export default express().get('/page', (request, response) => response.send('one'))`,
    path: '/hot/page',
  },
  'Koa 3: middleware': {
    server: koa,
    app: "export default async (context, next) => { await next(); context.body = 'one' }",
  },
  'Koa 3: an application': {
    server: koa,
    app: `import Koa from 'koa'
const app = new Koa()
app.use(async (context, next) => { await next(); context.body = context.state.text })
app.use((context) => { context.state.text = 'one' })
export default app`,
  },
  'Koa 3: a router': {
    server: koa,
    app: "export default { routes: () => (context) => { context.body = 'one' } }",
  },
  'Fastify 5: a handler': {
    server: fastify,
    app: "export default async (request, reply) => 'one'",
  },
  'Fastify 5: a handler that answers with the reply, later': {
    server: fastify,
    app: `export default function (request, reply) {
  if (this.server === undefined) throw new Error('called without its instance')
  setTimeout(() => reply.send('one'), 10)
}`,
  },
  'Hono: an app': {
    server: hono,
    app: `import { Hono } from 'hono'
export default new Hono().get('/', (context) => context.text('one'))`,
  },
  'Hono: an app that is served as it is': {
    server: `import { serve } from '@hono/node-server'
import { hot } from 'hot-hook'

const { fetch } = hot.handler(() => import('./app.js'))
serve({ fetch, port: 0 }, ({ port }) => console.log('listening on ' + port))
`,
    app: `import { Hono } from 'hono'
const app = new Hono()
app.get('/', (context) => context.text('home'))
app.get('/hot', (context) => context.text(context.env.incoming ? 'one' : 'without environment'))
export default app`,
  },
}

describe.each(nodeMajors)('what frameworks mount, Node %s', (node) => {
  it.each(Object.entries(mounts))('%s is always the latest', async (_, mount) => {
    const files = { 'server.js': mount.server, 'app.js': mount.app }
    const options = { node, hasParent: true, packagesFrom: installed }
    const app = new App(files, options).start()
    const path = mount.path ?? '/hot'
    expect(await app.get(path)).toBe('one')
    expect(await app.get('/')).toBe('home')
    for (const text of ['two', 'three', 'four']) {
      app.save('app.js', mount.app.replace("'one'", `'${text}'`))
      expect(await app.get(path)).toBe(text)
    }
    app.save('app.js', 'export default (')
    const { status, body } = await app.request(path)
    expect(status).toBe(500)
    expect(body).toContain('at app.js:1:')
    expect(await ask(app, path, { accept: 'text/html' })).toMatchObject({
      status: 500,
      type: 'text/html; charset=utf-8',
      policy: expect.stringContaining("default-src 'none'"),
    })
    app.save('app.js', mount.app.replace("'one'", "'healed'"))
    expect(await app.get(path)).toBe('healed')
    expect(await app.get('/')).toBe('home')
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    expect(app.stderr).not.toMatch(/warning|deprecat|internal error/i)
  })

  it.each(Object.entries(mounts))('%s is served without Hot Hook', async (_, mount) => {
    const files = { 'server.js': mount.server, 'app.js': mount.app }
    const app = new App(files, { node, nodeArguments: [], packagesFrom: installed }).start()
    expect(await app.get(mount.path ?? '/hot')).toBe('one')
    expect(await app.get('/')).toBe('home')
    app.save('app.js', 'export default (')
    expect(await app.get(mount.path ?? '/hot')).toBe('one')
  })

  it("an error of the app goes to Express's handler of errors, and a load's without Hot Hook", async () => {
    const source = mounts['Express 5: middleware']?.app ?? ''
    const files = { 'server.js': express, 'app.js': source }
    const options = { node, packagesFrom: installed }
    const app = new App(files, options).start()
    // The first request waits for the import, the second does not.
    for (const _ of [1, 2]) expect(await app.get('/hot?throws=1')).toBe('caught thrown')

    const broken = { 'server.js': express, 'app.js': "throw new Error('no database')" }
    const plain = new App(broken, { ...options, nodeArguments: [] }).start()
    expect(await plain.get('/hot')).toBe('caught no database')
    expect(await plain.get('/')).toBe('home')
  })
})

async function ask(app: App, path: string, headers: Record<string, string>) {
  const response = await fetch(`http://127.0.0.1:${await app.port()}${path}`, { headers })
  await response.text()
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    policy: response.headers.get('content-security-policy'),
  }
}
