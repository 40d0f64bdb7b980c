import { dirname, sep } from 'node:path'
import { isDirectory } from '../files/directory.ts'
import type { GlobBase } from '../options/glob.ts'
import { PolledDirectories } from './polled-directories.ts'
import { ReloadDirectories } from './reload-directories.ts'
import { isForbidden, isLimit } from './watch-error.ts'
import type { WatchEvents } from './watch-events.ts'
import { WatchedDirectory } from './watched-directory.ts'

/**
 * Linux drops what does not fit into its queue of 16,384 events, and Node does not say so: after so many
 * nothing that was heard is believed, and all is looked at.
 */
const eventsToDoubt = 4096

/**
 * Linux: the directories that hold the files are watched, so an editor that writes a new file and
 * renames it over the old one is seen like one that writes in place.
 */
export class DirectoryWatch {
  /** No change is missed from now on in what was added before. */
  readonly ready = Promise.resolve()
  /** Saves are heard of in the order in which they happen among all that happens to the process. */
  readonly isPrompt = true
  readonly #events: WatchEvents
  readonly #directories = new Map<string, WatchedDirectory>()
  readonly #reload: ReloadDirectories
  readonly #polled: PolledDirectories
  #isStarted = false
  #eventCount = 0

  constructor(events: WatchEvents) {
    this.#events = events
    this.#reload = new ReloadDirectories(
      events,
      (path) => this.#directory(path),
      (directory) => this.#open(directory),
    )
    this.#polled = new PolledDirectories({
      open: (directory) => this.#open(directory),
      note: (path) => events.note(path),
      look: (directory) => this.#reload.look(directory),
    })
  }

  start(bases: readonly GlobBase[]): void {
    this.#isStarted = true
    for (const { directory, depth } of bases) this.#reload.watchBase(directory, depth)
    for (const directory of [...this.#directories.values()]) this.#open(directory)
    this.#reload.isStarting = false
  }

  add(files: readonly string[]): void {
    for (const file of files) {
      const directory = this.#directory(dirname(file))
      directory.files.add(file)
      this.#open(directory)
      this.#events.note(file)
    }
  }

  addDirectory(path: string): void {
    const directory = this.#directory(path)
    directory.whole = true
    this.#open(directory)
  }

  remove(path: string): void {
    const whole = this.#directories.get(path)
    if (whole?.whole) {
      whole.whole = false
      this.#closeUnneeded(whole)
    }
    const directory = this.#directories.get(dirname(path))
    if (directory?.files.delete(path)) this.#closeUnneeded(directory)
  }

  has(file: string): boolean {
    const directory = this.#directories.get(dirname(file))
    return directory?.isOpen === true && directory.files.has(file)
  }

  async close(): Promise<void> {
    this.#polled.close()
    for (const directory of this.#directories.values()) directory.close()
    this.#directories.clear()
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
    if (!this.#isStarted || directory.isOpen || directory.awaitedIn !== undefined) return
    if (process.permission?.has('fs.read', directory.path) === false) {
      this.#events.onError(directory.path, new Error('--permission forbids it'))
      return
    }
    if (!isDirectory(directory.path)) {
      this.#await(directory)
      return
    }
    directory.open({
      onEntry: (...entry) => this.#onEntry(...entry),
      onLost: (lost) => this.#onLost(lost),
      onReady: (opened) => {
        this.#tellAll(opened)
        this.#openAwaited(opened)
      },
      onError: (failed, error) => {
        this.#events.onError(failed.path, error)
        if (isForbidden(error)) this.#await(failed)
        else if (isLimit(error)) this.#polled.add(failed)
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

  #onEntry(directory: WatchedDirectory, event: string, path: string): void {
    this.#events.told()
    if (directory.whole || directory.files.has(path)) this.#events.note(path)
    this.#reload.onEntry(directory, path)
    if (event === 'rename') this.#openAwaited(directory)
    if (++this.#eventCount % eventsToDoubt > 0) return
    this.#openAgain([...this.#directories.values()])
  }

  #tellAll(directory: WatchedDirectory): void {
    for (const file of directory.files) this.#events.note(file)
    if (directory.whole) this.#events.note(directory.path)
    this.#reload.look(directory)
  }

  /** What is waited for may be there now, or a nearer parent of it. */
  #openAwaited(parent: WatchedDirectory): void {
    for (const path of [...parent.awaited]) {
      const directory = this.#directory(path)
      parent.awaited.delete(path)
      directory.awaitedIn = undefined
      this.#open(directory)
    }
    this.#closeUnneeded(parent)
  }

  #onLost(directory: WatchedDirectory): void {
    const below = `${directory.path}${sep}`
    this.#openAgain(
      [...this.#directories.values()].filter(
        (each) => each === directory || each.path.startsWith(below),
      ),
    )
  }

  #openAgain(directories: readonly WatchedDirectory[]): void {
    for (const each of directories) {
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
}
