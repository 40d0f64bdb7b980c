import { type ChildProcess, spawn } from 'node:child_process'
import { freePort } from '../../packages/hot-hook/tests/harness/free-port.ts'
import type { Command } from '../candidates/candidate.ts'
import { Client } from './client.ts'
import { cpuSeconds, peakMemoryOfTree } from './process-tree.ts'
import { DidNotFinish } from './time-limit.ts'
import { pause } from './turns.ts'

/** What the server of every generated program answers. */
export interface State {
  /** Sum of the versions of the program's modules, by the number of their importers. */
  value: number
  /** Modules evaluated since the process started. */
  evaluated: number
  /** Another one for every process, also after a restart in place. */
  instance: string
  /** Version of the entry itself. */
  entry: number
}

/** What still runs when this process is interrupted goes with it. */
const running = new Set<AppProcess>()
process.on('exit', () => {
  for (const app of running) app.kill()
})

/** One running program under one candidate: a process group of its own. */
export class AppProcess {
  readonly port: number
  readonly client: Client
  readonly #child: ChildProcess
  readonly #startedAt = performance.now()
  readonly #lineListeners = new Set<(line: string) => void>()
  #output = ''
  #exited = false

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
    this.client = new Client(port)
    const exited = new Promise<void>((resolve) => {
      child.once('exit', resolve)
      child.once('error', () => resolve())
    })
    this.exited = exited.then(() => {
      this.#exited = true
    })
    running.add(this)
    this.#readLines(child.stdout)
    this.#readLines(child.stderr)
  }

  readonly exited: Promise<void>

  static async start(command: Command, extraEnv: NodeJS.ProcessEnv = {}): Promise<AppProcess> {
    const port = await freePort()
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      // A group of its own, so that a manager's children end with it.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), ...command.env, ...extraEnv, PORT: String(port) },
    })
    return new AppProcess(child, port)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get hasExited(): boolean {
    return this.#exited
  }

  /** The last lines of stdout and stderr: what an error message quotes. */
  get outputTail(): string {
    return this.#output.trim().split('\n').slice(-12).join('\n')
  }

  /** Resolves with the milliseconds from spawn until the program said it is ready. */
  async ready(limitMs: number): Promise<number> {
    const line = await this.line((text) => text.startsWith('ready '), limitMs)
    return line.at - this.#startedAt
  }

  /** Waits for a line of output; a process that ends before it is an error. */
  line(matches: (text: string) => boolean, limitMs: number): Promise<{ text: string; at: number }> {
    return new Promise((resolve, reject) => {
      const listener = (text: string) => {
        if (!matches(text)) return
        finish()
        resolve({ text, at: performance.now() })
      }
      const timer = setTimeout(() => {
        finish()
        reject(new DidNotFinish(`not within ${(limitMs / 1000).toFixed(0)} s`))
      }, limitMs)
      const finish = () => {
        clearTimeout(timer)
        this.#lineListeners.delete(listener)
      }
      this.#lineListeners.add(listener)
      void this.exited.then(() => {
        finish()
        reject(new Error(`the process ended: ${this.outputTail}`))
      })
    })
  }

  async state(limitMs?: number): Promise<State> {
    const answer = await this.client.get('/', limitMs)
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body}`)
    return JSON.parse(answer.body)
  }

  /** The heap, in bytes, that is still in use after garbage collection; needs `--expose-gc`. */
  async heapUsed(): Promise<number> {
    let least = Number.POSITIVE_INFINITY
    // What finalizers release is free only at the next collection.
    for (let times = 0; times < 4; times++) {
      least = Math.min(least, Number((await this.client.get('/heap')).body))
      await pause(50)
    }
    return least
  }

  peakMemory(): number | undefined {
    return peakMemoryOfTree(this.pid)
  }

  /** What the started process has spent so far, where the system tells. */
  cpuSeconds(): number | undefined {
    return cpuSeconds(this.pid)
  }

  /** Asks the program to end, so that Node can write its compile cache; then makes sure. */
  async stop({ gracefulMs = 0 } = {}): Promise<void> {
    this.client.close()
    if (!this.#exited && gracefulMs > 0) {
      this.#child.kill('SIGTERM')
      let timer: NodeJS.Timeout | undefined
      await Promise.race([
        this.exited,
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, gracefulMs)
        }),
      ])
      clearTimeout(timer)
    }
    this.kill()
    await this.exited
    running.delete(this)
  }

  /** Ends the whole process group at once. */
  kill(): void {
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL')
      else process.kill(-this.pid, 'SIGKILL')
    } catch {
      // The whole group is gone already.
    }
  }

  #readLines(stream: NodeJS.ReadableStream | null): void {
    let rest = ''
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      this.#output = (this.#output + chunk).slice(-8_000)
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) for (const listener of [...this.#lineListeners]) listener(line)
    })
  }
}

/** This process's environment without what would change how a candidate runs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, NODE_COMPILE_CACHE, NODE_DEBUG, HOT_HOOK_WATCH, ...rest } = process.env
  return { ...rest, NODE_NO_WARNINGS: '1' }
}
