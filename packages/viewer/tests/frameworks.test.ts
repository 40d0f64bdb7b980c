import { describe, expect, test } from 'vitest'
import { appWithViewer, viewerAddress } from './support/apps.ts'

const html = '<!doctype html><html><head><title>shop</title></head><body>shop</body></html>'
const listening = `console.log('listening on ' + port)`

const servers: Record<string, { source: string; packages: string[] }> = {
  'node:http': {
    packages: [],
    source: `import http from 'node:http'
import { refresh, viewer } from '@hot-hook/viewer'
const [renew, graph] = [refresh(), viewer()]
const server = http.createServer((request, response) => {
  if (renew(request, response)) return
  if (request.url.startsWith('/graph')) return graph(request, response)
  response.setHeader('content-type', 'text/html')
  response.end(${JSON.stringify(html)})
}).listen(0, '127.0.0.1', () => { const { port } = server.address(); ${listening} })
`,
  },
  Express: {
    packages: ['express'],
    source: `import express from 'express'
import { refresh, viewer } from '@hot-hook/viewer'
const app = express()
app.use(refresh())
app.get('/graph', viewer())
app.get('/', (request, response) => response.send(${JSON.stringify(html)}))
const server = app.listen(0, '127.0.0.1', () => { const { port } = server.address(); ${listening} })
`,
  },
  Fastify: {
    packages: ['fastify'],
    source: `import fastify from 'fastify'
import { refresh, viewer } from '@hot-hook/viewer'
const app = fastify()
app.addHook('onRequest', refresh())
app.get('/graph', viewer())
app.get('/', (request, reply) => reply.type('text/html').send(${JSON.stringify(html)}))
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address()
${listening}
`,
  },
  Koa: {
    packages: ['koa'],
    source: `import Koa from 'koa'
import { refresh, viewer } from '@hot-hook/viewer'
const app = new Koa()
const graph = viewer()
app.use(refresh())
app.use((context) => {
  if (context.path === '/graph') return graph(context)
  context.type = 'html'
  context.body = ${JSON.stringify(html)}
})
const server = app.listen(0, '127.0.0.1', () => { const { port } = server.address(); ${listening} })
`,
  },
  Hono: {
    packages: ['hono', '@hono/node-server'],
    source: `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { refresh, viewer } from '@hot-hook/viewer'
const app = new Hono()
app.use(refresh())
app.get('/graph', viewer())
app.get('/', (context) => context.html(${JSON.stringify(html)}))
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => ${listening})
`,
  },
}

describe.for(Object.entries(servers))('%s', ([, { source, packages }]) => {
  test('serves the graph, and its pages renew themselves', async () => {
    const app = appWithViewer({ 'server.js': source }, {}, packages).start()
    const page = await app.request('/')
    expect(page.status).toBe(200)
    const tag = /<script src="(.*?)" data-since="\d+" async><\/script><\/head>/.exec(page.body)
    expect(page.body.replace(tag?.[0] ?? '', '</head>')).toBe(html)

    const script = await app.request(tag?.[1]?.replaceAll('&amp;', '&'))
    expect(script).toMatchObject({ status: 200, body: expect.stringContaining('EventSource') })

    const address = await viewerAddress(app)
    const path = address.slice(address.indexOf('/graph'))
    expect((await app.request(path)).body).toContain('<div id="app">')
    const graph = JSON.parse(await app.get(`${path}&view=graph`)) as { files: { path: string }[] }
    expect(graph.files.map((file) => file.path)).toContain('server.js')
    expect(app.stderr).not.toMatch(/error/i)
    // It goes on after all that.
    expect((await app.request('/')).status).toBe(200)
  })
})
