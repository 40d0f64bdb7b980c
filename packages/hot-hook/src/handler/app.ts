import { show } from '../log/show.ts'
import { ownModule } from '../node/own-module.ts'
import type { Fetch, NodeListener } from './types.ts'

export type Method = (...given: unknown[]) => unknown

/** What a module has as its app: the default export, also of compiled CommonJS, or what it is itself; or a promise of it. */
export function appOf(loaded: unknown): unknown {
  const { default: app } = loaded !== null && typeof loaded === 'object' ? asRecord(loaded) : {}
  if (app === undefined || app === null) return loaded
  const { __esModule: isCompiled, default: compiled } = asRecord(app)
  return isCompiled === true && compiled !== undefined ? compiled : app
}

/** An app as a listener of node:http. */
export function listenerOf(app: unknown): NodeListener | Promise<NodeListener> {
  if (typeof app === 'function') return app as NodeListener
  const routing = methodOf(app, 'routing')
  const ready = methodOf(app, 'ready')
  if (routing && ready) return Promise.resolve(ready()).then(() => routing as NodeListener)
  const callback = methodOf(app, 'callback')
  if (callback) return callback() as NodeListener
  const fetch = methodOf(app, 'fetch')
  if (fetch)
    return ownModule
      .import<typeof import('./fetch-listener.ts')>('./fetch-listener.js')
      .then((loaded) => loaded.listenerOfFetch(fetch as Fetch))
  throw unusable(
    app,
    'a function (request, response), an Express, Koa or Fastify app, or an object with fetch(request)',
  )
}

/** An app as Koa middleware. */
export function koaMiddlewareOf(app: unknown): Method {
  if (typeof app === 'function') return app as Method
  const routes = methodOf(app, 'routes')
  if (routes) return routes() as Method
  const compose = methodOf(app, 'compose')
  if (compose) return compose(asRecord(app).middleware) as Method
  throw unusable(app, 'Koa middleware, a router with routes(), or a Koa application')
}

/** An app as the handler of a Fastify route. */
export function fastifyHandlerOf(app: unknown): Method {
  if (typeof app === 'function') return app as Method
  throw unusable(app, 'the handler of a Fastify route, a function (request, reply)')
}

/** An app as a function from `Request` to `Response`. */
export function fetchOf(app: unknown): Fetch {
  const fetch = methodOf(app, 'fetch')
  if (fetch) return fetch as Fetch
  if (typeof app === 'function') return app as Fetch
  throw unusable(app, 'an object with fetch(request), or that function')
}

function methodOf(app: unknown, name: string): Method | undefined {
  if (app === null || (typeof app !== 'object' && typeof app !== 'function')) return undefined
  const method = asRecord(app)[name]
  return typeof method === 'function' ? method.bind(app) : undefined
}

function asRecord(value: unknown): Record<string, unknown> {
  return Object(value) as Record<string, unknown>
}

function unusable(app: unknown, expected: string): TypeError {
  const isModule = Object.prototype.toString.call(app) === '[object Module]'
  const given = isModule ? `only ${Object.keys(Object(app)).join(', ') || 'nothing'}` : show(app)
  return new TypeError(
    `hot.handler() expects the module's default export to be ${expected}; it exports ${given}`,
  )
}
