import {
  isMissing,
  isSameLook,
  isUnchanged,
  type KnownFile,
  missingSource,
  racyMs,
  readSignature,
  signatureOf,
  stamp,
} from '../files/signature.ts'

/**
 * A file that is missing or empty may be in the middle of a save: it is given this long, in
 * milliseconds. On a busy disk emptying a file alone (`open` with O_TRUNC) was seen to take 70 and more.
 */
export const settleMs = 200

/** Compares files with what was known of them. Each save is found once, whoever asks first. */
export class ContentCheck<File extends KnownFile> {
  readonly #recheck: (file: File) => void
  /** What is missing or empty, and since when. */
  readonly #settling = new Map<File, number>()
  /** When a look at a file was another one than before, in milliseconds of `performance.now()`. */
  readonly #seenAt = new WeakMap<File, number>()
  /** How many files were read. */
  reads = 0

  /** @param recheck told of a file that was in the middle of a save and has to be looked at again */
  constructor(recheck: (file: File) => void) {
    this.#recheck = recheck
  }

  /** Whether files are in the middle of a save. */
  get isSettling(): boolean {
    return this.#settling.size > 0
  }

  /** Whether this file is in the middle of a save. */
  settles(file: File): boolean {
    return this.#settling.has(file)
  }

  /** Whether the content differs from the known one, in whose place it is known from now on. */
  hasChanged(file: File): boolean {
    const known = file.signature
    if (!known) return false
    const look = stamp(file.file)
    const isSame = isSameLook(known, look)
    if (isSame && (isMissing(known) || isUnchanged(known, look))) {
      this.#settling.delete(file)
      return false
    }
    if (known.source === undefined) {
      this.#settling.delete(file)
      file.signature = signatureOf(look, undefined)
      return !isSame
    }
    this.reads++
    const read = readSignature(file, look)
    const hasChanged = read.source !== known.source
    // It may have been emptied since it was looked at: what was read decides.
    const isInSave = read.source === '' || read.source === missingSource
    if (hasChanged && isInSave && !this.#hasSettled(file)) return false
    this.#settling.delete(file)
    if (!isSame) this.#seenAt.set(file, performance.now())
    file.signature = this.#isRacy(file) ? { ...read, readAt: Number.NEGATIVE_INFINITY } : read
    return hasChanged
  }

  /**
   * Whether the file may have been written again with the same time, whatever the process thinks of
   * that time: the clock of files can be another one (a container's mount, a network's disk).
   */
  #isRacy(file: File): boolean {
    const seenAt = this.#seenAt.get(file)
    return seenAt !== undefined && performance.now() - seenAt <= racyMs
  }

  /** Editors truncate and then write, or delete and then create: only what lasts is the content. */
  #hasSettled(file: File): boolean {
    const now = performance.now()
    const since = this.#settling.get(file)
    if (since !== undefined) return now - since >= settleMs
    this.#settling.set(file, now)
    setTimeout(() => this.#recheck(file), settleMs + 5).unref()
    return false
  }
}
