import { basename, resolve } from 'node:path'
import type { Source, ViewerServer } from '@hot-hook/viewer/server'
import type { EventRecord } from 'hot-hook/protocol'
import type { UiCommand } from './cli.ts'
import { type RunnerOptions, RunnerOptionsError } from './options.ts'
import { followRunner } from './records.ts'
import type { Runner } from './runner.ts'
import type { Screen } from './screen.ts'

/** The viewer of a runner: on a port of its own, from the start or when the key is pressed. */
export class Ui {
  readonly #wanted: UiCommand
  readonly #source = new RunnerSource()
  #server: Promise<ViewerServer> | undefined
  #screen: Screen | undefined
  #directory = process.cwd()
  #handsOver = false

  constructor(wanted: UiCommand) {
    this.#wanted = wanted
  }

  /**
   * Listens, if that is asked for.
   *
   * @returns the options with what the script needs to be started with
   * @throws {RunnerOptionsError} when the port is taken
   */
  async prepare(options: RunnerOptions): Promise<RunnerOptions> {
    this.#directory = resolve(options.cwd ?? process.cwd())
    this.#handsOver = options.handoff === true
    const { port, refresh } = this.#wanted
    if (port === undefined && !refresh) return options
    const server = await this.#listen()
    if (!refresh) return options
    const { env, nodeArgs } = server.refreshLaunch
    return {
      ...options,
      env: { ...options.env, ...env },
      nodeArgs: [...nodeArgs, ...(options.nodeArgs ?? [])],
    }
  }

  /** Shows what happens in this runner, and where. */
  attach(runner: Runner, screen: Screen): void {
    this.#source.attach(runner)
    this.#screen = screen
    runner.once('start', () => {
      if (this.#wanted.port !== undefined) void this.#tell()
    })
  }

  /** Opens the graph in the browser of the user. */
  async open(): Promise<void> {
    const address = await this.#tell()
    if (address === undefined) return
    const { default: openInBrowser } = await import('open')
    // Where there is none, the address is on the screen.
    const browser = await openInBrowser(address).catch(() => undefined)
    browser?.on('error', () => {})
  }

  async #tell(): Promise<string | undefined> {
    try {
      const { address } = await this.#listen()
      this.#screen?.line(`the graph: ${address}`)
      return address
    } catch (error) {
      this.#screen?.line(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  #listen(): Promise<ViewerServer> {
    this.#server ??= this.#start()
    return this.#server
  }

  async #start(): Promise<ViewerServer> {
    const { ViewerServer } = await import('@hot-hook/viewer/server')
    const server = new ViewerServer({
      source: this.#source,
      title: basename(this.#directory),
      rootDirectory: this.#directory,
      handsOver: this.#handsOver,
    })
    const port = this.#wanted.port ?? 0
    await server.listen(port).catch((error: Error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE'
      throw new RunnerOptionsError(
        taken ? `--ui: port ${port} is taken, give another one.` : `--ui: ${error.message}`,
      )
    })
    return server
  }
}

/** What the runner knows of its program, from the time on that there is a runner. */
class RunnerSource implements Source {
  readonly #listeners = new Set<(record: EventRecord) => void>()
  #runner: Runner | undefined

  attach(runner: Runner): void {
    this.#runner = runner
    followRunner(runner, (record) => {
      for (const listener of this.#listeners) listener(record)
    })
  }

  async graph() {
    return this.#runner?.dump()
  }

  async explain(file: string) {
    return (await this.#runner?.explain([file]))?.[0]
  }

  subscribe(listener: (record: EventRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
