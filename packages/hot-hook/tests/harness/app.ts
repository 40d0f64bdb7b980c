import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type NodeMajor, nodeBinary, nodeMajors } from './nodes.ts'

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))
const deadlineMs = 40_000
/** More than a tick of the kernel's clock for files, on both sides, in milliseconds. */
const ticks = 12
const nobody = 65_534

/** Whether a process can run as an ordinary user: this checkout may lie in a directory of root's own. */
export const hasOrdinaryUser =
  process.getuid?.() !== 0 ||
  spawnSync(nodeBinary(nodeMajors[0] ?? '24'), ['-v'], { uid: nobody, gid: nobody }).status === 0

export interface AppOptions {
  node?: NodeMajor
  /** A command of the shell that starts `"$@"`. */
  shell?: string
  /** Arguments in front of the script. Default: `--import hot-hook/register`. */
  nodeArguments?: string[]
  /** Default: `server.js`. */
  entry?: string
  scriptArguments?: string[]
  /** Where it is started, relative to its directory. Default: there. */
  workingDirectory?: string
  env?: Record<string, string>
  /** Gives the process an IPC channel, as a manager does. */
  hasParent?: boolean
  /** How what is sent over it is written. Default: as JSON. */
  serialization?: 'advanced'
  /** The "hotHook" key of package.json. */
  hotHook?: Record<string, unknown>
  packageJson?: Record<string, unknown>
  /** A node_modules whose packages the application has. */
  packagesFrom?: string
  /** Started by root, the process is an ordinary user's: what rights forbid is forbidden to it. */
  isOrdinaryUser?: boolean
}

/** A temporary directory with an application, and the process that runs it. */
export class App {
  readonly directory: string
  readonly messages: { type: string; [key: string]: unknown }[] = []
  readonly #options: AppOptions
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  readonly #listeners = new Set<() => void>()
  #child: ChildProcess | undefined
  stdout = ''
  stderr = ''

  constructor(files: Record<string, string>, options: AppOptions = {}) {
    this.#options = options
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-')))
    const manifest = {
      name: 'app',
      type: 'module',
      ...(options.hotHook && { hotHook: options.hotHook }),
      ...options.packageJson,
    }
    this.save('package.json', JSON.stringify(manifest))
    for (const [path, source] of Object.entries(files)) this.save(path, source)
    mkdirSync(join(this.directory, 'node_modules'), { recursive: true })
    symlinkSync(packageDirectory, join(this.directory, 'node_modules', 'hot-hook'), 'junction')
    if (options.packagesFrom) this.#linkPackages(options.packagesFrom)
    onTestFinished(() => this.dispose())
  }

