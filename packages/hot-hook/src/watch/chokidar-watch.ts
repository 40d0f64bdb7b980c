import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path'
import type { FSWatcher } from 'chokidar'
import { listDirectory } from '../files/directory.ts'
import type { GlobBase } from '../options/glob.ts'
import { pollMs } from './polled-directories.ts'
import { isLimit } from './watch-error.ts'
import { isSkipped, type WatchEvents } from './watch-events.ts'

/** So long, in milliseconds, it takes until a file that is added is watched, on a busy machine. */
const addMs = 100

/**
 * What chokidar can watch: macOS and Windows by their events, and by polling file systems that say
 * nothing of changes, such as some of a container's mounts.
 */
export class ChokidarWatch {
  /** No change is missed from then on in what was added before. */
  readonly ready: Promise<void>
  /** Its events come when they come. */
  readonly isPrompt = false
  readonly #events: WatchEvents
  readonly #resolveReady: () => void
  /** Made when watching starts: the program comes before what it costs to load. */
  #watcher: FSWatcher | undefined
  #isPolling = false
  readonly #files = new Set<string>()
  readonly #directories = new Set<string>()
  #bases: readonly GlobBase[] = []
  #isReady = false

  /** Whether it polls is for CHOKIDAR_USEPOLLING to say, until the system can watch no more. */
  constructor(events: WatchEvents) {
    this.#events = events
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ready = promise
    this.#resolveReady = resolve
  }

  #make(): FSWatcher {
    const events = this.#events
    const { FSWatcher } = loadChokidar()
    const watcher = new FSWatcher({
      ...(this.#isPolling && { usePolling: true, interval: pollMs }),
      persistent: false,
      atomic: false,
      // 'add' tells that a file that was added is watched by now.
      ignoreInitial: false,
      ignored: (path, stats) => !this.#isWanted(normalize(path), stats?.isDirectory()),
    })
    watcher.once('ready', () => {
      this.#isReady = true
      // What was saved or deleted before was perhaps never seen by it.
      for (const path of [...this.#files, ...this.#directories]) events.note(path)
      events.compare()
      this.#resolveReady()
    })
    for (const event of ['add', 'change', 'unlink', 'addDir', 'unlinkDir'] as const) {
      watcher.on(event, (path) => this.#onPath(normalize(path), event.endsWith('Dir')))
    }
    // What comes before that: a save with the length and time of the last one is none to chokidar.
    watcher.on('raw', (_, name, details) => {
      const { watchedPath = '' } = details as { watchedPath?: string }
      for (const path of [watchedPath, join(watchedPath, name ?? '')]) {
        this.#onPath(path, true)
        // Those that are known: what is new may be on its way to take another one's place.
        if (this.#isReady && this.#events.isReload(path)) this.#events.compare()
      }
    })
    watcher.on('error', (error) => {
      const reason = error instanceof Error ? error : new Error(String(error))
      const { path = 'a file', resource: forbidden } = reason as {
        path?: string
        resource?: string
      }
      // With --permission it asks for the directories above, too.
      if (forbidden !== undefined && !this.#isWanted(forbidden)) return
      const place = forbidden ?? path
      if (isLimit(reason)) this.#poll(place, reason)
      // What cannot be read is said where it is loaded.
      else if (this.#isAsked(place)) events.note(place)
      else events.onError(place, reason)
    })
    return watcher
  }

  /** A limit of the system is reached, which polling does not need. */
  #poll(path: string, reason: Error): void {
    if (this.#isPolling) return
    this.#isPolling = true
    this.#events.onError(path, reason)
    void this.#watcher?.close()
    this.#watcher = this.#make()
    this.#watcher.add([...this.#files])
    this.start(this.#bases)
  }

  start(bases: readonly GlobBase[]): void {
    this.#bases = bases
    for (const { directory } of bases) this.#find(directory)
    this.#watcher ??= this.#make()
    this.#watcher.add([...bases.map(({ directory }) => directory), ...this.#directories])
  }

  add(files: readonly string[]): void {
    for (const file of files) this.#files.add(file)
    this.#watcher?.add([...files])
    if (!this.#isReady) return
    // It does not say when it begins to watch them, and nothing of what it watches already.
    const note = () => {
      for (const file of files) if (this.#files.has(file)) this.#events.note(file)
    }
    note()
    setTimeout(note, addMs).unref()
  }

  addDirectory(path: string): void {
    this.#directories.add(path)
    this.#watcher?.add(path)
  }

  remove(path: string): void {
    const isDirectory = this.#directories.delete(path)
    if (!this.#files.delete(path) && !isDirectory) return
    if (!this.#isWanted(path)) this.#watcher?.unwatch(path)
  }

  has(file: string): boolean {
    return this.#isReady && this.#files.has(file)
  }

  async close(): Promise<void> {
    await this.#watcher?.close()
  }

  /** A directory is told where it is itself watched, or an entry of one that is. */
  #onPath(path: string, isDirectory: boolean): void {
    if (this.#isAsked(path)) this.#events.note(path)
    else if (isDirectory || !this.#events.isReload(path)) return
    else if (this.#isReady) this.#events.note(path)
    else this.#events.found(path)
  }

  /** The `reload` files that are there: chokidar takes its time. */
  #find(directory: string): void {
    for (const entry of listDirectory(directory)) {
      const path = join(directory, entry.name)
      if (!this.#isWanted(path, entry.isDirectory())) continue
      if (entry.isDirectory()) this.#find(path)
      else if (this.#events.isReload(path)) this.#events.found(path)
    }
  }

  #isAsked(path: string): boolean {
    return this.#files.has(path) || this.#directories.has(dirname(path))
  }

  /** @param isDirectory `undefined` when that is not known */
  #isWanted(path: string, isDirectory?: boolean): boolean {
    if (this.#isAsked(path) || this.#directories.has(path)) return true
    if (isDirectory !== true && this.#events.isReload(path)) return true
    return isDirectory !== false && this.#bases.some((base) => this.#isBelow(base, path))
  }

  #isBelow({ directory, depth }: GlobBase, path: string): boolean {
    if (path === directory) return true
    const below = relative(directory, path)
    if (below.startsWith('..') || isAbsolute(below) || isSkipped(below)) return false
    return below.split(sep).length <= depth && !this.#events.isIgnored(path)
  }
}

/** Only who needs it pays for loading it. */
function loadChokidar(): typeof import('chokidar') {
  return createRequire(import.meta.url)('#chokidar')
}
