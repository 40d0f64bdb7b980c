import { type ChildProcess, type Serializable, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn as spawnPty } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { freePort } from '../../../hot-hook/tests/harness/free-port.ts'
import { isAlive, processesOf } from './processes.ts'
import { Project } from './project.ts'
import { until } from './until.ts'

const bin = fileURLToPath(new URL('../../bin/hot-runner.js', import.meta.url))
/** The Node that the sessions run on; another one: `HOT_RUNNER_TEST_NODE=/path/to/node`. */
const defaultNode = process.env.HOT_RUNNER_TEST_NODE ?? process.execPath

export interface Exit {
  code: number | null
  signal: string | null
}

interface Settings {
  env?: Record<string, string>
  /** The Node that the runner and the script run on. */
  node?: string
  /** Called with the port of the session before anything is started. */
  before?: (port: number) => Promise<void>
  /** Starts the runner with a channel for messages. */
  channel?: boolean
}

/** A project, a runner in it, and everything the two print, with an account of their processes. */
export class Session {
  readonly project: Project
  output = ''
  /** What the runner has sent, with `channel`. */
  readonly messages: unknown[] = []
  port = 0
  #mark: string
  #child: ChildProcess | undefined
  #terminal: IPty | undefined
  #exit: Promise<Exit> | undefined

  constructor(files: Record<string, string>) {
    this.project = new Project(files)
    this.#mark = this.project.directory
    // A test that runs out of time never gets to its own end.
    onTestFinished(() => this.#sweep())
  }

  /** Starts the runner with pipes. */
  async run(
    args: string[],
    { env = {}, node = defaultNode, channel = false, before }: Settings = {},
  ): Promise<this> {
    this.port = await freePort()
    await before?.(this.port)
    const child = spawn(node, [bin, ...args], {
      cwd: this.project.directory,
      env: this.#environment(env),
      stdio: ['pipe', 'pipe', 'pipe', ...(channel ? (['ipc'] as const) : [])],
    })
    child.stdout?.setEncoding('utf8').on('data', (text) => this.#print(text))
    child.stderr?.setEncoding('utf8').on('data', (text) => this.#print(text))
    child.stdin?.on('error', () => {})
    child.on('message', (message) => this.messages.push(message))
    this.#child = child
    this.#exit = once(child, 'close').then(([code, signal]) => {
      this.#ended = { code, signal }
      return { code, signal }
    })
    return this
  }

  /** Starts the runner, or another command, on a pseudo-terminal. */
  async runOnTerminal(args: string[], { env = {} }: Settings = {}): Promise<this> {
    return this.terminal(defaultNode, [bin, ...args], { env })
  }

  /** Starts a command on a pseudo-terminal. */
  async terminal(file: string, args: string[], { env = {} }: Settings = {}): Promise<this> {
    this.port = await freePort()
    const terminal = spawnPty(file, args, {
      cwd: this.project.directory,
      env: { TERM: 'xterm-256color', ...this.#environment(env) },
      cols: 120,
      rows: 30,
    })
    terminal.onData((text) => this.#print(text))
    this.#terminal = terminal
    this.#exit = new Promise((resolve) => {
      terminal.onExit(({ exitCode, signal }) => {
        this.#ended = { code: signal ? null : exitCode, signal: signal ? String(signal) : null }
        resolve(this.#ended)
      })
    })
    return this
  }

  get command(): string[] {
    return [defaultNode, bin]
  }

  get pid(): number {
    const pid = this.#child?.pid ?? this.#terminal?.pid
    if (pid === undefined) throw new Error('the runner was not started')
    return pid
  }

  #ended: Exit | undefined

  get exit(): Promise<Exit> {
    if (!this.#exit) throw new Error('the runner was not started')
    return this.#exit
  }

  /** Types on the terminal, or writes to stdin. */
  type(text: string): void {
    if (this.#terminal) this.#terminal.write(text)
    else this.#child?.stdin?.write(text)
  }

  /** Sends the runner a message, with `channel`. */
  send(message: Serializable): void {
    this.#child?.send(message)
  }

  /** Nobody reads any more what the runner and the script print. */
  stopReading(): void {
    this.#child?.stdout?.destroy()
    this.#child?.stderr?.destroy()
  }

  closeInput(): void {
    this.#child?.stdin?.end()
  }

  /** The terminal window is closed. */
  hangUp(): void {
    const terminal: object = this.#terminal ?? {}
    if ('destroy' in terminal && typeof terminal.destroy === 'function') terminal.destroy()
  }

  resize(columns: number, rows: number): void {
    this.#terminal?.resize(columns, rows)
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** Waits until the text appears behind what was seen before, and gives the match. */
  async see(pattern: string | RegExp): Promise<RegExpExecArray> {
    const [match] = await this.seeAll(pattern)
    if (!match) throw new Error('nothing to wait for')
    return match
  }

  /**
   * Waits for several texts in any order: the script's stdout and the runner's stderr are two pipes.
   */
  async seeAll(...patterns: (string | RegExp)[]): Promise<RegExpExecArray[]> {
    const from = this.#seen
    const matches = await Promise.all(patterns.map((pattern) => this.#find(pattern, from)))
    this.#seen = Math.max(...matches.map((match) => match.index + match[0].length))
    return matches
  }
  #seen = 0

  async #find(pattern: string | RegExp, from: number): Promise<RegExpExecArray> {
    const source =
      typeof pattern === 'string' ? pattern.replace(/[^\w\s]/g, '\\$&') : pattern.source
    const expression = new RegExp(source, 'g')
    return until(String(pattern), () => {
      expression.lastIndex = from
      return expression.exec(this.output) ?? undefined
    }).catch(() => {
      const running = this.processes().map(({ pid, command }) => `${pid} ${command}`)
      throw new Error(
        [
          `did not see ${pattern} behind character ${from} of:`,
          this.output,
          `ended: ${JSON.stringify(this.#ended)}, running:`,
          ...running,
        ].join('\n'),
      )
    })
  }

  /** How often the text has appeared. */
  count(text: string): number {
    return this.output.split(text).length - 1
  }

  /** The answer of the application's server. */
  async get(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}/`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(10_000),
    })
    return response.text()
  }

  /** Every process of this session that runs. */
  processes(): { pid: number; command: string }[] {
    return processesOf(this.#mark)
  }

  /** Fails when a process of this session outlives its runner. */
  async expectNothingLeft(): Promise<void> {
    await until('the end of every process', () => this.processes().length === 0).catch(() => {
      const left = this.processes().map(({ pid, command }) => `${pid} ${command}`)
      throw new Error(`left behind:\n${left.join('\n')}\nafter:\n${this.output}`)
    })
  }

  /** Ends the runner if it still runs, checks that nothing is left, and removes the project. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#exit && isAlive(this.pid)) {
        // A shell on a terminal does not end for SIGTERM.
        this.signal(this.#terminal ? 'SIGHUP' : 'SIGTERM')
        await this.exit
      }
      await this.expectNothingLeft()
    } finally {
      this.#sweep()
    }
  }

  #sweep(): void {
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL')
    this.project.remove()
  }

  #print(text: string): void {
    this.output += text
  }

  #environment(env: Record<string, string>): Record<string, string> {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(NO_COLOR|FORCE_COLOR|VITEST|NODE_OPTIONS|NODE_ENV|npm_)/.test(name),
    )
    const entries = inherited.map(([name, value]) => [name, value ?? ''])
    return {
      ...Object.fromEntries(entries),
      PORT: String(this.port),
      HOT_RUNNER_TEST: this.#mark,
      ...env,
    }
  }
}
