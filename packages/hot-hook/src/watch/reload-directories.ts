import type { Dirent } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { isDirectory, listDirectory, realPath } from '../files/directory.ts'
import { isSkipped, type WatchEvents } from './watch-events.ts'
import type { WatchedDirectory } from './watched-directory.ts'

/**
 * The directories in which files may be that `reload` globs match. Nobody imports those, so nobody
 * adds them: their directories are looked into, and a new one below them is watched as well.
 */
export class ReloadDirectories {
  readonly #events: WatchEvents
  readonly #directory: (path: string) => WatchedDirectory
  readonly #open: (directory: WatchedDirectory) => void
  readonly #bases = new Set<string>()
  /** What is there was there before. */
  isStarting = true

  /** @param directory gives the directory of a path, known already or new */
  constructor(
    events: WatchEvents,
    directory: (path: string) => WatchedDirectory,
    open: (directory: WatchedDirectory) => void,
  ) {
    this.#events = events
    this.#directory = directory
    this.#open = open
  }

  /** Watches the directory in which a glob begins, `depth` levels down. */
  watchBase(path: string, depth: number): void {
    this.#bases.add(path)
    this.#watch(path, depth)
  }

  #watch(path: string, depth: number): void {
    const directory = this.#directory(path)
    if (directory.reloadDepth >= depth) return
    directory.reloadDepth = depth
    if (directory.isOpen) this.look(directory)
    else this.#open(directory)
  }

  /** Tells all that is in a directory, and was. */
  look(directory: WatchedDirectory): void {
    if (directory.reloadDepth < 0) return
    if (!this.isStarting) this.#events.compare(directory.path)
    for (const entry of listDirectory(directory.path)) {
      this.#tell(directory, join(directory.path, entry.name), entry)
    }
  }

  /** Its parent finds one that comes back, as it found this one; a base has to be waited for. */
  onLost(directory: WatchedDirectory): void {
    if (!this.#bases.has(directory.path) && !isDirectory(directory.path)) directory.reloadDepth = -1
  }

  /** Something happened to an entry of a watched directory. */
  onEntry(directory: WatchedDirectory, path: string): void {
    for (const link of directory.links.get(path) ?? []) this.#events.note(link)
    if (directory.reloadDepth >= 0) this.#tell(directory, path)
  }

  #tell(directory: WatchedDirectory, path: string, entry?: Dirent): void {
    const isReload = this.#events.isReload(path)
    if (!isReload && directory.reloadDepth === 0) return
    if (entry && !entry.isSymbolicLink() ? entry.isDirectory() : isDirectory(path)) {
      if (this.#isBelow(directory, path)) this.#watch(path, directory.reloadDepth - 1)
    } else if (isReload) {
      if (this.isStarting) this.#events.found(path)
      else this.#events.note(path)
      this.#watchTarget(path)
    }
  }

  /** A write through a symbolic link shows only where the file really is. */
  #watchTarget(path: string): void {
    const real = realPath(path)
    if (real === undefined || real === realParent(path)) return
    const target = this.#directory(dirname(real))
    const links = target.links.get(real) ?? new Set()
    target.links.set(real, links.add(path))
    this.#open(target)
  }

  /** Whether a directory below another one can hold reload files as well. */
  #isBelow(directory: WatchedDirectory, path: string): boolean {
    if (directory.reloadDepth < 1 || isSkipped(basename(path))) return false
    return !this.#events.isIgnored(path) && !leadsUpwards(path)
  }
}

function realParent(path: string): string | undefined {
  const parent = realPath(dirname(path))
  return parent === undefined ? undefined : join(parent, basename(path))
}

/** Whether a symbolic link leads to a directory that holds the link: it would never end. */
function leadsUpwards(path: string): boolean {
  const parent = realPath(dirname(path))
  const real = realPath(path)
  return parent === undefined || real === undefined || `${parent}${sep}`.startsWith(`${real}${sep}`)
}
