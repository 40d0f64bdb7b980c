import type { Stats } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, normalize, relative, sep } from 'node:path'
import type { FSWatcher } from 'chokidar'
import type { GlobBase } from '../options/glob.ts'

export interface PollingOptions {
  isReload(file: string): boolean
  isIgnored(file: string): boolean
  note(file: string): void
  onError(path: string, error: Error): void
}

/** A file's change time moves in kernel ticks of this many milliseconds. */
const tick = 4

/** For file systems that say nothing of changes, such as some of a container's mounts. */
export class PollingWatcher {
  readonly ready: Promise<void>
  readonly #options: PollingOptions
  readonly #watcher: FSWatcher
  readonly #files = new Set<string>()
  readonly #directories = new Set<string>()
  #bases: GlobBase[] = []
  #since = Number.POSITIVE_INFINITY
  #isReady = false

  constructor(options: PollingOptions) {
    this.#options = options
    // Only who polls pays for loading it.
    const chokidar: typeof import('chokidar') = createRequire(import.meta.url)('chokidar')
    this.#watcher = new chokidar.FSWatcher({
      persistent: false,
      usePolling: true,
      atomic: false,
      // Without it 'add' would not tell what a file was like when polling began.
      ignoreInitial: false,
      ignored: (path, stats) => !this.#isWanted(normalize(path), stats),
    })
    this.ready = new Promise((resolve) => {
      this.#watcher.once('ready', () => {
        this.#isReady = true
        resolve()
      })
    })
    this.#watcher.on('add', (path, stats) => this.#onAdd(path, stats))
    this.#watcher.on('change', (path) => this.#onEvent(path))
    this.#watcher.on('unlink', (path) => this.#onEvent(path))
    this.#watcher.on('addDir', (path) => this.#onDirectory(path))
    this.#watcher.on('unlinkDir', (path) => this.#onDirectory(path))
    this.#watcher.on('error', (error) => {
      const reason = error instanceof Error ? error : new Error(String(error))
      options.onError('path' in reason ? String(reason.path) : 'a file', reason)
    })
  }

  get isReady(): boolean {
    return this.#isReady
  }

  start(bases: GlobBase[], since: number): void {
    this.#bases = bases
    this.#since = since
    this.#watcher.add([...bases.map((base) => base.directory), ...this.#directories])
  }

  has(file: string): boolean {
    return this.#isReady && this.#files.has(file)
  }

  add(files: readonly string[]): void {
    for (const file of files) {
      // chokidar says nothing of what it polls already.
      if (this.has(file)) this.#options.note(file)
      this.#files.add(file)
    }
    this.#watcher.add([...files])
  }

  addDirectory(path: string): void {
    this.#directories.add(path)
    this.#watcher.add(path)
  }

  remove(file: string): void {
    const isDirectory = this.#directories.delete(file)
    if (!this.#files.delete(file) && !isDirectory) return
    if (!this.#isWanted(file)) this.#watcher.unwatch(file)
  }

  async close(): Promise<void> {
    await this.#watcher.close()
  }

  #onAdd(path: string, stats: Stats | undefined): void {
    const isNew = this.#isReady || (stats?.ctimeMs ?? 0) > this.#since - tick
    if (isNew || this.#files.has(normalize(path))) this.#onEvent(path)
  }

  #onEvent(path: string): void {
    const file = normalize(path)
    if (this.#isAsked(file) || this.#options.isReload(file)) this.#options.note(file)
  }

  /** A directory is told where it is itself watched, or an entry of one that is. */
  #onDirectory(path: string): void {
    const directory = normalize(path)
    if (this.#isAsked(directory)) this.#options.note(directory)
  }

  #isAsked(path: string): boolean {
    return this.#files.has(path) || this.#directories.has(dirname(path))
  }

  #isWanted(path: string, stats?: Stats): boolean {
    if (this.#files.has(path) || this.#directories.has(path)) return true
    if (this.#directories.has(dirname(path))) return true
    if (stats !== undefined && !stats.isDirectory()) return this.#options.isReload(path)
    return this.#bases.some((base) => this.#isBelow(base, path))
  }

  #isBelow({ directory, depth }: GlobBase, path: string): boolean {
    if (path === directory) return true
    if (!path.startsWith(directory.endsWith(sep) ? directory : directory + sep)) return false
    const levels = relative(directory, path).split(sep)
    const isSkipped = levels.some((level) => level === 'node_modules' || level === '.git')
    return !isSkipped && levels.length <= depth + 1 && !this.#options.isIgnored(path)
  }
}
