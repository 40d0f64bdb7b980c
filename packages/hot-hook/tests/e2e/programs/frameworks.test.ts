import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { io } from 'socket.io-client'
import { describe, expect, it } from 'vitest'
import { applyAdvice } from '../../harness/advice.ts'
import { App } from '../../harness/app.ts'
import { freePort } from '../../harness/free-port.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** The packages of this test, which are installed with Hot Hook's own. */
const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url))

interface Framework {
  /** As its manual writes it, with the port from the environment. */
  server: string
  /** What is saved: it says 'one'. */
  app: string
  /** The lines that the manual of Hot Hook gives, where none can be told. */
  hot?: (server: string) => string
  /** How to ask for what it says. */
  ask?: (port: number) => Promise<string>
  /** Its row in the table of the manual, '' where it has none. Default: its name. */
  row?: string
}

const frameworks: Record<string, Framework> = {
  'node:http': {
    row: 'node:http, Express, Yoga …',
    server: `import http from 'node:http'
import app from './app.js'
http.createServer(app).listen(process.env.PORT)
`,
    app: "export default (request, response) => response.end('one')",
  },
  'Express 5': {
    server: `import app from './app.js'

app.listen(process.env.PORT, () => {
  console.log('listening')
})
`,
    app: `import express from 'express'
const app = express()
app.get('/', (request, response) => response.send('one'))
export default app`,
  },
  'Express 5, createApp()': {
    row: 'Express 5, `createApp()`',
    server: `import { createApp } from './app.js'

const app = createApp()
app.listen(process.env.PORT, () => console.log('listening'))
`,
    app: `import express from 'express'
export function createApp() {
  const app = express()
  app.get('/', (request, response) => response.send('one'))
  return app
}`,
  },
  'Express 5, a router': {
    server: `import express from 'express'
import router from './app.js'

const app = express()
app.use('/', router)
app.listen(process.env.PORT)
`,
    app: `import { Router } from 'express'
const router = Router()
router.get('/', (request, response) => response.send('one'))
export default router`,
  },
  'Express 5, a controller': {
    server: `import express from 'express'
import * as controller from './app.js'

const app = express()
app.get('/', controller.index)
app.listen(process.env.PORT)
`,
    app: "export async function index(request, response) { response.send('one') }",
  },
  'Express 5, a handler of errors': {
    row: '',
    server: `import express from 'express'
import handler from './app.js'

const app = express()
app.get('/', () => { throw new Error() })
app.use(handler)
app.listen(process.env.PORT)
`,
    app: "export default (error, request, response, next) => response.send('one')",
    hot: (server) =>
      server
        .replace(
          'app.use(handler)',
          'app.use((error, request, response, next) => handler(error, request, response, next))',
        )
        .replace("'./app.js'\n", "'./app.js'\nimport.meta.hot?.accept('./app.js')\n"),
  },
  'Fastify 5': {
    server: `import { app } from './app.js'

await app.listen({ port: process.env.PORT })
`,
    app: `import Fastify from 'fastify'
export const app = Fastify()
app.register(async (routes) => { routes.get('/', async () => 'one') })`,
  },
  'Fastify 5, build()': {
    row: '',
    server: `import build from './app.js'

const fastify = await build()
await fastify.listen({ port: process.env.PORT })
`,
    app: `import Fastify from 'fastify'
export default async function build() {
  const fastify = Fastify()
  fastify.get('/', async () => { return 'one' })
  return fastify
}`,
  },
  'Fastify 5, a handler': {
    server: `import Fastify from 'fastify'
import { index } from './app.js'

const fastify = Fastify({ forceCloseConnections: true })
fastify.get('/', index)
await fastify.listen({ port: process.env.PORT })
`,
    app: "export const index = async (request, reply) => 'one'",
  },
  'Koa 3': {
    server: `import app from './app.js'
app.listen(process.env.PORT)
`,
    app: `import Koa from 'koa'
const app = new Koa()
app.use((context) => { context.body = 'one' })
export default app`,
  },
  Hono: {
    server: `import { serve } from '@hono/node-server'
import app from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT) })
`,
    app: `import { Hono } from 'hono'
const app = new Hono()
app.get('/', (context) => context.text('one'))
export default app`,
  },
  NestJS: {
    row: 'NestJS 12',
    server: `import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.js'

const app = await NestFactory.create(AppModule, { logger: false, forceCloseConnections: true })
await app.listen(process.env.PORT)
`,
    // As TypeScript compiles decorators.
    app: `import { Controller, Get, Module } from '@nestjs/common'
export class AppController { index() { return 'one' } }
Get()(AppController.prototype, 'index', Object.getOwnPropertyDescriptor(AppController.prototype, 'index'))
Controller()(AppController)
export class AppModule {}
Module({ controllers: [AppController] })(AppModule)`,
    hot: (server) => `${server}
import.meta.hot?.accept()
import.meta.hot?.dispose(() => app.close())
`,
  },
  tRPC: {
    row: 'tRPC 11',
    server: `import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { appRouter } from './app.js'

createHTTPServer({ router: appRouter }).listen(process.env.PORT)
`,
    app: `import { initTRPC } from '@trpc/server'
const t = initTRPC.create()
export const appRouter = t.router({ say: t.procedure.query(() => 'one') })`,
    ask: async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/say`)
      return ((await response.json()) as { result: { data: string } }).result.data
    },
  },
  'GraphQL Yoga': {
    row: 'GraphQL Yoga 5',
    server: `import { createServer } from 'node:http'
import { createYoga } from 'graphql-yoga'
import { schema } from './app.js'

const yoga = createYoga({ schema })
createServer(yoga).listen(process.env.PORT)
`,
    app: `import { createSchema } from 'graphql-yoga'
export const schema = createSchema({
  typeDefs: 'type Query { say: String }',
  resolvers: { Query: { say: () => 'one' } },
})`,
    ask: async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql?query={say}`)
      return ((await response.json()) as { data: { say: string } }).data.say
    },
  },
  ws: {
    row: 'ws, socket.io',
    server: `import { WebSocketServer } from 'ws'
import onConnection from './app.js'

const server = new WebSocketServer({ port: process.env.PORT })
server.on('connection', onConnection)
`,
    app: "export default (socket) => socket.send('one')",
    ask: (port) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}`)
        socket.onerror = () => reject(new Error('no socket'))
        socket.onmessage = ({ data }) => {
          socket.close()
          resolve(String(data))
        }
      }),
  },
  'socket.io': {
    row: 'ws, socket.io',
    server: `import { Server } from 'socket.io'
