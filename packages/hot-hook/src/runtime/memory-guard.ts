import vm from 'node:vm'
import { resourceLimits } from 'node:worker_threads'

/** Loaded with the first update: every start would pay some milliseconds for it. */
const v8 = () => process.getBuiltinModule('node:v8')

/** Spaces that `--max-old-space-size` bounds together. */
const oldSpaces = /^(?:old|code|trusted|large_object|code_large_object|trusted_large_object)_space$/
/** A share of the limit: above it the heap is collected, to see what is really held. */
const lookAbove = 0.75
/** Still above this share of the limit after that: there is not much time left. */
const actAbove = 0.65
/** What a replaced ES module keeps in memory for each character of its source, roughly. */
const bytesPerCharacter = 5
/** Replaced modules have to hold this share of the limit before a restart can help. */
const worthAbove = 0.1

/**
 * Node never frees an ES module that was replaced. Counts them, and asks for a fresh start before
 * they fill the heap.
 */
export class MemoryGuard {
  readonly #ask: (reason: string) => void
  #replacedModules = 0
  #replacedBytes = 0
  #limit: number | undefined
  #lookAt = 0

  /** @param ask called once, with the reason */
  constructor(ask: (reason: string) => void) {
    this.#ask = ask
  }

  /** An update has replaced ES modules, with so many characters of source. */
  replaced(modules: number, characters: number): void {
    this.#replacedModules += modules
    this.#replacedBytes += characters * bytesPerCharacter
    if (this.#limit === undefined) {
      this.#limit = oldSpaceLimit()
      this.#lookAt = lookAbove * this.#limit
    }
    if (this.#replacedBytes < worthAbove * this.#limit || oldSpaceUsed() < this.#lookAt) return
    collect()
    const used = oldSpaceUsed()
    // Garbage, or the application's own: look again when half of what is left is used.
    this.#lookAt = Math.max(this.#lookAt, used + (this.#limit - used) / 2)
    if (used < actAbove * this.#limit) return
    this.#lookAt = Number.POSITIVE_INFINITY
    const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`
    this.#ask(
      `${this.#replacedModules} replaced module versions, which Node.js never frees, and the rest ` +
        `fill ${megabytes(used)} of ${megabytes(this.#limit)}`,
    )
  }
}

/** The old space of this thread at most, in bytes. */
function oldSpaceLimit(): number {
  const ofThread = resourceLimits.maxOldGenerationSizeMb
  if (ofThread !== undefined) return ofThread * 2 ** 20
  const given = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
    .map((argument) => /^--max[-_]old[-_]space[-_]size=(\d+)$/.exec(argument)?.[1])
    .findLast((megabytes) => megabytes !== undefined)
  // The statistics add the young generation, and say several times too much for a small limit.
  return given === undefined
    ? v8().getHeapStatistics().heap_size_limit * 0.9
    : Number(given) * 2 ** 20
}

function oldSpaceUsed(): number {
  let used = 0
  for (const { space_name: name, space_used_size: size } of v8().getHeapSpaceStatistics()) {
    if (oldSpaces.test(name)) used += size
  }
  return used
}

/** A full collection, also where `--expose-gc` was not given. */
function collect(): void {
  v8().setFlagsFromString('--expose-gc')
  const gc: unknown = vm.runInNewContext('gc')
  if (typeof gc === 'function') gc()
}
