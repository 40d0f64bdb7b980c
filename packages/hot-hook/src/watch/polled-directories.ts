import { isSameLook, type Look, stamp } from '../files/signature.ts'
import type { WatchedDirectory } from './watched-directory.ts'

/** How often directories that cannot be watched are looked at, in milliseconds. */
export const pollMs = 1000

interface PolledHost {
  /** Tries once more to watch it. */
  open(directory: WatchedDirectory): void
  /** A file or directory may have changed. */
  note(path: string): void
  /** Its `reload` files may have changed. */
  look(directory: WatchedDirectory): void
}

/**
 * Directories that the system does not watch, since its limit is reached: what is in them is looked at
 * once a second, until it does. Keeps no process alive.
 */
export class PolledDirectories {
  readonly #host: PolledHost
  readonly #directories = new Map<WatchedDirectory, Map<string, Look>>()
  #timer: NodeJS.Timeout | undefined

  constructor(host: PolledHost) {
    this.#host = host
  }

  add(directory: WatchedDirectory): void {
    if (this.#directories.has(directory)) return
    this.#directories.set(directory, new Map())
    this.#look(directory)
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#directories.clear()
  }

  #poll(): void {
    for (const directory of [...this.#directories.keys()]) {
      if (directory.isNeeded) this.#host.open(directory)
      if (directory.isOpen || directory.awaitedIn || !directory.isNeeded) {
        this.#directories.delete(directory)
      } else this.#look(directory)
    }
    if (this.#directories.size === 0) this.close()
  }

  #look(directory: WatchedDirectory): void {
    const looks = this.#directories.get(directory)
    const paths = [...directory.files, ...directory.links.keys()]
    if (directory.whole) paths.push(directory.path)
    for (const path of paths) {
      const { mtimeMs, ctimeMs, size } = stamp(path)
      const known = looks?.get(path)
      looks?.set(path, { mtimeMs, ctimeMs, size })
      if (known && isSameLook(known, { mtimeMs, ctimeMs, size })) continue
      for (const one of directory.links.get(path) ?? [path]) this.#host.note(one)
    }
    this.#host.look(directory)
  }
}
