import { io } from 'socket.io-client'

/** An application as the manual of a framework writes it. */
export interface Framework {
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

/** By what the test calls them. */
export const frameworks: Record<string, Framework> = {
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
