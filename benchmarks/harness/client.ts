import { connect, type Socket } from 'node:net'

export interface Answer {
  status: number
  body: string
  /** When the whole answer was there, in `performance.now()` milliseconds. */
  at: number
}

/**
 * Asks one server over one kept-alive connection, one request at a time. It speaks to the socket
 * itself: a real client takes as long for a request as what is to be measured.
 */
export class Client {
  readonly #port: number
  #socket: Socket | undefined

  constructor(port: number) {
    this.#port = port
  }

  get(path = '/', timeoutMs = 120_000): Promise<Answer> {
    const socket = this.#connected()
    return new Promise((resolve, reject) => {
      let text = ''
      const onData = (chunk: string) => {
        text += chunk
        const answer = parseAnswer(text)
        if (!answer) return
        finish()
        const at = performance.now()
        // The server says goodbye: the next request needs another connection.
        if (/\r\nconnection: *close\r\n/i.test(text)) this.close()
        resolve({ ...answer, at })
      }
      const fail = (error: Error) => {
        finish()
        this.close()
        reject(error)
      }
      const onClose = () => fail(new Error('the connection was closed'))
      const timer = setTimeout(() => fail(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
      const finish = () => {
        clearTimeout(timer)
        socket.off('data', onData).off('error', fail).off('close', onClose)
      }
      socket.on('data', onData).on('error', fail).on('close', onClose)
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n\r\n`)
    })
  }

  /** The answer, or `undefined` when nobody answered. */
  async tryGet(path = '/', timeoutMs?: number): Promise<Answer | undefined> {
    try {
      return await this.get(path, timeoutMs)
    } catch {
      return undefined
    }
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #connected(): Socket {
    if (!this.#socket || this.#socket.destroyed) {
      this.#socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true })
      this.#socket.setEncoding('latin1')
      // One that comes between two requests; the next one connects again.
      this.#socket.on('error', () => {})
    }
    return this.#socket
  }
}

/** The answer once all of it is there; the servers of generated programs say how long it is. */
function parseAnswer(text: string): Omit<Answer, 'at'> | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const status = Number(text.slice(9, 12))
  const body = text.slice(end + 4)
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0)
  return body.length < length ? undefined : { status, body }
}
