import type { Log } from '../log/log.ts'
import { globBases } from '../options/glob.ts'
import { Batch } from './batch.ts'
import { ChokidarWatch } from './chokidar-watch.ts'
import { DirectoryWatch } from './directory-watch.ts'
import { eventLoopTurn, type LoopMoment } from './event-loop.ts'
import { ReloadFiles } from './reload-files.ts'
import { describeWatchError } from './watch-error.ts'
import type { WatchEvents } from './watch-events.ts'

export interface WatcherOptions {
  /** Told the absolute paths that may have changed, each once a batch; what changed is not said. */
  onChange(files: string[]): void
  /** Whether an absolute path matches a `reload` glob. */
  isReload(file: string): boolean
  reloadGlobs: readonly string[]
  /** What `reloadGlobs` are relative to. */
  rootDirectory: string
  /** Directories for which this is true are not looked into for `reload` files. */
  isIgnored(file: string): boolean
  log: Log
  /**
   * Reload files changed after this time, in milliseconds since 1970, count as changed.
   *
   * @default when it was made
   */
  since?: number | undefined
  /**
   * Reload files that were there when the program started: one that is gone when the watcher starts
   * has changed.
   */
  expected?: readonly string[] | undefined
}

/**
 * Says which files may have changed; of those that match `reload`, which have. It keeps no process
 * alive.
 */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #batch: Batch
  readonly #watch: DirectoryWatch | ChokidarWatch
  readonly #reload: ReloadFiles
  readonly #told = new Set<string>()
  #added: string[] = []
  #addTimer: NodeJS.Timeout | undefined
  #state: 'new' | 'started' | 'closed' = 'new'
  /** Files that may have changed and were not told yet. */
  readonly pending: ReadonlySet<string>
  /** A save is heard of before what follows it. */
  isPrompt = false
  /** The turn of the event loop in which the system told of something last. */
  toldIn = -1

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#batch = new Batch((files) => this.#hand(files))
    this.pending = this.#batch.files
    const note = (path: string) => {
      if (this.#state !== 'closed') this.#batch.add(path)
    }
    this.#reload = new ReloadFiles(options.since ?? Date.now(), note)
    this.#watch = watchFor({
      isReload: options.isReload,
      isIgnored: options.isIgnored,
      told: () => {
        this.toldIn = eventLoopTurn()
      },
      note,
      found: (file) => this.#reload.found(file),
      compare: (directory) => this.#reload.compare(directory),
      onError: (...of) => this.#fail(...of),
    })
  }

  /** Begins to watch: what was added so far, and what `reload` globs can match. */
  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'started'
    this.#watch.start(globBases(this.#options.reloadGlobs, this.#options.rootDirectory))
    this.#flushAdded()
    const { expected = [] } = this.#options
    void this.ready.then(() => {
      for (const file of expected) this.#reload.missed(file)
    })
  }

  /** When it last heard of something, or was about to hand something on. */
  get heard(): LoopMoment | undefined {
    return this.#batch.seen
  }

  /** Watches a file, which need not exist. Once that is so it is told as a change, to be compared. */
  add(file: string): void {
    if (this.#state === 'closed') return
    this.#added.push(file)
    this.isPrompt = false
    if (this.#state === 'new' || this.#addTimer !== undefined) return
    // Modules are loaded by the thousand. A timer that is not waited for: a program that only runs
    // and ends pays nothing.
    this.#addTimer = setTimeout(() => this.#flushAdded(), 1).unref()
  }

  /** Whether every change of the file is told. */
  has(file: string): boolean {
    return this.#watch.has(file)
  }

  /** Watches a directory: every entry that is created, changed or deleted in it is told. */
  addDirectory(path: string): void {
    if (this.#state !== 'closed') this.#watch.addDirectory(path)
  }

  /** Watches a file, or a directory, no longer. */
  remove(file: string): void {
    this.#added = this.#added.filter((added) => added !== file)
    this.#notePrompt()
    this.#watch.remove(file)
  }

  /** Resolves when no save can be missed in anything that was added before `start`. */
  get ready(): Promise<void> {
    return this.#watch.ready
  }

  /** Watches nothing any more; `onChange` is not called again. */
  async close(): Promise<void> {
    this.#state = 'closed'
    clearTimeout(this.#addTimer)
    this.#added = []
    this.isPrompt = false
    this.#batch.clear()
    await this.#watch.close()
  }

  #flushAdded(): void {
    clearTimeout(this.#addTimer)
    this.#addTimer = undefined
    this.#watch.add(this.#added.splice(0))
    this.#notePrompt()
  }

  #notePrompt(): void {
    this.isPrompt = this.#watch.isPrompt && this.#state === 'started' && this.#added.length === 0
  }

  #hand(files: string[]): void {
    const changed = files.filter(
      (file) => this.has(file) || !this.#options.isReload(file) || this.#reload.hasChanged(file),
    )
    if (changed.length > 0) this.#options.onChange(changed)
  }

  #fail(path: string, error: Error): void {
    const { kind, message } = describeWatchError(path, error)
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.#options.log.warn(message, 'HOT_HOOK_CANNOT_WATCH')
  }
}

/** On Linux our own, elsewhere chokidar, and where HOT_HOOK_WATCHER or CHOKIDAR_USEPOLLING say so. */
function watchFor(events: WatchEvents): DirectoryWatch | ChokidarWatch {
  const { HOT_HOOK_WATCHER: chosen, CHOKIDAR_USEPOLLING: polling = '' } = process.env
  // As chokidar reads it.
  const isPolling = !['', '0', 'false'].includes(polling.toLowerCase())
  const isChokidar = process.platform !== 'linux' || chosen === 'chokidar' || isPolling
  return isChokidar ? new ChokidarWatch(events) : new DirectoryWatch(events)
}
