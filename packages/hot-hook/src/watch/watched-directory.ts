import { type FSWatcher, realpathSync, watch } from 'node:fs'
import { basename, join } from 'node:path'
import { isDirectory } from '../files/directory.ts'

/** What a directory tells the watcher that owns it. */
export interface DirectoryEvents {
  /** Something happened to this entry; without a path, to anything in the directory. */
  onEntry(directory: WatchedDirectory, event: string, path: string | undefined): void
  /** The directory is not, or no longer, the one that was watched. */
  onLost(directory: WatchedDirectory): void
  /** From now on no change is missed. */
  onReady(directory: WatchedDirectory): void
  onError(directory: WatchedDirectory, error: Error): void
}

/**
 * One directory, not what is below it, and why it is watched. One watch of the system tells of all
 * its entries. chokidar would look at each of them first: 50 ms for 1,000 files instead of 2.
 */
export class WatchedDirectory {
  readonly path: string
  /** Files of the program in this directory. */
  readonly files = new Set<string>()
  /** Directories that do not exist, of which this is the nearest parent that does. */
  readonly awaited = new Set<string>()
  /** Real file → the symbolic links elsewhere that match a `reload` glob and lead to it. */
  readonly links = new Map<string, Set<string>>()
  /** Files here that match a `reload` glob → what they were like when last looked at. */
  readonly reloadFiles = new Map<string, string>()
  /** Whether every change here is told. */
  whole = false
  /** How many levels below this one `reload` globs reach; -1 when they do not reach here. */
  reloadDepth = -1
  /**
   * Before the first look: reload files that changed after this time, in milliseconds since 1970,
   * are told. From then on: those that are different.
   */
  reloadSince: number | undefined
  /** The existing parent in which this directory is waited for. */
  awaitedIn: WatchedDirectory | undefined
  #watcher: FSWatcher | undefined

  constructor(path: string) {
    this.path = path
  }

  /** Whether every change from now on is told. */
  get isOpen(): boolean {
    return this.#watcher !== undefined
  }

  get isNeeded(): boolean {
    return (
      this.whole ||
      this.reloadDepth >= 0 ||
      this.files.size > 0 ||
      this.awaited.size > 0 ||
      this.links.size > 0
    )
  }

  open(events: DirectoryEvents): void {
    try {
      const watcher = watch(nativePath(this.path), { persistent: false }, (event, name) => {
        if (this.#watcher === watcher) this.#onEvent(events, event, name)
      })
      // Windows says so when the directory was deleted.
      watcher.on('error', () => {
        if (this.#watcher === watcher) events.onLost(this)
      })
      this.#watcher = watcher
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error))
      // One that was deleted just now will be waited for.
      if (isDirectory(this.path)) events.onError(this, reason)
      else events.onLost(this)
      return
    }
    events.onReady(this)
    if (process.platform === 'darwin') this.#lookAgain(events, this.#watcher)
  }

  close(): void {
    const watcher = this.#watcher
    this.#watcher = undefined
    watcher?.close()
  }

  /** macOS begins to watch on a thread of its own, a moment later than it says. */
  #lookAgain(events: DirectoryEvents, watcher: FSWatcher): void {
    setTimeout(() => {
      if (this.#watcher === watcher) events.onReady(this)
    }, 100).unref()
  }

  #onEvent(events: DirectoryEvents, event: string, name: string | null): void {
    events.onEntry(this, event, name === null ? undefined : join(this.path, name))
    // The system names a directory's own removal or move like an entry of that name.
    if (event === 'rename' && name === basename(this.path)) events.onLost(this)
  }
}

/** Windows compares what changed with the spelling it was given, and knows only the long one. */
function nativePath(path: string): string {
  return process.platform === 'win32' ? realpathSync.native(path) : path
}
