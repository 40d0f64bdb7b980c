import { readFileSync, type Stats } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { isDirectory, listDirectory, realPath, statOf } from '../files/directory.ts'
import { isSameLook } from '../files/signature.ts'
import type { WatchedDirectory } from './watched-directory.ts'

/** A save that leaves a file as it was is none. */
function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

export interface ReloadFilesHost {
  isReload(file: string): boolean
  isIgnored(file: string): boolean
  note(file: string): void
  /** The directory of that path, known already or new. */
  directory(path: string): WatchedDirectory
  open(directory: WatchedDirectory): void
}

/** A file's modification time moves in kernel ticks of this many milliseconds. */
const tick = 4
/** How long, in milliseconds, a file that has gone or become empty may be in the middle of a save. */
const settleTime = 200
/** A file that is written to without an end is taken as it is after so many looks. */
const mostLooks = 3

/** What a file is like: its content, or what a look says of one that cannot be read. */
interface Found {
  stats: Stats | undefined
  content: string | undefined
}

/** Looks, reads and looks again: what was read is what the look says. */
function lookInto(path: string): Found {
  let before = statOf(path)
  for (let looks = 1; before !== undefined && !before.isDirectory(); looks++) {
    const content = contentOf(path)
    const stats = statOf(path)
    if (stats && (isSameLook(before, stats) || looks === mostLooks)) {
      const { size, mtimeMs, ctimeMs } = stats
      return { stats, content: content ?? `${size} ${mtimeMs} ${ctimeMs}` }
    }
    before = stats
  }
  return { stats: before, content: undefined }
}

/**
 * The files that `reload` globs match. Nobody imports them, so nobody adds them: their directories
 * are looked into, and a new one below them is watched as well.
 */
export class ReloadFiles {
  readonly #host: ReloadFilesHost
  readonly #bases = new Set<string>()

  constructor(host: ReloadFilesHost) {
    this.#host = host
  }

  /**
   * Watches the directory in which a glob begins, `depth` levels down. Files that changed after
   * `since`, in milliseconds since 1970, are told.
   */
  watchBase(path: string, depth: number, since: number): void {
    this.#bases.add(path)
    this.#watch(path, depth, since)
  }

  #watch(path: string, depth: number, since: number): void {
    const directory = this.#host.directory(path)
    if (directory.reloadDepth >= depth) return
    directory.reloadDepth = depth
    directory.reloadSince = since
    if (directory.isOpen) this.compare(directory)
    else this.#host.open(directory)
  }

  /** Tells what is different from when the directory was last looked at. */
  compare(directory: WatchedDirectory): void {
    if (directory.reloadDepth < 0) return
    const since = directory.reloadSince
    directory.reloadSince = undefined
    const gone = new Set(directory.reloadFiles.keys())
    for (const entry of listDirectory(directory.path)) {
      const path = join(directory.path, entry.name)
      if (this.#isBelow(directory, path, entry)) {
        this.#watch(path, directory.reloadDepth - 1, since ?? 0)
      } else if (this.#host.isReload(path)) {
        gone.delete(path)
        this.#compareFile(directory, path, since)
      }
    }
    for (const path of gone) {
      directory.reloadFiles.delete(path)
      this.#host.note(path)
    }
  }

  #compareFile(directory: WatchedDirectory, path: string, since: number | undefined): void {
    const found = lookInto(path)
    const { stats } = found
    if (stats?.isDirectory()) return
    const isDifferent = this.#remember(directory, path, found)
    // The change time, not the modification time: a program can set that one as it likes.
    const isChanged = since === undefined ? isDifferent : (stats?.ctimeMs ?? 0) > since - tick
    if (isChanged) this.#host.note(path)
  }

  /** A directory that did not exist is there: every file in it is new. */
  onAppeared(directory: WatchedDirectory): void {
    directory.reloadSince = 0
  }

  /** Its parent finds one that comes back, as it found this one; a base has to be waited for. */
  onLost(directory: WatchedDirectory): void {
    if (this.#bases.has(directory.path) || isDirectory(directory.path)) return
    directory.reloadDepth = -1
    directory.reloadFiles.clear()
  }

  /** Something happened to an entry of a watched directory. */
  onEntry(directory: WatchedDirectory, path: string): void {
    for (const link of directory.links.get(path) ?? []) {
      this.#check(this.#host.directory(dirname(link)), link)
    }
    if (directory.reloadDepth >= 0) this.#check(directory, path)
  }

  #check(directory: WatchedDirectory, path: string, hasSettled = false): void {
    const isReload = this.#host.isReload(path)
    if (!isReload && directory.reloadDepth === 0) return
    const found = lookInto(path)
    const { stats } = found
    if (stats?.isDirectory()) {
      if (this.#isBelow(directory, path)) this.#watch(path, directory.reloadDepth - 1, 0)
    } else if (isReload) {
      const isInSave = !stats?.size && directory.reloadFiles.has(path)
      if (isInSave && !hasSettled) {
        setTimeout(() => this.#check(directory, path, true), settleTime).unref()
      } else if (this.#remember(directory, path, found)) this.#host.note(path)
    }
  }

  /** Notes what a file is like now, and answers whether it was different before. */
  #remember(directory: WatchedDirectory, path: string, { stats, content }: Found): boolean {
    const before = directory.reloadFiles.get(path)
    if (stats === undefined || content === undefined) return directory.reloadFiles.delete(path)
    directory.reloadFiles.set(path, content)
    this.#watchTarget(path)
    return before !== content
  }

  /** A write through a symbolic link shows only where the file really is. */
  #watchTarget(path: string): void {
    const real = realPath(path)
    if (real === undefined || real === realParent(path)) return
    const target = this.#host.directory(dirname(real))
    const links = target.links.get(real) ?? new Set()
    target.links.set(real, links.add(path))
    this.#host.open(target)
  }

  /** Whether `path` is a directory below one, that can hold reload files as well. */
  #isBelow(
    directory: WatchedDirectory,
    path: string,
    entry?: { isDirectory(): boolean; isSymbolicLink(): boolean },
  ): boolean {
    if (directory.reloadDepth < 1) return false
    if (entry !== undefined && !entry.isDirectory()) {
      if (!entry.isSymbolicLink() || !isDirectory(path)) return false
    }
    const name = basename(path)
    if (name === 'node_modules' || name === '.git') return false
    return !this.#host.isIgnored(path) && !leadsUpwards(path)
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
