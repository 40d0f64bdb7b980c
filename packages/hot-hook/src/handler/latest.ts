import { isPromise } from 'node:util/types'
import type { ModuleNode } from '../graph/module-graph.ts'
import { appOf } from './app.ts'

/** What a handler asks of the runtime. */
export interface LatestHost {
  /** Hot Hook runs: modules are replaced. */
  readonly isRunning: boolean
  /** Whether what was loaded at `epoch` is the latest, and nothing has to be awaited or done to know that. */
  isCurrent(epoch: number): boolean
  /** Grows whenever a module gets a new version. */
  readonly epoch: number
  /** Whether all that was saved before now has been heard of; otherwise it has after `setImmediate`. */
  readonly isHeard: boolean
  /**
   * Looks for the saves that have been heard of.
   *
   * @returns what resolves when the updates have been made that are due then; `undefined` when none is
   */
  due(): Promise<void> | undefined
  /** Runs what imports the app. */
  load(run: () => unknown): { loaded: unknown; roots: ReadonlySet<ModuleNode> }
}

/** An app as one request uses it. */
export interface Served<T> {
  run: T
  /** The modules that were imported for it. */
  roots: ReadonlySet<ModuleNode>
}

type Epoch = { epoch: number }

/** Before all that the runtime counts: Hot Hook does not run. */
const plain = -1

/** The latest app in the form in which it is mounted, imported again only when something has changed. */
export class Latest<T> {
  readonly #host: LatestHost
  readonly #load: () => unknown
  readonly #prepare: (app: unknown) => T | Promise<T>
  #prepared: { app: unknown; run: T } | undefined
  /** What was imported last. */
  imported: ReadonlySet<ModuleNode> = new Set()
  #current: (Served<T> & Epoch) | undefined
  #loading: ({ served: Promise<Served<T>> } & Epoch) | undefined

  /** @param prepare gives an app the form in which it is mounted; throws for what has none */
  constructor(host: LatestHost, load: () => unknown, prepare: (app: unknown) => T | Promise<T>) {
    this.#host = host
    this.#load = load
    this.#prepare = prepare
  }

  /** The app that a request gets which has nothing to wait for; otherwise `undefined`. */
  get now(): Served<T> | undefined {
    const current = this.#current
    return current !== undefined && this.#host.isCurrent(current.epoch) ? current : undefined
  }

  /** The app that a request gets. Rejects as the load does. */
  async get(): Promise<Served<T>> {
    const { now } = this
    if (now !== undefined) return now
    if (!this.#host.isHeard) await new Promise(setImmediate)
    return this.getHeard()
  }

  /** The app that a request gets when all has been heard of; at once when nothing has to be waited for. */
  getHeard(): Served<T> | Promise<Served<T>> {
    if (!this.#host.isRunning) return this.#current ?? this.#at(plain)
    const due = this.#host.due()
    return due ? due.then(() => this.#at(this.#host.epoch)) : this.#at(this.#host.epoch)
  }

  #at(epoch: number): Served<T> | Promise<Served<T>> {
    if (this.#current?.epoch === epoch) return this.#current
    if (this.#loading?.epoch === epoch) return this.#loading.served
    const served = this.#next(epoch)
    const loading = { epoch, served }
    this.#loading = loading
    // What has failed is tried again by the next request.
    const ended = () => {
      if (this.#loading === loading) this.#loading = undefined
    }
    served.then(ended, ended)
    return served
  }

  async #next(epoch: number): Promise<Served<T>> {
    const { loaded, roots } = this.#host.load(this.#load)
    this.imported = roots
    const app = await appOf(await loaded)
    const served = { run: await this.#runOf(app), roots, epoch }
    // What is not imported (`() => app`) can change at any time.
    const isKept = isPromise(loaded) || !this.#host.isRunning
    if (isKept && epoch >= (this.#current?.epoch ?? plain)) this.#current = served
    return served
  }

  async #runOf(app: unknown): Promise<T> {
    const known = this.#prepared
    if (known && known.app === app) return known.run
    const run = await this.#prepare(app)
    this.#prepared = { app, run }
    return run
  }
}
