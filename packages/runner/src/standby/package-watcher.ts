import { type AsyncHook, asyncWrapProviders, createHook } from 'node:async_hooks'
import { Duplex, Writable } from 'node:stream'
import type { PackageWatch } from 'hot-hook/protocol'

/** They exist, and nothing comes of that by itself. */
const harmless = new Set(
  'DNSCHANNEL ELDHISTOGRAM MESSAGEPORT PIPEWRAP SIGNALWRAP TTYWRAP ZLIB'.split(' '),
)
/** What makes something happen later; other types are names that packages give. */
const later = new Set(['Immediate', 'Microtask', 'TickObject', 'Timeout'])

/**
 * Notices packages that do more than define things when they are evaluated. What they leave to be done
 * later would be done before the program's own modules run, and not after; what they print comes too early.
 */
export class PackageWatcher implements PackageWatch {
  /** The first thing that was noticed, with the package that did it. */
  problem: { reason: string; url: string } | undefined
  readonly #packages: readonly string[]
  /** Promises that were made, by the package that did. */
  readonly #promises = new Map<number, number>()
  readonly #writes = [Writable.prototype, Duplex.prototype].map((prototype) => ({
    prototype,
    write: prototype.write,
  }))
  readonly #hook: AsyncHook
  #current: number | undefined
  #last = 0

  constructor(packages: readonly string[]) {
    this.#packages = packages
    this.#hook = createHook({
      init: (id, type) => {
        if (this.#current === undefined) return
        if (type === 'PROMISE') this.#promises.set(id, this.#current)
        else if (later.has(type) || (type in asyncWrapProviders && !harmless.has(type))) {
          this.note(`something that happens later (${type})`)
        }
      },
      before: (id) => {
        const index = this.#promises.get(id)
        if (index !== undefined) this.#note('something that happens later (a promise)', index)
      },
    })
  }

  enter(index: number): void {
    if (index === 0) this.#begin()
    this.#current = index
    this.#last = index
  }

  leave(): void {
    this.#current = undefined
  }

  /** What is evaluated does this. */
  note(what: string): void {
    this.#note(what, this.#current ?? this.#last)
  }

  /** Watches no more. */
  end(): void {
    this.#hook.disable()
    for (const { prototype, write } of this.#writes) prototype.write = write
  }

  #begin(): void {
    this.#hook.enable()
    const note = () => this.note('output')
    for (const { prototype, write } of this.#writes) {
      prototype.write = function (this: Writable & { fd?: number }, ...given: unknown[]): boolean {
        if (this.fd === 1 || this.fd === 2) note()
        return Reflect.apply(write, this, given)
      } as typeof write
    }
  }

  #note(what: string, index: number): void {
    const url = this.#packages[index] ?? ''
    this.problem ??= { reason: `${url} does more than define things: ${what}`, url }
  }
}
