import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type FullReloadMessage, parseFullReload } from '../../src/reload/protocol.ts'
import { type NodeMajor, nodeBinary } from '../harness/nodes.ts'
import { type Client, clientOf } from './client.ts'
import type { Speech } from './server.ts'

export const deadlineMs = 20_000

interface ProcessOptions {
  node: NodeMajor
  directory: string
  /** The arguments of Node. */
  command: string[]
  speech: Speech
}

/** What waiting for events is as a system call. */
const waits = /^(?:22|441) /
const waitsOnX64 = /^(?:232|281|441) /

/** Whether the main thread waits for events, or was stopped while it did; known on Linux. */
function isWaiting(pid: number | undefined): boolean {
  try {
    const call = readFileSync(`/proc/${pid}/task/${pid}/syscall`, 'utf8')
    return (process.arch === 'x64' ? waitsOnX64 : waits).test(call)
  } catch {
    return true
  }
}

/** Whether the main thread was stopped; known on Linux. */
function isStopped(pid: number | undefined): boolean {
  try {
    return /\) [Tt] /.test(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

/** One process that runs a program, with a parent that does not restart it by itself. */
export class HotProcess {
  readonly node: NodeMajor
  readonly #child: ChildProcess
  readonly #speech: Speech
  #client: Client | undefined
  readonly #waiting = new Set<() => void>()
  /** What a save has led to when it is no answer. */
  fullReload: FullReloadMessage | undefined
  isClosed = false
  stdout = ''
  stderr = ''

  constructor({ node, directory, command, speech }: ProcessOptions) {
    this.node = node
    this.#speech = speech
    const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, ...env } = process.env
    this.#child = spawn(nodeBinary(node), command, {
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
    this.#child.on('message', (message) => {
      this.fullReload ??= parseFullReload(message)
      if (this.fullReload) this.#wake()
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

  /** What the program answers; undefined when it does not. */
  async ask(path: string): Promise<unknown> {
    if (this.isClosed) return undefined
    const port = Number(/listening (\d+)\n/.exec(this.stdout)?.[1])
    this.#client ??= clientOf(this.#speech, port)
    return this.#client.ask(path, deadlineMs)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /**
   * Stops the process where its event loop waits: stopped between two looks at files, it would find
   * half of what is saved meanwhile.
   */
  async stop(): Promise<void> {
    const { pid } = this.#child
    for (;;) {
      while (!this.isClosed && !isWaiting(pid)) await this.pause(1)
      this.signal('SIGSTOP')
      while (!this.isClosed && !isStopped(pid)) await this.pause(1)
      // It may have begun to work in between.
      if (this.isClosed || isWaiting(pid)) return
      this.signal('SIGCONT')
    }
  }

  async end(): Promise<void> {
    this.#client?.end()
    if (!this.isClosed) this.#child.kill('SIGKILL')
    await this.until(() => this.isClosed)
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}
