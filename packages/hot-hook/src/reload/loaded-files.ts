import { knowsNewMessages, sendToParent } from './parent.ts'
import type { FileStamp } from './protocol.ts'

/** How long files are collected, in milliseconds: a program loads them by the thousand. */
const collectMs = 20

/**
 * Tells the parent which files belong to the program, and what they were like when they were read: so
 * it knows what was saved since when the program crashes.
 */
export class LoadedFiles {
  readonly #told = new Map<string, number>()
  readonly #untold = new Map<string, FileStamp | null>()
  #timer: NodeJS.Timeout | undefined

  /** @param stamp taken before the file was read; `undefined` when nobody knows */
  add(file: string, stamp: FileStamp | null | undefined): void {
    if (!knowsNewMessages()) return
    const { mtimeMs = -1, size = -1 } = stamp ?? {}
    if (this.#told.get(file) === mtimeMs) return
    if (this.#told.size === 0) process.once('exit', () => this.#send())
    this.#told.set(file, mtimeMs)
    this.#untold.set(file, size < 0 ? null : { mtimeMs, size })
    this.#timer ??= setTimeout(() => this.#collect(), collectMs).unref()
  }

  /** A program that has just started up answers first. */
  #collect(): void {
    this.#timer = setTimeout(() => this.#send(), collectMs).unref()
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const paths = [...this.#untold.keys()]
    const stamps = [...this.#untold.values()]
    this.#untold.clear()
    if (paths.length > 0) sendToParent({ type: 'hot-hook:loaded', paths, stamps })
  }
}
