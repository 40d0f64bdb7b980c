import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { coded } from '../log/codes.ts'
import type { Fetch, NodeListener } from './types.ts'

/** A function from `Request` to `Response` as a listener of node:http; an error is answered with 500. */
export function listenerOfFetch(fetch: Fetch): NodeListener {
  return async (incoming, outgoing, next) => {
    const request = incoming as IncomingMessage
    const response = outgoing as ServerResponse
    try {
      await answer(fetch, request, response)
    } catch (error) {
      if (response.destroyed) return
      if (next) return next(error)
      console.error(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal Server Error')
    }
  }
}

async function answer(
  fetch: Fetch,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const aborted = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) aborted.abort()
  })
  const request = requestOf(incoming, aborted.signal)
  if (!request) {
    outgoing.writeHead(400).end()
    return
  }
  // As servers of fetch apps on Node hand them on.
  const response = await fetch(request, { incoming, outgoing })
  if (!(response instanceof Response)) {
    const message = `fetch(request) has given no Response but ${typeof response}`
    throw coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
  }
  await send(response, outgoing)
}

/** `undefined` for a request that has no URL, or a method that no `Request` can have. */
function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = 'GET', url = '/', headers: given, rawHeaders } = incoming
  const scheme = 'encrypted' in incoming.socket ? 'https' : 'http'
  const host = given.host ?? given[':authority'] ?? 'localhost'
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (!name.startsWith(':')) headers.append(name, rawHeaders[at + 1] ?? '')
  }
  const hasBody = method !== 'GET' && method !== 'HEAD'
  try {
    return new Request(new URL(url, `${scheme}://${host}`), {
      method,
      headers,
      signal,
      ...(hasBody && {
        body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>,
        duplex: 'half',
      }),
    })
  } catch {
    return undefined
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  outgoing.writeHead(response.status, headers)
  if (!response.body) {
    outgoing.end()
    return
  }
  await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing)
}
