import { existsSync, type Stats, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FSWatcher, watch } from 'chokidar'
import type { FileStamp } from 'hot-hook/protocol'

/** Directories that hold nothing anyone saves by hand. */
const skipped = new Set(['node_modules', '.git', '.hg', '.svn', '.cache', 'coverage'])
const data = new Set('.json .jsonc .yaml .yml .toml'.split(' '))
const sources = new Set([
  ...'.js .mjs .cjs .jsx .ts .mts .cts .tsx .node .wasm'.split(' '),
  ...data,
])

interface OpenOptions {
  error?: string | undefined
  counts?: (path: string) => boolean
}

/** The kernel's clock for files may be this much behind ours, in milliseconds. */
const clockTick = 5

/**
 * The files a script is waited on with that is down or does not answer: what it had loaded, what it
 * failed to load, what was missing, what its error names, and the sources of its package. Watches only
 * then; else Hot Hook does.
 */
export class WatchList {
  /**
   * What each file was like when the program had it; undefined: it was missing; null: the process that
   * runs has not had it, one before has.
   */
  readonly #known = new Map<string, string | undefined | null>()
  readonly #tree: string
  readonly #poll: number | undefined
  #watcher: FSWatcher | undefined

  constructor(scriptFile: string, poll: number | undefined) {
    this.#tree = packageDirectory(scriptFile)
    this.#poll = poll
    this.note([scriptFile])
  }

  /**
   * These files belong to the program now.
   *
   * @param stamps what each was like when it was read, by its place; without one, as it is on disk
   */
  note(paths: readonly string[], stamps: readonly (FileStamp | null)[] = []): void {
    for (const [index, path] of paths.entries()) {
      const known = stamps[index]
      this.#known.set(path, known ? textOf(known) : stamp(path))
    }
  }

