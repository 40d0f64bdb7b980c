import { type FSWatcher, watch } from 'node:fs'
import { basename, join } from 'node:path'
import { isDirectory } from '../files/directory.ts'

/** What a directory tells the watcher that owns it. */
export interface DirectoryEvents {
  /** Something happened to this entry. */
  onEntry(directory: WatchedDirectory, event: string, path: string): void
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
  /** Whether every change here is told. */
  whole = false
  /** How many levels below this one `reload` globs reach; -1 when they do not reach here. */
  reloadDepth = -1
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
      const watcher = watch(this.path, { persistent: false }, (event, name) => {
        if (this.#watcher === watcher) this.#onEvent(events, event, name)
      })
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
  }

  close(): void {
    const watcher = this.#watcher
    this.#watcher = undefined
    watcher?.close()
  }

  #onEvent(events: DirectoryEvents, event: string, name: string | null): void {
    // Linux names what is not an entry by the directory itself.
    if (name !== null) events.onEntry(this, event, join(this.path, name))
    // The system names a directory's own removal or move like an entry of that name.
    if (event === 'rename' && name === basename(this.path)) events.onLost(this)
  }
}