  get child(): ChildProcess {
    if (!this.#child) throw new Error('the application was not started')
    return this.#child
  }

  path(path: string): string {
    return join(this.directory, path)
  }

  /** Writes a file in place. */
  save(path: string, source: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true })
    writeFileSync(this.path(path), source)
  }

  /** Writes a file as careful editors do: to a temporary file that is renamed over it. */
  saveByRename(path: string, source: string): void {
    this.save(`${path}.tmp~`, source)
    renameSync(this.path(`${path}.tmp~`), this.path(path))
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true, force: true })
  }

  start(): this {
    const { node = '24', nodeArguments = ['--import', 'hot-hook/register'] } = this.#options
    const { entry = 'server.js', scriptArguments = [], env = {}, hasParent } = this.#options
    const { isOrdinaryUser = false, workingDirectory = '', shell, serialization } = this.#options
    this.#letClockMove()
    if (isOrdinaryUser) for (const path of [tmpdir(), this.directory]) chmodSync(path, 0o755)
    const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, ...inherited } = process.env
    const started = [nodeBinary(node), ...nodeArguments, entry, ...scriptArguments]
    const [command = '', ...given] =
      shell === undefined ? started : ['/bin/sh', '-c', shell, 'sh', ...started]
    const child = spawn(command, given, {
      cwd: this.path(workingDirectory),
      env: { ...inherited, ...env },
      ...(isOrdinaryUser && process.getuid?.() === 0 && { uid: nobody, gid: nobody }),
      stdio: ['pipe', 'pipe', 'pipe', ...(hasParent ? (['ipc'] as const) : [])],
      ...(serialization && { serialization }),
    })
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#notify()
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#notify()
    })
    child.on('message', (message) => {
      this.messages.push(message as { type: string })
      this.#notify()
    })
    child.on('close', () => this.#notify())
    return this
  }

  /**
   * The kernel's clock for files moves in ticks: a `.env` that was written in the one in which the
   * process starts counts as saved after that.
   */
  #letClockMove(): void {
    const written = readdirSync(this.directory).filter((name) => name.startsWith('.env'))
    if (written.length === 0) return
    const last = Math.max(...written.map((name) => statSync(this.path(name)).ctimeMs))
    const clock = this.path('node_modules/.clock')
    do writeFileSync(clock, '')
    while (statSync(clock).ctimeMs - last < ticks)
  }

  /** Waits until `found` gives something, looking again whenever the process says anything. */
  async until<T>(
    what: string,
    found: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  ): Promise<T> {
    const deadline = Date.now() + deadlineMs
    for (;;) {
      const result = await found()
      if (result) return result
      if (Date.now() > deadline) {
        throw new Error(
          `no ${what} within ${deadlineMs} ms\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}\n--- messages\n${JSON.stringify(this.messages)}`,
        )
      }
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          this.#listeners.delete(done)
          resolve()
        }
        const timer = setTimeout(done, 25)
        this.#listeners.add(done)
      })
    }
  }

  /** Waits for a text or pattern in what the process has written to either stream. */
  async output(pattern: string | RegExp): Promise<string> {
    return this.until(`output ${pattern}`, () => {
      const text = this.stdout + this.stderr
      if (typeof pattern === 'string') return text.includes(pattern) && pattern
      return pattern.exec(text)?.[0]
    })
  }

  async message(type: string): Promise<Record<string, unknown>> {
    return this.until(`message ${type}`, () => this.messages.find((each) => each.type === type))
  }

  /** Waits for the port that the application prints as `listening on <port>`. */
  async port(): Promise<number> {
    const line = await this.output(/listening on (\d+)/)
    return Number(/\d+/.exec(line.slice('listening on '.length))?.[0])
  }

  /** One request on a kept-alive connection. */
  async request(path = '/', port?: number): Promise<{ status: number; body: string }> {
    const target = port ?? (await this.port())
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: target, path, agent: this.#agent }
      const request = http.get(options, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (text) => {
          body += text
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      request.on('error', reject)
    })
  }

  /** The body of one request. */
  async get(path = '/'): Promise<string> {
    return (await this.request(path)).body
  }

  /** Waits until the process has ended; its exit code, or the signal. */
  async exit(): Promise<number | string | null> {
    const { child } = this
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
    return child.exitCode ?? child.signalCode
  }

  async dispose(): Promise<void> {
    this.#agent.destroy()
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      const closed = once(this.#child, 'close')
      this.#child.kill('SIGKILL')
      await closed
    }
    rmSync(this.directory, { recursive: true, force: true })
  }

  #linkPackages(from: string): void {
    const own = join(this.directory, 'node_modules')
    for (const name of readdirSync(from)) {
      if (!name.startsWith('.')) symlinkSync(join(from, name), join(own, name), 'junction')
    }
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

/** An HTTP server that imports `handler` on each request and answers errors with their stack. */
export function serverImporting(handler: string, before = ''): string {
  return `${before}
import http from 'node:http'
const server = http.createServer(async (request, response) => {
  try {
    const { default: handle } = await import(${JSON.stringify(handler)})
    await handle(request, response)
  } catch (error) {
    response.statusCode = 500
    response.end(String(error?.stack ?? error))
  }
})
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
`
}