  /** A new process has none of the files yet. */
  started(): void {
    for (const path of this.#known.keys()) this.#known.set(path, null)
  }

  /** Whether the program has another content of a file than there is now. */
  hasChanged(path: string): boolean {
    return this.#known.get(path) !== stamp(path)
  }

  /** Whether a file was empty when the program read it, as it is in the middle of a save. */
  wasEmpty(path: string): boolean {
    return this.#known.get(path)?.endsWith(' 0') === true
  }

  /**
   * Watches until `close`.
   *
   * @param isLate whether a file that was saved before this call is not in the program
   * @param onSave called once, with the first file that is saved; `late`: before this call
   * @param error text of the error that ended the script; the files it names are watched, too
   * @param counts whether a save of this file counts at all. Default: that of each
   */
  open(
    isLate: (path: string, stats: Stats) => boolean,
    onSave: (path: string, late: boolean) => void,
    { error = '', counts = () => true }: OpenOptions = {},
  ): void {
    this.close()
    const openedAt = Date.now() - clockTick
    const files = new Set([...this.#known.keys(), ...filesIn(error)])
    const isWanted = (path: string) => files.has(path) || isSource(path)
    const isInTree = (path: string) => isInside(path, this.#tree) && !isSkipped(this.#inTree(path))
    const outside = [...files].filter((path) => !isInTree(path))
    const watcher = watch([this.#tree, ...outside], {
      ignored: (path, stats) =>
        !files.has(path) &&
        (isSkipped(this.#inTree(path)) || (stats?.isFile() === true && !isWanted(path))),
      alwaysStat: true,
      ...(isInside(homedir(), this.#tree) && { depth: 0 }),
      ...(this.#poll !== undefined && { usePolling: true, pollingInterval: this.#poll }),
    })
    this.#watcher = watcher
    let ready = false
    const report = (path: string, late = false) => {
      if (this.#watcher !== watcher || !isWanted(path) || !counts(path)) return
      this.close()
      onSave(path, late)
    }
    // Until it is ready the watcher reports every file there is: a save may be among them.
    const inspect = (path: string, stats: Stats | undefined) => {
      if (stats?.isFile() !== true) return
      if (isSavedAfter(stats, openedAt)) report(path)
      else if (isLate(path, stats)) report(path, true)
    }
    watcher
      .on('ready', () => {
        ready = true
        // A save between the first look at a file and the moment its watch stood made no event.
        for (const path of watchedFiles(watcher)) inspect(path, stat(path))
      })
      .on('add', (path, stats) => (ready ? report(path) : inspect(path, stats)))
      .on('change', (path) => report(path))
      // A directory that cannot be read is no reason to end.
      .on('error', () => {})
  }

  /** Whether it is data that no module of the program is: what a program may write itself. */
  isForeignData(path: string): boolean {
    return data.has(extname(path)) && !this.#known.has(path)
  }

  /** Stops watching. */
  close(): void {
    void this.#watcher?.close()
    this.#watcher = undefined
  }

  /** The path from the tree: what the tree itself lies in does not matter. */
  #inTree(path: string): string {
    return relative(this.#tree, path)
  }

  /**
   * Whether a file is not in a program that was started at `startedAt`, in milliseconds since 1970: one
   * that it has loaded and that changed since, or one of the tree that is newer.
   */
  isNewer(path: string, stats: Stats, startedAt: number): boolean {
    const isRead = this.#known.has(path) && this.#known.get(path) !== null
    return isRead ? this.hasChanged(path) : isSavedAfter(stats, startedAt)
  }
}

/**
 * Whether a file was saved after a time, in milliseconds since 1970. A time in the future is of another
 * clock, and says nothing.
 */
export function isSavedAfter({ mtimeMs }: Stats, time: number): boolean {
  return mtimeMs > time && mtimeMs <= Date.now() + clockTick
}

/** The nearest directory with a package.json, but no home; else that of the script. */
function packageDirectory(scriptFile: string): string {
  const own = dirname(scriptFile)
  let directory = own
  while (!isInside(homedir(), directory) && dirname(directory) !== directory) {
    if (existsSync(join(directory, 'package.json'))) return directory
    directory = dirname(directory)
  }
  return own
}

function isSkipped(path: string): boolean {
  return path.split(sep).some((part) => skipped.has(part))
}

function isSource(path: string): boolean {
  return sources.has(extname(path)) || basename(path).startsWith('.env')
}

function isInside(path: string, directory: string): boolean {
  const steps = relative(directory, path)
  return !steps.startsWith('..') && !isAbsolute(steps)
}

function watchedFiles(watcher: FSWatcher): string[] {
  return Object.entries(watcher.getWatched()).flatMap(([directory, names]) =>
    names.map((name) => join(directory, name)),
  )
}

function stat(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function stamp(path: string): string | undefined {
  const stats = stat(path)
  return stats && textOf(stats)
}

function textOf({ mtimeMs, size }: FileStamp): string {
  return `${mtimeMs} ${size}`
}

// `at f (file:///app/a.js:1:2)`, `at /app/a.js:1:2`, `Cannot find module '/app/b.js' imported from /app/a.js`
const fileUrls = /file:\/\/\/[^\s'"()]+/g
const absolutePaths = /(?<=^|[\s'"(])(?:\/|[A-Za-z]:\\)[^'"()\n]+?(?=:\d+|['")\n]|$)/gm

/** The source files that an error's text names, existing or not. */
export function filesIn(text: string): string[] {
  const files = new Set<string>()
  for (const [url] of text.matchAll(fileUrls)) {
    try {
      files.add(fileURLToPath(url.replace(/(:\d+)+$/, '').replace(/[?#].*$/, '')))
    } catch {
      // Not the URL of a file after all.
    }
  }
  for (const [path] of text.matchAll(absolutePaths)) files.add(path.trim())
  return [...files].filter(
    (file) =>
      isSource(file) && !file.includes(`${sep}node_modules${sep}`) && existsSync(dirname(file)),
  )
}
