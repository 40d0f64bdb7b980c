import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AccessRules, isToken, refusalOf } from '../access/access.ts'
import { EventStreams } from '../journal/event-stream.ts'
import { Journal } from '../journal/journal.ts'
import type { ProgramGraph, Source } from '../sources/source.ts'
import { wireExplanation, wireGraph, wirePath } from '../sources/wire-graph.ts'
import type { Boot } from '../wire.ts'
import { safeHeaders, send, sendJson, sendText } from './answer.ts'
import { asset } from './assets.ts'
import { livePage } from './html.ts'

export interface ProgramViewOptions {
  source: Source
  rules: AccessRules
  token(): string
  title(): string
  endsWithProcess: boolean
  /** Somebody asks without the token: the address that they may see in the terminal. */
  asked?(address: string): void
}

const javascript = 'text/javascript; charset=utf-8'

/** Answers what a page of the viewer asks for. Everything is one path: `view` says what. */
export class ProgramView {
  readonly streams = new EventStreams()
  readonly #options: ProgramViewOptions
  readonly #journal: Journal
  /** What was there before the program went down. */
  #last: ProgramGraph | undefined

  constructor(options: ProgramViewOptions) {
    this.#options = options
    this.#journal = new Journal(options.source)
  }

  get journal(): Journal {
    return this.#journal
  }

  /** @param url as the client has asked for it */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { rules, token } = this.#options
    const refusal = refusalOf(request, rules)
    if (refusal) return sendText(response, refusal.status, refusal.text)
    if (!isToken(url.searchParams.get('token'), token()))
      return this.#refuse(request, response, url)
    switch (url.searchParams.get('view')) {
      case null:
        return this.#page(response, url)
      case 'script':
        return send(response, 200, javascript, asset('page.js'))
      case 'worker':
        // The policy of a worker is its own.
        return send(response, 200, javascript, asset('worker.js'), {
          'content-security-policy': "default-src 'none'; connect-src 'self'",
        })
      case 'graph':
        return this.#graph(response)
      case 'explain':
        return this.#explain(response, url.searchParams.get('file') ?? '')
      case 'events':
        return this.#events(request, response)
      default:
        return sendText(response, 404, 'There is nothing here.')
    }
  }

  close(): void {
    this.streams.endAll()
    this.#journal.close()
  }

  #refuse(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const { asked, token } = this.#options
    const path = `${url.pathname}?token=${token()}`
    asked?.(`${'encrypted' in request.socket ? 'https' : 'http'}://${request.headers.host}${path}`)
    const where = 'Open the address that the terminal shows: it has the token.'
    sendText(response, 403, where)
  }

  #page(response: ServerResponse, url: URL): void {
    const { title, token, endsWithProcess } = this.#options
    const base = `${url.pathname}?token=${token()}`
    const boot: Boot = { base, title: title(), ...(endsWithProcess && { endsWithProcess }) }
    const { html, policy } = livePage(boot)
    send(response, 200, 'text/html; charset=utf-8', html, { 'content-security-policy': policy })
  }

  async #current(): Promise<ProgramGraph | undefined> {
    this.#last = (await this.#options.source.graph()) ?? this.#last
    return this.#last
  }

  async #graph(response: ServerResponse): Promise<void> {
    const graph = (await this.#current()) ?? { rootDirectory: process.cwd(), files: [] }
    sendJson(response, wireGraph(graph, this.#journal.loads))
  }

  /** Only files of the program are explained: others are nobody's business. */
  async #explain(response: ServerResponse, path: string): Promise<void> {
    const graph = await this.#current()
    const root = graph?.rootDirectory ?? ''
    const known = graph?.files.find(({ file }) => wirePath(file, root) === path)
    const explanation = known && (await this.#options.source.explain(known.file))
    if (explanation) sendJson(response, wireExplanation(explanation, root))
    else sendText(response, 404, 'There is no such file in the program.')
  }

  #events(request: IncomingMessage, response: ServerResponse): void {
    const last = Number(request.headers['last-event-id'] ?? 0)
    this.streams.start(request, response, { ...safeHeaders }, (sendEvent) => {
      const journal = this.#journal
      for (const event of journal.since(Number.isFinite(last) ? last : 0)) {
        sendEvent(event, event.id)
      }
      return journal.follow((event) => sendEvent(event, event.id))
    })
  }
}
