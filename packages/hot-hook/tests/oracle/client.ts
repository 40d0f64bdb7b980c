import http from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Speech } from './server.ts'

/** Asks a program's server. */
export interface Client {
  /** The parsed body of an answer; undefined when there is none in time. */
  ask(path: string, milliseconds: number): Promise<unknown>
  end(): void
}

export const clientOf = (speech: Speech, port: number): Client =>
  speech === 'http' ? new HttpClient(port) : new LineClient(port)

class HttpClient implements Client {
  readonly #port: number
  readonly #agent = new http.Agent({ keepAlive: true })

  constructor(port: number) {
    this.#port = port
  }

  ask(path: string, milliseconds: number): Promise<unknown> {
    return new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: this.#port, path, agent: this.#agent }
      const request = http.get({ ...options, timeout: milliseconds }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text) => {
          body += text
        })
        response.on('end', () => resolve(JSON.parse(body)))
        response.on('error', () => resolve(undefined))
      })
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve(undefined))
    })
  }

  end(): void {
    this.#agent.destroy()
  }
}

/** A line is a number and a path; the answer is the number and JSON. */
class LineClient implements Client {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  #asked = 0
  #rest = ''

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('utf8')
    this.#socket.on('data', (text) => this.#read(String(text)))
    this.#socket.on('error', () => this.#giveUp())
    this.#socket.on('close', () => this.#giveUp())
  }

  ask(path: string, milliseconds: number): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.resolve(undefined)
    const id = this.#asked++
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(id, undefined), milliseconds)
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#socket.write(`${id} ${path}\n`)
    })
  }

  end(): void {
    this.#socket.destroy()
    this.#giveUp()
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const space = line.indexOf(' ')
      this.#answer(Number(line.slice(0, space)), JSON.parse(line.slice(space + 1)))
    }
  }

  #answer(id: number, answer: unknown): void {
    this.#waiting.get(id)?.(answer)
    this.#waiting.delete(id)
  }

  #giveUp(): void {
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined)
  }
}
