import { dirname, sep } from 'node:path'
import { isDirectory } from '../files/directory.ts'
import type { Log } from '../log/log.ts'
import { globBases } from '../options/glob.ts'
import { Batch } from './batch.ts'
import { PollingWatcher } from './polling-watcher.ts'
import { ReloadFiles } from './reload-files.ts'
import { describeWatchError, isForbidden, missingPermission } from './watch-error.ts'
import { WatchedDirectory } from './watched-directory.ts'

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
   * Look at each file ten times a second instead of asking the system; CHOKIDAR_USEPOLLING decides
   * when it is set.
   *
   * @default false
   */
  polling?: boolean | undefined
  /**
   * Reload files changed after this time, in milliseconds since 1970, count as changed.
   *
   * @default when `start` was called
   */
  since?: number | undefined
}

/**
 * Says which files may have changed. It watches the directories that hold them, so an editor that
 * writes a new file and renames it over the old one is seen like one that writes in place. It
 * keeps no process alive.
 */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #batch: Batch
  readonly #directories = new Map<string, WatchedDirectory>()
  readonly #reload: ReloadFiles
  readonly #polling: PollingWatcher | undefined
  readonly #told = new Set<string>()
  #added: string[] = []
  #addTimer: NodeJS.Timeout | undefined
  #state: 'new' | 'started' | 'closed' = 'new'
  #ready: PromiseWithResolvers<void> | undefined

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#batch = new Batch((files) => options.onChange(files))
    const note = (file: string) => this.#batch.add(file)
    this.#reload = new ReloadFiles({
      isReload: options.isReload,
      isIgnored: options.isIgnored,
      note,
      directory: (path) => this.#directory(path),
      open: (directory) => this.#open(directory),
    })
    if (usePolling(options.polling)) {
      this.#polling = new PollingWatcher({
        ...options,
        note,
        onError: (...of) => this.#fail(...of),
      })
    }
  }

  /** Begins to watch: what was added so far, and what `reload` globs can match. */
  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'started'
    const since = this.#options.since ?? Date.now()
    const bases = globBases(this.#options.reloadGlobs, this.#options.rootDirectory)
    if (this.#polling) this.#polling.start(bases, since)
    else for (const { directory, depth } of bases) this.#reload.watchBase(directory, depth, since)
    for (const directory of [...this.#directories.values()]) this.#open(directory)
    this.#flushAdded()
  }

  /** Watches a file, which need not exist. Once that is so it is told as a change, to be compared. */
  add(file: string): void {
    if (this.#state === 'closed') return
    this.#added.push(file)
    if (this.#state === 'new' || this.#addTimer !== undefined) return
    // Modules are loaded by the thousand. A timer that is not waited for: a program that only runs
    // and ends pays nothing.
    this.#addTimer = setTimeout(() => this.#flushAdded(), 1).unref()
  }

  /** Whether every change of the file is told. */
  has(file: string): boolean {
    if (this.#state === 'new') return false
    if (this.#polling) return this.#polling.has(file)
    const directory = this.#directories.get(dirname(file))
    return directory?.isOpen === true && directory.files.has(file)
  }

  /** Watches a directory: every entry that is created, changed or deleted in it is told. */
  addDirectory(path: string): void {
    if (this.#state === 'closed') return
    if (this.#polling) {
      this.#polling.addDirectory(path)
      return
    }
    const directory = this.#directory(path)
    directory.whole = true
    if (this.#state === 'started') this.#open(directory)
  }

  /** Watches a file, or a directory, no longer. */
  remove(file: string): void {
    this.#added = this.#added.filter((added) => added !== file)
    this.#polling?.remove(file)
    const whole = this.#directories.get(file)
    if (whole?.whole) {
      whole.whole = false
      this.#closeUnneeded(whole)
    }
    const directory = this.#directories.get(dirname(file))
    if (directory?.files.delete(file)) this.#closeUnneeded(directory)
  }

  /** Files that may have changed and were not told yet. */
  get pending(): ReadonlySet<string> {
    return this.#batch.files
  }

  /** On Linux a save is heard of before what follows it; elsewhere the system takes its time. */
  get isPrompt(): boolean {
    return process.platform === 'linux' && !this.#polling && this.#isSettled()
  }

  /** Resolves when no save can be missed in anything that was added so far. */
  get ready(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve()
    this.#ready ??= Promise.withResolvers<void>()
    return this.#ready.promise
  }

  /** Watches nothing any more; `onChange` is not called again. */
  async close(): Promise<void> {
    this.#state = 'closed'
    clearTimeout(this.#addTimer)
    this.#added = []
    this.#batch.clear()
    for (const directory of this.#directories.values()) directory.close()
    this.#directories.clear()
    await this.#polling?.close()
    this.#settle()
  }

  #flushAdded(): void {
    clearTimeout(this.#addTimer)
    this.#addTimer = undefined
    const added = this.#added
    this.#added = []
    if (this.#polling) {
      this.#polling.add(added)
      void this.#polling.ready.then(() => this.#settle())
      return
    }
    for (const file of added) {
      const directory = this.#directory(dirname(file))
      directory.files.add(file)
      this.#open(directory)
      this.#batch.add(file)
    }
    this.#settle()
  }

  #directory(path: string): WatchedDirectory {
    let directory = this.#directories.get(path)
    if (directory === undefined) {
      directory = new WatchedDirectory(path)
      this.#directories.set(path, directory)
    }
    return directory
  }

  #open(directory: WatchedDirectory): void {
    if (directory.isOpen || directory.awaitedIn !== undefined) return
    const denied = missingPermission(directory.path)
    if (denied) {
      this.#tell(denied)
      return
    }
    if (!isDirectory(directory.path)) {
      this.#await(directory)
      return
    }
    directory.open({
      onEntry: (...entry) => this.#onEntry(...entry),
      onLost: (lost) => this.#onLost(lost),
      onReady: (opened) => this.#onReady(opened),
      onError: (failed, error) => {
        this.#fail(failed.path, error)
        if (isForbidden(error)) this.#await(failed)
      },
    })
  }

  /** Waits in the nearest existing parent for a directory to come, to come back or to be opened. */
  #await(directory: WatchedDirectory): void {
    let parent = dirname(directory.path)
    if (parent === directory.path) return
    while (!isDirectory(parent) && parent !== dirname(parent)) parent = dirname(parent)
    const watched = this.#directory(parent)
    watched.awaited.add(directory.path)
    directory.awaitedIn = watched
    this.#open(watched)
  }

  #onEntry(directory: WatchedDirectory, event: string, path: string | undefined): void {
    if (path === undefined) {
      this.#tellAll(directory)
      return
    }
    if (directory.whole || directory.files.has(path)) this.#batch.add(path)
    this.#reload.onEntry(directory, path)
    if (event === 'rename') this.#openAwaited(directory)
  }

  #onReady(directory: WatchedDirectory): void {
    this.#tellAll(directory)
    this.#openAwaited(directory)
  }

  #tellAll(directory: WatchedDirectory): void {
    for (const file of directory.files) this.#batch.add(file)
    if (directory.whole) this.#batch.add(directory.path)
    this.#reload.compare(directory)
  }

  #openAwaited(parent: WatchedDirectory): void {
    for (const path of [...parent.awaited]) {
      const exists = isDirectory(path)
      if (!exists && !isNearer(path, parent.path)) continue
      const directory = this.#directory(path)
      parent.awaited.delete(path)
      directory.awaitedIn = undefined
      if (exists) this.#reload.onAppeared(directory)
      this.#open(directory)
    }
    this.#closeUnneeded(parent)
  }

  #onLost(directory: WatchedDirectory): void {
    const below = `${directory.path}${sep}`
    const lost = [...this.#directories.values()].filter(
      (each) => each === directory || each.path.startsWith(below),
    )
    for (const each of lost) {
      each.close()
      this.#tellAll(each)
      this.#reload.onLost(each)
      if (each.isNeeded) this.#open(each)
      else this.#closeUnneeded(each)
    }
  }

  #closeUnneeded(directory: WatchedDirectory): void {
    if (directory.isNeeded) return
    this.#directories.delete(directory.path)
    directory.close()
    const parent = directory.awaitedIn
    if (parent?.awaited.delete(directory.path)) this.#closeUnneeded(parent)
  }

  #fail(path: string, error: Error): void {
    this.#tell(describeWatchError(path, error))
  }

  #tell({ kind, message }: { kind: string; message: string }): void {
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.#options.log.warn(message, 'HOT_HOOK_CANNOT_WATCH')
  }

  #isSettled(): boolean {
    if (this.#state === 'closed') return true
    const isPolling = this.#polling?.isReady === false
    return this.#state === 'started' && this.#added.length === 0 && !isPolling
  }

  #settle(): void {
    if (!this.#isSettled()) return
    this.#ready?.resolve()
    this.#ready = undefined
  }
}

/** Whether there is now a directory between `parent` and the missing `path`. */
function isNearer(path: string, parent: string): boolean {
  let directory = dirname(path)
  while (directory !== parent && directory.length > parent.length) {
    if (isDirectory(directory)) return true
    directory = dirname(directory)
  }
  return false
}

// As chokidar reads it.
function usePolling(option: boolean | undefined): boolean {
  const fromEnvironment = process.env.CHOKIDAR_USEPOLLING?.toLowerCase()
  if (fromEnvironment === undefined) return option === true
  return !['', '0', 'false'].includes(fromEnvironment)
}
