import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { Log } from '../../src/log/log.ts'
import { compileGlobs } from '../../src/options/glob.ts'
import { Watcher, type WatcherOptions } from '../../src/watch/watcher.ts'

/** The directory of the test. */
export let project: string
/** What the watchers have told, in relative paths, and since `forget()`. */
export const batches: string[][] = []
const watchers = new Set<Watcher>()

/** The absolute path of a file of the project. */
export function path(file: string): string {
  return join(project, file)
}

/** What was told until now is of no interest any more. */
export function forget(): void {
  batches.length = 0
}

/** Writes a file in place, and makes its directories. */
export function put(file: string, content = ''): void {
  mkdirSync(dirname(path(file)), { recursive: true })
  writeFileSync(path(file), content)
}

/** As many editors save: a new file, renamed over the old one. */
export function replace(file: string, content: string): void {
  put(`${file}.tmp`, content)
  renameSync(path(`${file}.tmp`), path(file))
}

/** A watcher of the project that has not been started. */
export function create(reloadGlobs: string[] = [], options: Partial<WatcherOptions> = {}): Watcher {
  const watcher = new Watcher({
    onChange: (files) => batches.push(files.map((file) => relative(project, file))),
    isReload: compileGlobs(reloadGlobs, project),
    reloadGlobs,
    rootDirectory: project,
    isIgnored: compileGlobs(['**/node_modules/**', '**/ignored/**'], project),
    log: new Log(),
    ...options,
  })
  watchers.add(watcher)
  return watcher
}

/** A watcher of these files that has told all it has to tell of them at the start. */
export async function watching(
  files: string[],
  reloadGlobs: string[] = [],
  options: Partial<WatcherOptions> = {},
): Promise<Watcher> {
  // What a test has just written is not for the watcher to tell.
  const watcher = create(reloadGlobs, { since: Date.now() + 60_000, ...options })
  for (const file of files) watcher.add(path(file))
  watcher.start()
  await watcher.ready
  forget()
  if (files.length > 0) await told(...files)
  forget()
  return watcher
}

/** Waits until all of these have been told, perhaps among others. */
export async function told(...files: string[]): Promise<void> {
  await expect
    .poll(() => [...new Set(batches.flat())].sort(), { timeout: 20_000, interval: 5 })
    .toEqual(expect.arrayContaining([...files].sort()))
}

/** Runs `change`, and answers what was told of it until `last`, changed after it, was told. */
export async function toldUntil(last: string, change: () => void): Promise<string[]> {
  forget()
  change()
  await told(last)
  return [...new Set(batches.flat())].sort()
}

beforeEach(() => {
  // But for `modes` this is about our own watch, whatever the environment says.
  vi.stubEnv('HOT_HOOK_WATCHER', undefined)
  project = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-watcher-')))
  forget()
})

afterEach(async () => {
  for (const watcher of watchers) await watcher.close()
  watchers.clear()
  rmSync(project, { recursive: true, force: true })
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** How many directories the process has the kernel watch; Linux only. */
export function countSystemWatches(): number {
  if (process.platform !== 'linux') return 0
  let count = 0
  for (const descriptor of readdirSync('/proc/self/fdinfo')) {
    try {
      const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
      count += info.match(/^inotify wd/gm)?.length ?? 0
    } catch {
      // The descriptor that listed the directory is closed by now.
    }
  }
  return count
}
