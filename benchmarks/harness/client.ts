import { Agent, request } from 'node:http'

export interface Answer {
  status: number
  body: string
  /** When the whole answer was there, in `performance.now()` milliseconds. */
  at: number
}

/** Asks one server over one kept-alive connection, one request at a time. */
export class Client {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(port: number) {
    this.#port = port
  }

  get(path = '/', timeoutMs = 120_000): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port: this.#port, path, agent: this.#agent },
        (response) => {
          let body = ''
          response.setEncoding('utf8')
          response.on('data', (chunk) => {
            body += chunk
          })
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body, at: performance.now() }),
          )
          response.on('error', reject)
        },
      )
      outgoing.setTimeout(timeoutMs, () =>
        outgoing.destroy(new Error(`no answer in ${timeoutMs} ms`)),
      )
      outgoing.on('error', reject)
      outgoing.end()
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
    this.#agent.destroy()
  }
}
