import { type ChildProcess, spawn } from 'node:child_process'
import http from 'node:http'
import { type NodeMajor, nodeBinary } from '../harness/nodes.ts'

export const deadlineMs = 8_000

/** What a save has led to when it is no answer. */
export interface FullReload {
  path: string
  chain?: string[]
}

/** One process that runs a program, with a parent that does not restart it by itself. */
export class HotProcess {
  readonly #child: ChildProcess
  readonly #agent = new http.Agent({ keepAlive: true })
  readonly #waiting = new Set<() => void>()
  fullReload: FullReload | undefined
  isClosed = false
  stdout = ''
  stderr = ''

  /** @param nodeArguments what stands in front of the script */
  constructor(node: NodeMajor, directory: string, nodeArguments: string[], entry: string) {
    const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, ...env } = process.env
    this.#child = spawn(nodeBinary(node), [...nodeArguments, entry], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text
        this.#wake()
      })
    }
    this.#child.on('message', (message: { type?: string }) => {
      if (message.type === 'hot-hook:full-reload') {
        this.fullReload ??= message as unknown as FullReload
        this.#wake()
      }
    })
    this.#child.on('close', () => {
      this.isClosed = true
      this.#wake()
    })
  }

  /** How the process has ended. */
  get ending(): string {
    return `${this.#child.exitCode ?? this.#child.signalCode}`
  }

  /** Waits until `found` gives something; undefined after the deadline, or when the process ends. */
  async until<T>(
    found: () => T | undefined | false,
    milliseconds = deadlineMs,
  ): Promise<T | undefined> {
    const deadline = Date.now() + milliseconds
    for (;;) {
      const result = found()
      if (result) return result
      const left = deadline - Date.now()
      if (this.isClosed || left <= 0) return undefined
      await this.pause(left)
    }
  }

  /** Waits until the process says anything, but not for longer than this. */
  async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      this.#waiting.add(done)
    })
  }

  /** Waits until the program listens; false when it ends before. */
  async listens(): Promise<boolean> {
    return (await this.until(() => /listening \d+\n/.test(this.stdout))) ?? false
  }

  /** The parsed body of an answer; undefined when there is none. */
  async ask(route: string): Promise<unknown> {
    const port = Number(/listening (\d+)\n/.exec(this.stdout)?.[1])
    return new Promise((resolve) => {
      const options = { host: '127.0.0.1', port, path: route, agent: this.#agent }
      const request = http.get({ ...options, timeout: deadlineMs }, (response) => {
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

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async end(): Promise<void> {
    this.#agent.destroy()
    if (!this.isClosed) this.#child.kill('SIGKILL')
    await this.until(() => this.isClosed)
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}
