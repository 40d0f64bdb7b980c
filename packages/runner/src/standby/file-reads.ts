import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { look } from './look.ts'

const reading = [
  'accessSync',
  'existsSync',
  'lstatSync',
  'opendirSync',
  'openSync',
  'readFileSync',
  'readdirSync',
  'statSync',
] as const
const writing = [
  'appendFileSync',
  'copyFileSync',
  'cpSync',
  'linkSync',
  'mkdirSync',
  'mkdtempSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'symlinkSync',
  'truncateSync',
  'unlinkSync',
  'writeFileSync',
] as const
/** ts-node's cache of compiled code: each process that ends writes it, and takes of it what fits its sources. */
const caches = /[\\/]v8-compile-cache(?:-\d+)?[\\/].*\.(?:BLOB|MAP)$/

const running = ['execFileSync', 'execSync', 'spawnSync'] as const

/**
 * In a process that waits: which files its preloads and packages have read, to be compared when it is
 * taken, and what else they have done. What they do later, they do too late to be used at all.
 */
export class FileReads {
  /** What each file was like before it was read, by absolute path. */
  readonly #looks = new Map<string, string>()
  readonly #restore: (() => void)[] = []
  #isFollowing = true
  #onEffect: ((effect: string) => void) | undefined

  constructor() {
    for (const name of reading) this.#wrap(fs, name, ([path]) => this.#read(path))
    for (const name of writing) this.#wrap(fs, name, () => this.#onEffect?.(`fs.${name}()`))
    this.#wrap(fs, 'openSync', ([, flags]) => {
      if (typeof flags === 'string' && /[wa+]/.test(flags)) this.#onEffect?.('fs.openSync()')
    })
    for (const name of running) {
      this.#wrap(childProcess, name, () => this.#onEffect?.(`child_process.${name}()`))
    }
    syncBuiltinESMExports()
  }

  /** Notes what is read from now on; `onEffect` is told of what is more than reading. */
  follow(onEffect: (effect: string) => void): void {
    this.#isFollowing = true
    this.#onEffect = onEffect
  }

  /** Notes nothing until `follow`. */
  pause(): void {
    this.#isFollowing = false
    this.#onEffect = undefined
  }

  /** Why what was read is not what would be read now. */
  changed(): string | undefined {
    this.pause()
    for (const [path, before] of this.#looks) {
      if (look(path) !== before) return `${path} has changed`
    }
    return undefined
  }

  /** Gives Node its own functions back. */
  restore(): void {
    for (const restore of this.#restore) restore()
    syncBuiltinESMExports()
  }

  #read(path: unknown): void {
    if (!this.#isFollowing) return
    const absolute = pathOf(path)
    // The script itself is read when it starts.
    if (absolute === undefined || absolute === process.argv[1] || caches.test(absolute)) return
    if (this.#looks.has(absolute)) return
    // Our own look is none of what is followed.
    this.#isFollowing = false
    this.#looks.set(absolute, look(absolute))
    this.#isFollowing = true
  }

  /** Puts a function in place of another one that calls `note` first and is otherwise the same. */
  #wrap<Name extends string>(
    owner: Record<Name, (...given: never[]) => unknown>,
    name: Name,
    note: (given: readonly unknown[]) => void,
  ): void {
    const original = owner[name]
    const wrapped = new Proxy(original, {
      apply: (target, self, given) => {
        note(given)
        return Reflect.apply(target, self, given)
      },
    })
    owner[name] = wrapped
    // The last one first; and who has put another function there meanwhile keeps it.
    this.#restore.unshift(() => {
      if (owner[name] === wrapped) owner[name] = original
    })
  }
}

/** The absolute path of what a function of `fs` was given; undefined for a descriptor. */
function pathOf(given: unknown): string | undefined {
  if (given instanceof URL) return given.protocol === 'file:' ? fileURLToPath(given) : undefined
  const path = Buffer.isBuffer(given) ? given.toString() : given
  if (typeof path !== 'string' || path === '') return undefined
  return isAbsolute(path) ? path : resolve(path)
}
