import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))

/** `again`: each file is first written with something else. */
export type SaveStyle = 'in place' | 'rename' | 'again'

/** The directory of one program, and what is in it. */
export class Workspace {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-oracle-')))
  #files: Record<string, string> = {}

  constructor(files: Record<string, string>) {
    this.save(files)
    mkdirSync(join(this.directory, 'node_modules'), { recursive: true })
    symlinkSync(packageDirectory, join(this.directory, 'node_modules', 'hot-hook'), 'junction')
  }

  get files(): Readonly<Record<string, string>> {
    return this.#files
  }

  /** Makes the files of the directory these; `touched` are written though they stay as they were. */
  save(files: Record<string, string>, how: SaveStyle = 'in place', touched: string[] = []): void {
    for (const path of Object.keys(this.#files)) {
      if (files[path] === undefined) unlinkSync(join(this.directory, path))
    }
    for (const [path, source] of Object.entries(files)) {
      if (this.#files[path] === source && !touched.includes(path)) continue
      const file = join(this.directory, path)
      mkdirSync(dirname(file), { recursive: true })
      if (how === 'rename') {
        writeFileSync(`${file}.tmp~`, source)
        renameSync(`${file}.tmp~`, file)
      } else {
        if (how === 'again' && this.#files[path] !== source) writeFileSync(file, `${source}\n\n`)
        writeFileSync(file, source)
      }
    }
    this.#files = files
  }

  remove(): void {
    // A process that was just killed may still have been writing.
    for (const name of readdirSync(this.directory)) {
      rmSync(join(this.directory, name), { recursive: true, force: true, maxRetries: 3 })
    }
    rmSync(this.directory, { recursive: true, force: true })
  }
}
