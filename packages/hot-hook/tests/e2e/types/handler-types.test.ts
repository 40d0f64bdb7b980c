import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { typeErrors } from '../../harness/type-errors.ts'

/** The packages of this test, which are installed with Hot Hook's own. */
const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const typeRoots = [fileURLToPath(new URL('../../../../../node_modules/@types', import.meta.url))]
const withNode = { types: ['node'], typeRoots }

const app = 'export default () => {}'

it('hot.handler is what node:http, node:http2 and every framework mount', () => {
  const source = `import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { serve } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { hot, type HotHandler } from 'hot-hook'
import Koa from 'koa'

const handler: HotHandler = hot.handler(() => import('./app.js'))
hot.handler(async () => (await import('./app.js')).default)
hot.handler(() => handler)

http.createServer(handler).on('request', handler)
https.createServer({}, handler)
http2.createSecureServer({}, handler)

express().use(handler).use('/path', handler).get('/', handler)
express.Router().all('/{*path}', handler)
new Koa().use(handler.koa)
const fastify = Fastify()
fastify.all('/*', handler.fastify)
fastify.route({ method: 'GET', url: '/', handler: handler.fastify })
new Hono().mount('/path', handler.fetch)
serve({ fetch: handler.fetch, port: 0 })
const response: Response = await handler.fetch(new Request('http://localhost/'))
response.status.toFixed()

// @ts-expect-error: a function imports the app
hot.handler(import('./app.js'))
// @ts-expect-error: nor is that its path
hot.handler('./app.js')
// @ts-expect-error: Koa mounts handler.koa
new Koa().use(handler)
// @ts-expect-error: and Fastify handler.fastify
fastify.all('/*', handler)
// @ts-expect-error: and Hono handler.fetch
new Hono().mount('/path', handler)
`
  const options = { ...withNode, skipLibCheck: true }
  expect(typeErrors({ 'server.ts': source, 'app.ts': app }, options, installed)).toBe('')
})

it('all declarations that the package has are whole, and need no types of a framework', () => {
  const source = `import { hot } from 'hot-hook'
import { failureOf } from 'hot-hook/protocol'
import 'hot-hook/register'
import 'hot-hook/import-meta'

const handler = hot.handler(() => import('./app.js'))
hot.on('error', ({ error }) => failureOf(error).message)
handler({ headers: {} }, { destroyed: false, writableEnded: false, getHeader() {}, writeHead() {}, end() {}, once() {} })
hot.graph()[0]?.imports[0]?.kinds.includes('static')
`
  const files = { 'server.ts': source, 'app.ts': app }
  expect(typeErrors(files, { ...withNode, skipLibCheck: false })).toBe('')
})
