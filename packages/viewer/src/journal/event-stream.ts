import type { IncomingMessage, ServerResponse } from 'node:http'
import { isClosing } from './closing-servers.ts'

/** How long a browser waits before it connects again, in milliseconds. */
const retryTime = 50
/** A comment now and then keeps what is in between from closing it, in milliseconds. */
const aliveTime = 20_000
/** Who has so many bytes unread does not read: it may connect again and go on where it was. */
const mostUnread = 16 * 1024 * 1024

/** Answers with server-sent events, one response each. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>()
  readonly #ends = new WeakMap<ServerResponse, () => void>()

  /**
   * Starts a stream. One that comes to a server that closes, on a connection that was still there, ends
   * at once, and the connection with it: the client connects again to whoever listens then.
   *
   * @param begin is given what sends a message, and returns what ends its work
   */
  start(
    request: IncomingMessage,
    response: ServerResponse,
    headers: Record<string, string>,
    begin: (send: (data: unknown, id?: number) => void) => () => void,
  ): void {
    const isLate = isClosing(request)
    response.writeHead(200, {
      ...headers,
      ...(isLate && { connection: 'close' }),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    response.write(`retry: ${retryTime}\n\n`)
    if (isLate) {
      response.end()
      return
    }
    this.#open.add(response)
    request.socket.setNoDelay(true)
    const alive = setInterval(() => response.write(':\n\n'), aliveTime)
    alive.unref()
    const end = begin((data, id) => {
      if (response.destroyed || response.writableEnded) return
      const line = id === undefined ? '' : `id: ${id}\n`
      response.write(`${line}data: ${JSON.stringify(data)}\n\n`)
      if (response.writableLength > mostUnread) response.destroy()
    })
    const close = () => {
      clearInterval(alive)
      this.#open.delete(response)
      end()
    }
    this.#ends.set(response, close)
    response.once('close', close)
  }

  /** Ends all streams: a server that closes waits for them. */
  endAll(): void {
    for (const response of [...this.#open]) {
      this.#ends.get(response)?.()
      response.end()
    }
  }
}
