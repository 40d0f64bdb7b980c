import { existsSync, type Stats, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FSWatcher, watch } from 'chokidar'

/** Directories that hold nothing anyone saves by hand. */
const skipped = new Set(['node_modules', '.git', '.hg', '.svn', '.cache', 'coverage'])
const sources = new Set(
  '.js .mjs .cjs .jsx .ts .mts .cts .tsx .json .jsonc .node .wasm .yaml .yml .toml'.split(' '),
)

/** The kernel's clock for files may be this much behind ours, in milliseconds. */
const clockTick = 5

/**
 * The files a crashed script is waited on with: what it had loaded, what it failed to load, what was
 * missing, what its error names, and the sources of its package. Watches only while the script is
 * down; when it runs, Hot Hook watches.
 */
export class WatchList {
  /** What each file was like when the program had it; undefined: it was missing. */
  readonly #known = new Map<string, string | undefined>()
  readonly #tree: string
  readonly #poll: number | undefined
  #watcher: FSWatcher | undefined

  constructor(scriptFile: string, poll: number | undefined) {
    this.#tree = packageDirectory(scriptFile)
    this.#poll = poll
    this.note([scriptFile])
  }

  /** These files belong to the program now, as they are on disk. */
  note(paths: readonly string[]): void {
    for (const path of paths) this.#known.set(path, stamp(path))
  }

  /**
   * Watches until `close`.
   *
   * @param error text of the error that ended the script; the files it names are watched, too
   * @param startedAt when the script was started, in milliseconds since 1970: a file of the tree that
   *   is newer, or a loaded one that changed since, was saved too late to be in the program.
   *   Undefined: only saves from now on count.
   * @param onSave called once, with the first file that is saved; `late`: before this call
   */
  open(
    error: string,
    startedAt: number | undefined,
    onSave: (path: string, late: boolean) => void,
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
      if (this.#watcher !== watcher || !isWanted(path)) return
      this.close()
      onSave(path, late)
    }
    // Until it is ready the watcher reports every file there is: a save may be among them.
    const inspect = (path: string, stats: Stats | undefined) => {
      if (stats?.isFile() !== true) return
      if (stats.mtimeMs > openedAt) report(path)
      else if (startedAt !== undefined && this.#isNewer(path, stats, startedAt)) report(path, true)
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

  /** Stops watching. */
  close(): void {
    void this.#watcher?.close()
    this.#watcher = undefined
  }

  /** The path from the tree: what the tree itself lies in does not matter. */
  #inTree(path: string): string {
    return relative(this.#tree, path)
  }

  #isNewer(path: string, stats: Stats, startedAt: number): boolean {
    if (this.#known.has(path)) return this.#known.get(path) !== stamp(path)
    return stats.mtimeMs > startedAt
  }
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
  return stats && `${stats.mtimeMs} ${stats.size} ${stats.ino}`
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
