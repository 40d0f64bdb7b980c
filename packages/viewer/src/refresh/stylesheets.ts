import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'

/** Directories hold so many entries at most that are looked at for a style sheet. */
const mostEntries = 20_000
const mostSheets = 500
const skipped = new Set(['node_modules', 'bower_components'])

interface Sheet {
  /** Paths of the addresses that pages have it by. */
  paths: Set<string>
  /** In milliseconds since 1970. */
  savedAt: number
}

/** Finds the files of the style sheets that pages use, and tells when they are saved. */
export class Stylesheets {
  readonly #root: () => string
  readonly #changed: (paths: string[]) => void
  /** By file. */
  readonly #sheets = new Map<string, Sheet>()
  readonly #looked = new Set<string>()
  #watcher: FSWatcher | undefined

  constructor(root: () => string, changed: (paths: string[]) => void) {
    this.#root = root
    this.#changed = changed
  }

  /**
   * @param paths of the addresses by which a page has its style sheets, `/css/shop.css`
   * @param since when the page was asked for, in milliseconds since 1970: what was saved later is told
   */
  async follow(paths: readonly string[], since: number): Promise<void> {
    const wanted = paths.filter((path) => !this.#looked.has(path) && isSheetPath(path))
    if (wanted.length > 0 && this.#looked.size + wanted.length <= mostSheets) {
      for (const path of wanted) this.#looked.add(path)
      const files = await sheetsIn(this.#root())
      for (const path of wanted) {
        for (const file of bestMatches(files, path)) this.#watch(file, path, since)
      }
    }
    for (const sheet of this.#sheets.values()) {
      if (sheet.savedAt <= since) continue
      const old = paths.filter((path) => sheet.paths.has(path))
      if (old.length > 0) this.#changed(old)
    }
  }

  async close(): Promise<void> {
    await this.#watcher?.close()
  }

  #watch(file: string, path: string, since: number): void {
    const known = this.#sheets.get(file)
    if (known) {
      known.paths.add(path)
      return
    }
    this.#sheets.set(file, { paths: new Set([path]), savedAt: since })
    if (!this.#watcher) {
      this.#watcher = watch([], { persistent: false })
      const seen = (saved: string) => this.#seen(saved)
      // The first `add` of a file comes right before it is watched: what was saved until then is seen after it.
      this.#watcher.on('change', seen).on('add', (found) => setImmediate(seen, found))
      // Where the system has no watches left, style sheets come with the next page.
      this.#watcher.on('error', () => {})
    }
    this.#watcher.add(file)
  }

  #seen(file: string): void {
    const sheet = this.#sheets.get(file)
    const savedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (!sheet || savedAt === undefined || savedAt <= sheet.savedAt) return
    sheet.savedAt = savedAt
    this.#changed([...sheet.paths])
  }
}

function isSheetPath(path: string): boolean {
  return path.startsWith('/') && path.length < 1_000 && !path.includes('\0')
}

/** The style sheets below a directory, but for those of packages. */
async function sheetsIn(root: string): Promise<string[]> {
  const found: string[] = []
  const queue = [root]
  let entries = 0
  for (const directory of queue) {
    for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
      if (++entries > mostEntries) return found
      const path = join(directory, entry.name)
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name) && !entry.name.startsWith('.')) queue.push(path)
      } else if (entry.name.endsWith('.css')) found.push(path)
    }
  }
  return found
}

/** The files whose path ends as the address does, as far as possible: at least the name is the same. */
function bestMatches(files: readonly string[], path: string): string[] {
  const wanted = path.split('/').filter(Boolean).reverse()
  let best = 0
  let matches: string[] = []
  for (const file of files) {
    const parts = file.split(sep).reverse()
    let length = 0
    while (length < wanted.length && wanted[length] === parts[length]) length++
    if (length === 0 || length < best) continue
    if (length > best) matches = []
    best = length
    matches.push(file)
  }
  return matches
}
