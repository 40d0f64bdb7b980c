/** What an application is built with. */
export type Framework = 'express' | 'fastify' | 'nest'

/** The packages that its entry imports. */
export const frameworkPackages: Record<Framework, string[]> = {
  express: ['express'],
  fastify: ['fastify'],
  nest: ['reflect-metadata', '@nestjs/core', '@nestjs/common', '@nestjs/platform-express', 'rxjs'],
}

const imports: Record<Framework, string> = {
  express: `import express from 'express'`,
  fastify: `import fastify from 'fastify'`,
  nest: `import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { Controller, Get, Module } from '@nestjs/common'`,
}

const servers: Record<Framework, string> = {
  express: `const server = express()
server.get('/', (request, response) => response.json(state()))
server.listen(port, '127.0.0.1', ready)`,
  fastify: `const server = fastify()
server.get('/', async () => state())
await server.listen({ port, host: '127.0.0.1' })
ready()`,
  // As the compiler writes decorators.
  nest: `class StateController {
  state() {
    return state()
  }
}
const descriptor = Object.getOwnPropertyDescriptor(StateController.prototype, 'state')
Get()(StateController.prototype, 'state', descriptor)
Controller()(StateController)
class ServerModule {}
Module({ controllers: [StateController] })(ServerModule)
const server = await NestFactory.create(ServerModule, { logger: false })
await server.listen(port, '127.0.0.1')
ready()`,
}

/** An unmodified application: its entry imports everything statically and answers `/` as other programs do. */
export function frameworkEntry(framework: Framework, version = 0): string {
  return `${imports[framework]}
import app from './app.js'

const entry = ${version}
const port = Number(process.env.PORT)
globalThis.instance ??= process.pid + '-' + performance.timeOrigin
const state = () => ({ value: app(), evaluated: globalThis.evaluated, instance, entry })
const ready = () => console.log('ready ' + process.pid)

${servers[framework]}
`
}
