import { IncomingMessage, ServerResponse } from 'node:http'

/** A request and its response, however the framework hands them over. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  /** It is not ours: what the handler returns then. */
  passOn(): unknown
  /** We answer it ourselves: what the handler returns then. */
  take(): unknown
}

/**
 * What node:http, Express, Connect (`request, response, next`), Fastify (`request, reply, done`), Koa
 * (`context, next`) or Hono on Node (`context, next`) call a handler with.
 *
 * @throws TypeError for anything else
 */
export function exchangeOf(args: readonly unknown[]): Exchange {
  const [first, second, third] = args
  if (first instanceof IncomingMessage && second instanceof ServerResponse) {
    return exchange(first, second, third)
  }
  const fastify = rawPair(field(first, 'raw'), field(second, 'raw'))
  if (fastify) {
    return {
      ...exchange(fastify.request, fastify.response, third),
      take: () => {
        call(second, 'hijack')
        return second
      },
    }
  }
  const koa = rawPair(field(first, 'req'), field(first, 'res'))
  if (koa) {
    return {
      ...exchange(koa.request, koa.response, second),
      take: () => {
        Object.assign(first as object, { respond: false })
      },
    }
  }
  const env = field(first, 'env')
  const hono = rawPair(field(env, 'incoming'), field(env, 'outgoing'))
  if (hono) {
    return {
      ...exchange(hono.request, hono.response, second),
      take: () => new Response(null, { headers: { 'x-hono-already-sent': 'true' } }),
    }
  }
  throw new TypeError(
    'This handler takes what node:http, Express, Fastify, Koa or Hono (on @hono/node-server) call it with.',
  )
}

function exchange(request: IncomingMessage, response: ServerResponse, next: unknown): Exchange {
  return {
    request,
    response,
    passOn: () => (typeof next === 'function' ? next() : undefined),
    take: () => undefined,
  }
}

function rawPair(
  request: unknown,
  response: unknown,
): { request: IncomingMessage; response: ServerResponse } | undefined {
  const isPair = request instanceof IncomingMessage && response instanceof ServerResponse
  return isPair ? { request, response } : undefined
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function call(value: unknown, name: string): void {
  const method = field(value, name)
  if (typeof method === 'function') method.call(value)
}