import { onConnection } from './app.js'

const io = new Server(Number(process.env.PORT))
io.on('connection', onConnection)
`,
    app: "export const onConnection = (socket) => socket.emit('say', 'one')",
    ask: (port) =>
      new Promise((resolve, reject) => {
        const socket = io(`http://127.0.0.1:${port}`, {
          transports: ['websocket'],
          reconnection: false,
        })
        socket.on('connect_error', reject)
        socket.on('say', (text: string) => {
          socket.close()
          resolve(text)
        })
      }),
  },
  'a queue worker': {
    row: 'a queue worker (fastq)',
    server: `import http from 'node:http'
import fastq from 'fastq'
import job from './app.js'

const queue = fastq.promise(job, 1)
http
  .createServer(async (request, response) => response.end(await queue.push('x')))
  .listen(process.env.PORT)
`,
    app: "export default async (task) => 'one'",
  },
}

/** What was seen on any Node, by row of the manual's table. */
const seen = new Map<string, { lines: number; freshMs: number[] }>()
/** How many saves are measured, when the table is to be written. */
const measured = process.env.UPDATE_FRAMEWORKS ? 15 : 0

describe.each(nodeMajors)('frameworks on Node %s', (node) => {
  it.each(Object.entries(frameworks))(
    '%s is hot with the lines of the manual',
    async (name, given) => {
      const { server, app: source, hot } = given
      const port = await freePort()
      const start = (entry: string) =>
        new App(
          { 'server.js': entry, 'app.js': source },
          { node, hasParent: true, packagesFrom: installed, env: { PORT: String(port) } },
        ).start()
      const says = (app: App, text: string) =>
        app.until(text, async () => {
          const ask = given.ask ?? (async () => (await app.request('/', port)).body)
          return (await ask(port).catch(() => undefined)) === text
        })
      const app = start(server)
      await says(app, 'one')
      app.save('app.js', source.replace("'one'", "'two'"))
      const { advice } = (await app.message('hot-hook:full-reload')) as { advice: string }
      await app.dispose()

      const applied = hot ? hot(server) : applyAdvice(server, advice)
      const running = start(applied)
      await says(running, 'one')
      for (const text of ['two', 'three', 'four']) {
        running.save('app.js', source.replace("'one'", `'${text}'`))
        await says(running, text)
      }
      expect(running.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
      expect(running.stderr.match(/could not be|warning/gi)).toBeNull()
      const row = rowOf(given.row ?? name)
      row.lines = Math.max(row.lines, writtenLines(server, applied))
      for (let count = 0; count < measured; count++) {
        const startedAt = performance.now()
        running.save('app.js', source.replace("'one'", `'${count}'`))
        await says(running, String(count))
        row.freshMs.push(performance.now() - startedAt)
      }
    },
  )
})

describe('the table of the manual', () => {
  const page = fileURLToPath(new URL('../../../../../docs/frameworks.md', import.meta.url))
  const table = /(?<=\| lines \| save → fresh \|\n\|[-|]+\|\n)(?:\|.*\n)+/

  it('says how many lines are written; UPDATE_FRAMEWORKS=1 writes it, with what a save takes', () => {
    const text = readFileSync(page, 'utf8')
    const rows = (table.exec(text)?.[0] ?? '').trimEnd().split('\n').map(cellsOf)
    for (const [name, { lines, freshMs }] of seen) {
      const row = rows.find(([first]) => first === name)
      if (measured > 0 && row) row.splice(3, 2, String(lines), `${median(freshMs).toFixed(0)} ms`)
      expect(row?.[3], name).toBe(String(lines))
    }
    const written = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
    if (measured > 0)
      writeFileSync(
        page,
        text.replace(table, () => written),
      )
  })
})

function cellsOf(row: string): string[] {
  return row.slice(2, -2).split(' | ')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function rowOf(name: string): { lines: number; freshMs: number[] } {
  const row = seen.get(name) ?? { lines: 0, freshMs: [] }
  if (name !== '') seen.set(name, row)
  return row
}

/** How many lines are new, or other than they were. */
function writtenLines(before: string, after: string): number {
  const known = before.split('\n')
  return after.split('\n').filter((line) => {
    const at = line === '' ? 0 : known.indexOf(line)
    if (line !== '' && at >= 0) known.splice(at, 1)
    return at < 0
  }).length
}
