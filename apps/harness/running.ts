import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { freePort } from '../../packages/hot-hook/tests/harness/free-port.ts'
import type { Application } from '../applications/application.ts'
import type { Way } from './ways.ts'

/** How long an application may take until it answers for the first time. */
const startDeadlineMs = 30_000
const requestDeadlineMs = 1_000

const started = new Set<Running>()
process.on('exit', () => {
  for (const running of started) running.kill()
})

export interface Answer {
  status: number
  /** Headers and body. */
  text: string
}

/** An application that was started in one of the ways, in a process group of its own. */
export class Running {
  readonly #child: ChildProcess
  readonly #port: number
  /** What it has written to stdout and stderr. */
  output = ''

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.#port = port
    started.add(this)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
  }

  /** @throws an Error when it does not answer at `path` in time */
  static async start(
    application: Application,
    way: Way,
    options: { node: string; directory: string; path: string },
  ): Promise<Running> {
    const command = way.command(application)
    if (!command) throw new Error(`${application.id} cannot be started by ${way.id}`)
    const port = await freePort()
    const variables = ['PORT', ...(application.portVariables ?? [])]
    const child = spawn(options.node, command.args, {
      cwd: options.directory,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inherited(),
        HOST: '127.0.0.1',
        ...command.env,
        ...Object.fromEntries(variables.map((name) => [name, String(port)])),
      },
    })
    const running = new Running(child, port)
    const deadline = performance.now() + startDeadlineMs
    for (;;) {
      const answer = await running.ask(options.path)
      if (answer && answer.status < 500) return running
      if (!running.isAlive || performance.now() > deadline) {
        await running.stop()
        throw new Error(`it did not start: ${command.args.join(' ')}\n${tail(running.output)}`)
      }
      await pause(20)
    }
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** One request on a connection of its own; `undefined` when nobody answers. */
  ask(path: string): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: this.#port, path, agent: false }
      const request = http.get({ ...options, timeout: requestDeadlineMs }, (response) => {
        let text = `${JSON.stringify(response.headers)}\n`
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        response.on('error', () => resolve(undefined))
      })
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve(undefined))
    })
  }

  async stop(): Promise<void> {
    if (this.isAlive) {
      const closed = once(this.#child, 'close')
      this.#signal('SIGTERM')
      const timer = setTimeout(() => this.#signal('SIGKILL'), 3_000)
      await closed
      clearTimeout(timer)
    }
    this.kill()
    started.delete(this)
  }

  /** Ends it at once, with what it may have left in its group. */
  kill(): void {
    this.#signal('SIGKILL')
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, signal)
    } catch {
      // It is gone.
    }
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export const tail = (output: string) => output.trim().split('\n').slice(-15).join('\n')

/** The environment of a user's terminal: without what test runners and package managers put there. */
function inherited(): NodeJS.ProcessEnv {
  const foreign = /^(npm_|NODE_(OPTIONS|ENV|PATH|COMPILE_CACHE)$|VITE|TEST$|FORCE_COLOR)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
