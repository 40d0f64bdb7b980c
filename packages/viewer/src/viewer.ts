import { hot } from 'hot-hook'
import { tokenFor } from './access/token.ts'
import { followConnections } from './journal/closing-servers.ts'
import { exchangeOf } from './served/exchange.ts'
import { checkOptions } from './served/options.ts'
import { ProgramView } from './served/program-view.ts'
import { endWithServer } from './served/server-end.ts'
import { hotSource, isHot } from './sources/hot-source.ts'

/** What `viewer()` takes. */
export interface ViewerOptions {
  /** Names of this machine beside localhost by which a browser calls the application. Default: none. */
  hosts?: readonly string[]
  /** The heading of the page. Default: the last part of the root directory. */
  title?: string
}

/** What a framework calls; it answers by itself. */
// biome-ignore lint/suspicious/noExplicitAny: each framework wants another type of answer
export type Handler = (...args: unknown[]) => any

/**
 * A request handler that shows the module graph of this process, live: for node:http, Express, Fastify,
 * Koa and Hono on Node, at whatever path it is mounted. It answers this machine alone, and only who has
 * the token: the log shows the whole address when it is first asked without. Where Hot Hook does not
 * run, and in production, it is not there (404).
 *
 * ```ts
 * app.get('/graph', viewer())
 * ```
 *
 * @throws TypeError that names the option that is wrong
 */
export function viewer(options: ViewerOptions = {}): Handler {
  checkOptions('viewer', options, { hosts: 'texts', title: 'text' })
  const told = new Set<string>()
  if (isHot()) followConnections()
  // From now on: what happens before the first page is in its timeline.
  const view = new ProgramView({
    source: hotSource,
    rules: { hosts: (options.hosts ?? []).map((host) => host.toLowerCase()) },
    token: () => tokenFor(hot.rootDirectory ?? '', 'graph'),
    title: () => options.title ?? titleOf(hot.rootDirectory ?? ''),
    endsWithProcess: true,
    asked: (address) => {
      if (told.has(address) || told.size > 20) return
      told.add(address)
      process.stderr.write(`[hot-hook] the graph: ${JSON.stringify(address).slice(1, -1)}\n`)
    },
  })
  return (...args) => {
    const { request, response, take } = exchangeOf(args)
    const taken = take()
    if (!isHot()) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n')
      return taken
    }
    endWithServer(request, view.streams)
    const url = urlOf('originalUrl' in request ? request.originalUrl : request.url)
    view.answer(request, response, url).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end()
      process.stderr.write(`[hot-hook] the viewer failed: ${String(error)}\n`)
    })
    return taken
  }
}

function urlOf(url: unknown): URL {
  const text = typeof url === 'string' && URL.canParse(url, 'http://localhost') ? url : '/'
  return new URL(text, 'http://localhost')
}

export function titleOf(directory: string): string {
  return directory.split(/[\\/]/).filter(Boolean).at(-1) ?? 'Hot Hook'
}
