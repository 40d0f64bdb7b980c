import { isMainThread, threads } from '../node/threads.ts'

/** Loaded with the first update: every start would pay some milliseconds for it. */
const v8 = () => process.getBuiltinModule('node:v8')

/** Spaces that `--max-old-space-size` bounds together. */
const oldSpaces = /^(?:old|code|trusted|large_object|code_large_object|trusted_large_object)_space$/
/** A share of the limit: above it the heap is collected, to see what is really held. */
const lookAbove = 0.75
/** Still above this share of the limit after that: there is not much time left. */
const actAbove = 0.65
/** Replaced modules have to hold this share of what was left before them: else a restart cannot help. */
const worthAbove = 0.25

/**
 * Node never frees an ES module that was replaced, nor what its variables hold. Measures what the
 * heap grows by while modules are replaced, and asks for a fresh start before it is full.
 */
export class MemoryGuard {
  readonly #ask: (reason: string) => void
  /** Namespaces of replaced modules: whether they are there says whether Node keeps such modules. */
  readonly #namespaces: WeakRef<object>[] = []
  #modules = 0
  #limit = 0
  /** The least that was in use since modules are replaced, in bytes. */
  #least = Number.POSITIVE_INFINITY
  #lookAt = 0

  /** @param ask called once, with the reason */
  constructor(ask: (reason: string) => void) {
    this.#ask = ask
  }

  /** An update has replaced ES modules; the namespaces of some of them. */
  replaced(modules: number, namespaces: readonly WeakRef<object>[]): void {
    this.#modules += modules
    this.#namespaces.push(...namespaces)
    if (this.#limit === 0) {
      this.#limit = oldSpaceLimit()
      this.#lookAt = lookAbove * this.#limit
    }
    if (this.#used() < this.#lookAt) return
    collect()
    const used = this.#used()
    // Garbage, or the application's own: look again when half of what is left is used.
    this.#lookAt = Math.max(this.#lookAt, used + (this.#limit - used) / 2)
    const kept = this.#shareKept()
    const isWorth = (used - this.#least) * kept > worthAbove * (this.#limit - this.#least)
    if (used < actAbove * this.#limit || !isWorth) return
    this.#lookAt = Number.POSITIVE_INFINITY
    const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`
    this.#ask(
      `${Math.round(this.#modules * kept)} replaced module versions, which Node.js never frees, and ` +
        `the rest fill ${megabytes(used)} of ${megabytes(this.#limit)}`,
    )
  }

  #used(): number {
    const used = oldSpaceSize()
    this.#least = Math.min(this.#least, used)
    return used
  }

  /** How many of the replaced modules are still there: all of them, as far as anybody knows. */
  #shareKept(): number {
    const all = this.#namespaces
    return all.length === 0 ? 1 : all.filter((each) => each.deref()).length / all.length
  }
}

/** The old space of this thread at most, in bytes. */
function oldSpaceLimit(): number {
  const ofThread = isMainThread ? undefined : threads().resourceLimits.maxOldGenerationSizeMb
  if (ofThread !== undefined) return ofThread * 2 ** 20
  const given = [...(process.env.NODE_OPTIONS ?? '').split(/\s+/), ...process.execArgv]
    .map((argument) => /^--max[-_]old[-_]space[-_]size=(\d+)$/.exec(argument)?.[1])
    .findLast((megabytes) => megabytes !== undefined)
  // The statistics add the young generation, and say several times too much for a small limit.
  return given === undefined
    ? v8().getHeapStatistics().heap_size_limit * 0.9
    : Number(given) * 2 ** 20
}

/** With the gaps between what is in use: V8 gives up when it cannot have another page. */
function oldSpaceSize(): number {
  let total = 0
  for (const { space_name: name, space_size: size } of v8().getHeapSpaceStatistics()) {
    if (oldSpaces.test(name)) total += size
  }
  return total
}

/** Full collections, also where `--expose-gc` was not given: the second gives back what the first has freed. */
function collect(): void {
  v8().setFlagsFromString('--expose-gc')
  const gc: unknown = process.getBuiltinModule('node:vm').runInNewContext('gc')
  for (let round = 0; round < 2; round++) if (typeof gc === 'function') gc()
}
