import { dirname } from 'node:path'
import {
  isMissing,
  type KnownFile,
  missingSource,
  readSignature,
  signatureOf,
  stamp,
} from '../files/signature.ts'
import { ContentCheck, settleMs } from './content-check.ts'

/** File times move in kernel ticks of this many milliseconds. */
const tick = 4

/** The files that `reload` globs match, as they were: nobody loads them, so nobody else knows. */
export class ReloadFiles {
  readonly #files = new Map<string, KnownFile>()
  /** Those that have just come, and when. */
  readonly #coming = new Map<string, number>()
  readonly #contents: ContentCheck<KnownFile>
  readonly #since: number
  readonly #note: (file: string) => void

  /**
   * @param since what has changed after this time, in milliseconds since 1970, is a change
   * @param note told of files that are to be compared
   */
  constructor(since: number, note: (file: string) => void) {
    this.#since = since
    this.#note = note
    this.#contents = new ContentCheck(({ file }) => note(file))
  }

  /** A file that is there when the watcher starts. */
  found(file: string): void {
    if (this.#files.has(file) || !this.#know(file)) return
    // Looked at again: it may have been saved while it was read. The change time, not the
    // modification time: a program can set that one as it likes.
    const { ctimeMs } = stamp(file)
    // One in the future is of another clock: the next start would find it there as well.
    if (ctimeMs <= this.#since - tick || ctimeMs > Date.now() + tick) return
    this.#files.delete(file)
    this.#note(file)
  }

  /** A file that was there when the program started: when it is gone by now, nobody tells of that. */
  missed(file: string): void {
    const look = stamp(file)
    if (this.#files.has(file) || !isMissing(look)) return
    // It was there, with a content that nobody knows: whatever is found next is another one.
    const signature = signatureOf({ ...look, size: 0 }, '\0unknown')
    this.#files.set(file, { file, isResource: true, signature })
    this.#note(file)
  }

  /** Those that are known, in one directory or anywhere, are to be compared. */
  compare(directory?: string): void {
    for (const file of this.#files.keys()) {
      if (directory === undefined || dirname(file) === directory) this.#note(file)
    }
  }

  /** Whether a file is another than it was; one that is new is. */
  hasChanged(file: string): boolean {
    const known = this.#files.get(file)
    if (!known) return this.#hasCome(file)
    const hasChanged = this.#contents.hasChanged(known)
    if (known.signature?.source === missingSource) this.#files.delete(file)
    return hasChanged
  }

  /** Whether a new file is there to stay: what is written to take another one's place is not. */
  #hasCome(file: string): boolean {
    const now = performance.now()
    const since = this.#coming.get(file)
    if (since === undefined) {
      if (isMissing(stamp(file))) return false
      this.#coming.set(file, now)
      setTimeout(() => this.#note(file), settleMs + 5).unref()
      return false
    }
    if (now - since < settleMs) return false
    this.#coming.delete(file)
    return this.#know(file)
  }

  /** @returns whether it is there */
  #know(file: string): boolean {
    const known: KnownFile = { file, isResource: true, signature: undefined }
    known.signature = readSignature(known, stamp(file))
    const isThere = known.signature.source !== missingSource
    if (isThere) this.#files.set(file, known)
    return isThere
  }
}
