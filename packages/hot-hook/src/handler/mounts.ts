import type { ModuleNode } from '../graph/module-graph.ts'
import { coded } from '../log/codes.ts'
import { show } from '../log/show.ts'
import { messageOf } from '../log/thrown.ts'
import { ownModule } from '../node/own-module.ts'
import type { Visits } from '../runtime/visits.ts'
import { fastifyHandlerOf, fetchOf, koaMiddlewareOf, listenerOf } from './app.ts'
import type { Answer, Asked } from './error-answer.ts'
import type { FailedLoad } from './error-report.ts'
import { Latest, type LatestHost, type Served } from './latest.ts'
import type {
  FastifyReply,
  FastifyRequest,
  Fetch,
  HotHandler,
  KoaContext,
  Next,
  NodeListener,
  NodeRequest,
  NodeResponse,
} from './types.ts'

export interface MountsHost extends LatestHost {
  readonly visits: Visits
  /** Calls `told` with every error of an update from now on. */
  onError(told: (error: unknown, file: string) => void): void
  /**
   * What is known of an error with which the app could not be loaded.
   *
   * @param file in which it happened, as far as that was said
   * @param app the module that was imported
   */
  failedLoad(error: unknown, file: string | undefined, app: ModuleNode | undefined): FailedLoad
  /** Says an error that nobody has said. */
  failed(load: FailedLoad): void
}

/** By which the page of an error asks whether it still holds. */
const pageHeader = 'hot-hook-error'
const healed: Answer = { status: 200, headers: { 'cache-control': 'no-store' }, body: '' }

/** What is done with an app, or with the error of its load. */
interface Uses<T, R> {
  use(served: Served<T>): R | Promise<R>
  reply(answer: Answer): R | Promise<R>
}

/**
 * What `hot.handler` gives for one app.
 *
 * @throws TypeError when `load` is no function
 */
export function createHandler(host: MountsHost, load: () => unknown): HotHandler {
  if (typeof load !== 'function') {
    const expected = "a function that imports the app, () => import('./app.js')"
    const message = `hot.handler() expects ${expected}, got ${show(load)}`
    throw coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
  }
  const mounts = new Mounts(host, load)
  return Object.assign(mounts.listener(), {
    koa: mounts.koa(),
    fastify: mounts.fastify(),
    fetch: mounts.fetch(),
  })
}

class Mounts {
  readonly #host: MountsHost
  readonly #load: () => unknown
  /** The errors that have been said since the app could be loaded, and the file of each. */
  readonly #told = new Map<string, string>()
  /** There may be pages of errors. */
  #hasFailed = false

