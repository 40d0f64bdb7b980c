import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'

/**
 * A script of this package, with the code that V8 has made of it kept beside it: to compile all of the
 * runtime is half of what it takes to start. Node's compile cache does that too, but has to be warm, and
 * users turn it off for their programs.
 *
 * It is not kept where the directory cannot be written to, and taken by the very Node that has made it
 * only: V8 looks at its own version and at its flags.
 */
export class KeptCode {
  readonly #script: Script
  readonly #path: string

  /**
   * @param url of a file that is an ES module as well: its first and last lines, which only a module can
   *   have, are left out
   */
  constructor(url: string) {
    const path = fileURLToPath(url)
    // By its time too: of the text itself V8 compares the length.
    const { mtimeMs } = statSync(path)
    this.#path = `${path.slice(0, -'.js'.length)}-${process.version}-${process.arch}-${mtimeMs}.code`
    const text = readFileSync(path, 'utf8')
    const source = text.slice(text.indexOf('\n') + 1, text.lastIndexOf('\n', text.length - 2))
    const cachedData = readTwice(this.#path)
    this.#script = new Script(source, {
      filename: url,
      lineOffset: 1,
      ...(cachedData && { cachedData }),
    })
  }

  /** What the script comes to. */
  run(): unknown {
    return this.#script.runInThisContext()
  }

  /** Keeps the code, also of the functions that have run so far, unless that is done already. */
  keep(): void {
    if (this.#script.cachedDataRejected === false) return
    const code = this.#script.createCachedData()
    try {
      // Who reads it in the middle of this sees that.
      writeFileSync(this.#path, Buffer.concat([code, code]))
    } catch {
      // Nobody may write here, or the disk is full: it is compiled the next time too.
    }
  }
}

/**
 * What is twice in a file; `undefined` when the two are not the same. V8 does not look whether code that
 * is kept is whole, and a process that runs half of it dies.
 */
function readTwice(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path)
    const half = bytes.subarray(0, bytes.length / 2)
    const isWhole = half.length > 0 && half.equals(bytes.subarray(half.length))
    return isWhole ? half : undefined
  } catch {
    return undefined
  }
}
