import type { IncomingMessage, ServerResponse } from 'node:http'
import { hot } from 'hot-hook'
import { tokenFor } from '../access/token.ts'
import { followConnections, serverOf } from '../journal/closing-servers.ts'
import { exchangeOf } from '../served/exchange.ts'
import { checkOptions } from '../served/options.ts'
import { endWithServer } from '../served/server-end.ts'
import { hotSource, isHot } from '../sources/hot-source.ts'
import type { Handler } from '../viewer.ts'
import { inject } from './inject.ts'
import { RefreshView } from './refresh-view.ts'
import { currentRendering, followRendering } from './rendering.ts'
import { refreshVariable } from './runner-address.ts'
import { scriptTag } from './tag.ts'

/** What `refresh()` takes. */
export interface RefreshOptions {
  /** Names of this machine beside localhost by which a browser calls the application. Default: none. */
  hosts?: readonly string[]
  /** Put the script into HTML answers; `false`: `refreshTag()` is in the page. Default: true. */
  inject?: boolean
}

/** Where pages of the application ask; nothing of an application is called so. */
const path = '/__hot-hook/refresh'

let view: RefreshView | undefined
const adopted = new WeakSet<object>()

/**
 * A middleware that makes the pages of this process renew themselves: for node:http, Express, Fastify
 * (`app.addHook('onRequest', refresh())`), Koa and Hono on Node. It comes first. Where Hot Hook does not
 * run, in production, and under `hot-runner --refresh`, which does it by itself, it does nothing.
 *
 * ```ts
 * app.use(refresh())
 * ```
 *
 * @returns a handler that calls the next one; in node:http it returns whether it has answered
 * @throws TypeError that names the option that is wrong
 */
export function refresh(options: RefreshOptions = {}): Handler {
  checkOptions('refresh', options, { hosts: 'texts', inject: 'flag' })
  const hosts = (options.hosts ?? []).map((host) => host.toLowerCase())
  // From now on: a page that was made before something happens is told of it.
  view ??= newView(hosts)
  if (isHot()) followConnections()
  return (...args) => {
    const exchange = exchangeOf(args)
    const { request, response } = exchange
    const isPlain = args.length === 2 && args[0] === request
    if (!isHot() || process.env[refreshVariable] !== undefined) {
      return isPlain ? false : exchange.passOn()
    }
    adopt(request)
    if (isOwn(request)) {
      const taken = exchange.take()
      answer(request, response)
      return isPlain ? true : taken
    }
    const rendering = followRendering()
    if (options.inject !== false) {
      inject(request, response, {
        needs: { from: "'self'", usesWorker: true },
        tag: (nonce) => scriptTag(address(), rendering, rootDirectory(), nonce),
      })
    }
    return isPlain ? false : exchange.passOn()
  }
}

/**
 * The element that makes a page renew itself, for those who put it into their template; '' where Hot
 * Hook does not run, and in production.
 *
 * @param nonce of the content security policy of the page
 */
export function refreshTag({ nonce }: { nonce?: string } = {}): string {
  if (!isHot()) return ''
  const rendering = currentRendering() ?? {
    since: Date.now(),
    boundaries: new Set<string>(),
    isVague: true,
  }
  return scriptTag(process.env[refreshVariable] ?? address(), rendering, rootDirectory(), nonce)
}

function rootDirectory(): string {
  return hot.rootDirectory ?? process.cwd()
}

function token(): string {
  return tokenFor(rootDirectory(), 'refresh')
}

function address(): string {
  return `${path}?view=refresh&token=${token()}`
}

function newView(hosts: readonly string[]): RefreshView {
  const made = new RefreshView({ source: hotSource, rules: { hosts }, rootDirectory, token })
  // Pages of the process before this one are old. Not since this one was started: it may have waited in standby.
  made.changes.restarted(Date.now())
  return made
}

function isOwn({ url = '' }: IncomingMessage): boolean {
  return url === path || url.startsWith(`${path}?`)
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  view?.answer(request, response, new URL(request.url ?? path, 'http://localhost'))
}

/**
 * The stream is answered in front of the application: one that is reloaded waits for its requests, and
 * one that cannot be loaded answers none.
 */
function adopt(request: IncomingMessage): void {
  const server = serverOf(request)
  if (!server || !view || adopted.has(server)) return
  adopted.add(server)
  endWithServer(request, view.streams)
  const { emit } = server
  server.emit = (event: string | symbol, ...args: unknown[]) => {
    const [first, second] = args
    if (event === 'request' && isOwn(first as IncomingMessage)) {
      answer(first as IncomingMessage, second as ServerResponse)
      return true
    }
    return Reflect.apply(emit, server, [event, ...args]) as boolean
  }
}