  constructor(host: MountsHost, load: () => unknown) {
    this.#host = host
    this.#load = load
    host.onError((error, file) => this.#told.set(messageOf(error), file))
  }

  listener(): NodeListener {
    const latest = this.#latest(listenerOf)
    return (request, response, next) => {
      assertResponse(response)
      // All that most requests pay: each call more shows, as they come seldom enough to find cold caches.
      const served = this.#hasFailed ? undefined : latest.now
      if (served === undefined) return this.#wait(latest, request, response, next)
      const result = served.run(request, response, next)
      if (!response.writableEnded) this.#enter(served.roots, request, response)
      return result
    }
  }

  #wait(
    latest: Latest<NodeListener>,
    request: NodeRequest,
    response: NodeResponse,
    next: Next | undefined,
  ): unknown {
    const listen = () => this.#listen(latest, request, response, next)
    if (this.#host.isHeard) return listen()
    // As if it had come a moment later.
    setImmediate(() => (next ? passErrors(listen, next) : listen()))
    return undefined
  }

  #listen(
    latest: Latest<NodeListener>,
    request: NodeRequest,
    response: NodeResponse,
    next: Next | undefined,
  ): unknown {
    const served = latest.getHeard()
    // Node makes the headers when they are first asked for.
    const isPage = this.#hasFailed && request.headers[pageHeader] !== undefined
    if (!(served instanceof Promise) && !isPage) {
      const result = served.run(request, response, next)
      this.#enter(served.roots, request, response)
      return result
    }
    const done = this.#serve(latest, served, () => askedOf(request), {
      use: ({ roots, run }) => {
        // Its client has not waited.
        if (response.destroyed) return
        this.#enter(roots, request, response)
        return run(request, response, next)
      },
      reply: (answer) => {
        response.writeHead(answer.status, answer.headers)
        response.end(answer.body)
      },
    })
    return next ? done.catch(next) : done
  }

  koa(): HotHandler['koa'] {
    const latest = this.#latest(koaMiddlewareOf)
    return (context: KoaContext, next: () => Promise<unknown>) =>
      this.#serve(latest, latest.get(), () => askedOf(context.req), {
        use: ({ roots, run }) => {
          this.#enter(roots, context.req, context.res)
          return run(context, next)
        },
        reply: ({ status, headers, body }) => {
          context.status = status
          context.set(headers)
          context.body = body
        },
      })
  }

  fastify(): HotHandler['fastify'] {
    const latest = this.#latest(fastifyHandlerOf)
    const serve = this.#serve.bind(this)
    const enter = this.#enter.bind(this)
    return function (this: unknown, request: FastifyRequest, reply: FastifyReply) {
      return serve(latest, latest.get(), () => askedOf(request.raw), {
        use: ({ roots, run }) => {
          enter(roots, request.raw, reply.raw)
          const result = run.call(this, request, reply)
          // It will answer with the reply, which can be awaited.
          return result === undefined ? reply : result
        },
        reply: ({ status, headers, body }) => {
          reply.code(status)
          reply.headers(headers)
          return reply.send(body)
        },
      })
    }
  }

  fetch(): HotHandler['fetch'] {
    const latest = this.#latest(fetchOf)
    return (request: Request, ...more: unknown[]) =>
      this.#serve<Fetch, Response>(latest, latest.get(), () => askedOfFetch(request), {
        use: ({ roots, run }) => {
          const node = nodeObjects(more[0])
          if (node) this.#enter(roots, node.incoming, node.outgoing)
          const response = Promise.resolve(run(request, ...more) as Response)
          const isInside = this.#host.isRunning && !node
          return isInside ? this.#host.visits.during(roots, response) : response
        },
        reply: ({ status, headers, body }) => new Response(body || null, { status, headers }),
      })
  }

  /** A request has gone into an app. */
  #enter(...visit: Parameters<Visits['enter']>): void {
    if (this.#host.isRunning) this.#host.visits.enter(...visit)
  }

  #latest<T>(prepare: (app: unknown) => T | Promise<T>): Latest<T> {
    return new Latest(this.#host, this.#load, prepare)
  }

  async #serve<T, R>(
    latest: Latest<T>,
    given: Served<T> | Promise<Served<T>>,
    ask: () => Asked,
    { use, reply }: Uses<T, R>,
  ): Promise<R> {
    let served: Served<T>
    try {
      served = await given
    } catch (error) {
      if (!this.#host.isRunning) throw error
      return reply(await this.#answer(error, latest.imported, ask()))
    }
    this.#told.clear()
    const isPage = this.#hasFailed && ask().page !== undefined
    return isPage ? reply(healed) : use(served)
  }

  async #answer(error: unknown, imported: ReadonlySet<ModuleNode>, asked: Asked): Promise<Answer> {
    this.#hasFailed = true
    const message = messageOf(error)
    const [app] = imported
    const load = this.#host.failedLoad(error, this.#told.get(message), app)
    // Most have been said by now, or are about to be.
    setImmediate(() => {
      if (!this.#told.has(message)) this.#host.failed(load)
    })
    const { answerOf } =
      await ownModule.import<typeof import('./error-answer.ts')>('./error-answer.js')
    return answerOf(load, asked)
  }
}

function passErrors(listen: () => unknown, next: Next): void {
  try {
    const result = listen()
    if (result instanceof Promise) result.catch(next)
  } catch (error) {
    next(error)
  }
}

function assertResponse(response: unknown): void {
  if (typeof (response as NodeResponse | undefined)?.writeHead === 'function') return
  const message =
    'hot.handler() got no response of node:http: Koa mounts hot.handler(…).koa, Fastify ' +
    'hot.handler(…).fastify, and Hono hot.handler(…).fetch'
  throw coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
}

function askedOf({ method = 'GET', headers }: NodeRequest): Asked {
  const { accept = '', [pageHeader]: page } = headers
  return { method, accept: String(accept), page: page?.toString() }
}

function askedOfFetch({ method, headers }: Request): Asked {
  return { method, accept: headers.get('accept') ?? '', page: headers.get(pageHeader) ?? undefined }
}

interface NodeObjects {
  incoming: NodeRequest
  outgoing: NodeResponse
}

/** What servers of fetch apps on Node hand on. */
function nodeObjects(environment: unknown): NodeObjects | undefined {
  const { incoming, outgoing } = Object(environment) as Partial<NodeObjects>
  return incoming && outgoing && { incoming, outgoing }
}
