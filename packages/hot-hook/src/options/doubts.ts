import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDirectory, listDirectory } from '../files/directory.ts'
import { type Log, shortPath } from '../log/log.ts'
import { isMainThread } from '../node/threads.ts'
import { compileGlobs, type GlobBase, globBases, isNegated } from './glob.ts'
import { findEntry, type ResolvedOptions } from './options.ts'

/** Where so many entries hold no match, nothing is said rather than looking on. */
const mostEntries = 5_000
const skipped = new Set(['node_modules', '.git'])

/** How long a preloaded `hot-hook` waits for its `init`, in milliseconds. */
const initTime = 1_000

/** Says once, in a line each, what is probably not meant as it was done. */
export class Doubts {
  readonly #log: Log
  readonly #options: () => ResolvedOptions | undefined

  constructor(log: Log, options: () => ResolvedOptions | undefined) {
    this.#log = log
    this.#options = options
  }

  /** Hot Hook was loaded, and waits to be started. */
  loaded(): void {
    if (!isMainThread) return
    setTimeout(() => {
      if (this.#options() || !isPreloaded()) return
      this.#log.warnOnce(
        'hot-hook alone does nothing: preload hot-hook/register',
        'HOT_HOOK_PRELOAD',
      )
    }, initTime).unref()
  }

  /**
   * Hot Hook was started.
   *
   * @param stack of the caller, when the entry was named, not found
   */
  started({ root }: ResolvedOptions, stack: unknown): void {
    if (!isMainThread) return
    if (isUnderNodeWatch()) {
      const text = 'node --watch restarts the process at each save, so nothing is hot: leave it out'
      this.#log.warnOnce(text, 'HOT_HOOK_NODE_WATCH')
    }
    if (root !== undefined && stack !== undefined) this.#doubtRoot(root, stack)
    setImmediate(() => this.#doubtBoundaries()).unref()
  }

  #doubtRoot(root: string, stack: unknown): void {
    const script = findEntry(process.argv[1], process.cwd())
    if (isRunning(root, script, stack)) return
    this.#log.warnOnce(`'root' is ${root}, but the program that runs is ${script}`, 'HOT_HOOK_ROOT')
  }

  #doubtBoundaries(): void {
    const options = this.#options()
    for (const text of options ? doubtsOfBoundaries(options) : []) {
      this.#log.warnOnce(text, 'HOT_HOOK_BOUNDARIES')
    }
  }
}

/** Whether `node --watch` runs the process, which says so in the environment. */
function isUnderNodeWatch(): boolean {
  return process.env.WATCH_REPORT_DEPENDENCIES !== undefined && process.send !== undefined
}

/** Whether Node was told to preload `hot-hook`, which is not `hot-hook/register`. */
function isPreloaded(): boolean {
  const options = `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`
  return /(?:^|\s)(?:--import|--require|-r)[=\s]hot-hook(?:\s|$)/.test(options)
}

/** Whether the program starts with `root`: Node was given it, or it calls; also when that is not known. */
function isRunning(root: string, script: string | undefined, stack: unknown): boolean {
  if (script === undefined || script === root || typeof stack !== 'string') return true
  return stack.includes(root) || stack.includes(pathToFileURL(root).href)
}

/** What is probably not meant as it was written in `boundaries`, one sentence each. */
function doubtsOfBoundaries(options: ResolvedOptions): string[] {
  const { boundaries, root, rootDirectory } = options
  if (boundaries === undefined) return []
  if (boundaries.length === 0) {
    return ["'boundaries' is empty: no import() is a boundary but those with { hot: 'true' }"]
  }
  return boundaries
    .filter((glob) => !isNegated(glob))
    .flatMap((glob) => {
      const isMatch = compileGlobs([glob], rootDirectory)
      const isEntry = root !== undefined && isMatch(root)
      const isElsewhere = (file: string) => file !== root && isMatch(file)
      if (hasMatch(globBases([glob], rootDirectory), isElsewhere) !== false) return []
      return isEntry
        ? `'boundaries': '${glob}' is the entry, ${shortPath(root, rootDirectory)}, which nobody imports`
        : `'boundaries': '${glob}' matches no file in ${rootDirectory}`
    })
}

/** Whether a file below the bases matches; `undefined` when there are too many to look at. */
function hasMatch(bases: GlobBase[], isMatch: (file: string) => boolean): boolean | undefined {
  const queue = [...bases]
  let entries = 0
  for (const { directory, depth } of queue) {
    for (const entry of listDirectory(directory)) {
      if (++entries > mostEntries) return undefined
      const path = join(directory, entry.name)
      if (isMatch(path)) return true
      // A link may lead round in a circle: what is behind it is not looked at.
      if (entry.isSymbolicLink() && isDirectory(path)) return undefined
      const isBelow = entry.isDirectory() && depth > 0 && !skipped.has(entry.name)
      if (isBelow) queue.push({ directory: path, depth: depth - 1 })
    }
  }
  return false
}
