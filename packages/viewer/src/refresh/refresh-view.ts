import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AccessRules, isToken, refusalOf } from '../access/access.ts'
import { EventStreams } from '../journal/event-stream.ts'
import { safeHeaders, send, sendText } from '../served/answer.ts'
import { asset } from '../served/assets.ts'
import type { Source } from '../sources/source.ts'
import { PageChanges, type PageChangesOptions } from './changes.ts'
import type { RefreshMessage } from './messages.ts'
import { Stylesheets } from './stylesheets.ts'

export interface RefreshViewOptions extends PageChangesOptions {
  source: Source
  rules: AccessRules
  /** It is in the pages: who cannot read those cannot read what happens either. */
  token(): string
}

const javascript = 'text/javascript; charset=utf-8'

/** Answers what pages ask for that renew themselves. Everything is one path: `view` says what. */
export class RefreshView {
  readonly streams = new EventStreams()
  readonly changes: PageChanges
  readonly #options: RefreshViewOptions
  readonly #listeners = new Set<(message: RefreshMessage) => void>()
  readonly #sheets: Stylesheets
  readonly #end: () => void

  constructor(options: RefreshViewOptions) {
    this.#options = options
    const tell = (message: RefreshMessage) => {
      for (const listener of this.#listeners) listener(message)
    }
    this.changes = new PageChanges(options, tell)
    this.#sheets = new Stylesheets(options.rootDirectory, (paths) =>
      tell({ type: 'styles', time: Date.now(), paths }),
    )
    this.#end = options.source.subscribe((record) => this.changes.add(record))
  }

  answer(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const { rules, token } = this.#options
    const refusal = refusalOf(request, rules)
    if (refusal) {
      sendText(response, refusal.status, refusal.text)
      return
    }
    if (!isToken(url.searchParams.get('token'), token())) {
      sendText(response, 403, 'The token is not the right one.')
      return
    }
    const headers = readableBy(request)
    switch (url.searchParams.get('view')) {
      case 'refresh':
        send(response, 200, javascript, asset('refresh.js'), headers)
        return
      case 'refresh-worker':
        // The policy of a worker is its own.
        send(response, 200, javascript, asset('worker.js'), {
          'content-security-policy': "default-src 'none'; connect-src 'self'",
        })
        return
      case 'refresh-styles':
        this.#sheets.follow(url.searchParams.getAll('path'), sinceOf(url)).catch(() => {})
        send(response, 200, 'text/plain; charset=utf-8', '', headers)
        return
      case 'refresh-events':
        this.#events(request, response, headers)
        return
      default:
        sendText(response, 404, 'There is nothing here.')
    }
  }

  close(): void {
    this.streams.endAll()
    this.#end()
    void this.#sheets.close()
  }

  #events(
    request: IncomingMessage,
    response: ServerResponse,
    headers: Record<string, string>,
  ): void {
    this.streams.start(request, response, { ...safeHeaders, ...headers }, (sendMessage) => {
      for (const message of this.changes.current) sendMessage(message)
      this.#listeners.add(sendMessage)
      return () => this.#listeners.delete(sendMessage)
    })
  }
}

/** When the page was asked for. */
function sinceOf(url: URL): number {
  const since = Number(url.searchParams.get('since') ?? Number.NaN)
  return Number.isFinite(since) ? since : Date.now()
}

/** The page has another port: its origin was looked at before. */
function readableBy({ headers }: IncomingMessage): Record<string, string> {
  const { origin } = headers
  return {
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'origin',
    ...(origin !== undefined && { 'access-control-allow-origin': origin }),
  }
}
