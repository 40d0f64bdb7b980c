// What is asked of Node and of the frameworks is named here by shape: their types need not be installed.

/** A request of `node:http` or `node:http2`. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: { readonly [name: string]: string | string[] | undefined }
}

/** A response of `node:http` or `node:http2`. */
export interface NodeResponse {
  readonly destroyed: boolean
  readonly writableEnded: boolean
  getHeader(name: string): unknown
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
  once(event: 'close', listener: () => void): unknown
}

/** Koa's context. */
export interface KoaContext {
  readonly req: NodeRequest
  readonly res: NodeResponse
  status: number
  body: unknown
  set(headers: Record<string, string>): void
}

/** Fastify's request. */
export interface FastifyRequest {
  readonly raw: NodeRequest
}

/** Fastify's reply. */
export interface FastifyReply {
  readonly raw: NodeResponse
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  send(payload?: unknown): unknown
}

/** Calls the next middleware; given an error, the next that handles errors. */
export type Next = (error?: unknown) => void

/**
 * The latest app, to be mounted. Itself it is a listener of `node:http` and middleware of Express: the
 * app is a function `(request, response, next)` such as an Express app or router, a Koa application, a
 * Fastify instance or an object with `fetch`.
 */
export interface HotHandler {
  (request: NodeRequest, response: NodeResponse, next?: Next): void
  /** Koa middleware: the app is Koa middleware, a router with `routes()` or a Koa application. */
  readonly koa: (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>
  /** The handler of a Fastify route: the app is one, `(request, reply)`. */
  readonly fastify: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
  /**
   * From a `Request` to a `Response`, as Hono and other servers mount it: the app has `fetch`, or is a
   * function that does that. What comes after the request is handed on.
   */
  readonly fetch: (request: Request, ...more: unknown[]) => Promise<Response>
}

/** An app as a listener of `node:http`. */
export type NodeListener = (request: NodeRequest, response: NodeResponse, next?: Next) => unknown

/** An app as a function from `Request` to `Response`. */
export type Fetch = (request: Request, ...more: unknown[]) => unknown
