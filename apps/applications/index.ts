import { adonisjs } from './adonisjs.ts'
import type { Application } from './application.ts'
import { express } from './express.ts'
import { fastify } from './fastify.ts'
import { feathers } from './feathers.ts'
import { koa } from './koa.ts'
import { nests } from './nest.ts'
import { viteSsr } from './vite.ts'

export const applications: Application[] = [
  express,
  koa,
  fastify,
  ...nests,
  feathers,
  viteSsr,
  ...adonisjs,
]
