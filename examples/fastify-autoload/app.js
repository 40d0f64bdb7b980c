import { join } from 'node:path'
import autoload from '@fastify/autoload'
import Fastify from 'fastify'

/** The application, ready, with every plugin of plugins/ and every route of routes/. */
export async function build() {
  const app = Fastify({ forceCloseConnections: true })
  app.register(autoload, { dir: join(import.meta.dirname, 'plugins') })
  app.register(autoload, { dir: join(import.meta.dirname, 'routes') })
  await app.ready()
  return app
}

// A file that comes or goes is a change, too.
import.meta.hot?.watch('./plugins/')
import.meta.hot?.watch('./routes/')
