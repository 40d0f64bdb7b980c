import type { ModuleNode } from '../graph/module-graph.ts'
import { isSynthetic } from '../loader/instances/module-url.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import { isInTime } from './deadline.ts'
import type { HotContext } from './hot-context.ts'

/** The loads that have begun and not ended, in the order in which they began. */
export class LoadsUnderWay {
  readonly #byUrl = new Map<string, Transaction>()

  /** @param url what the load starts with */
  add(url: string, load: Transaction): void {
    this.#byUrl.set(url, load)
  }

  /** The load has ended; another one may have begun with the same URL. */
  remove(url: string, load: Transaction): void {
    if (this.#byUrl.get(url) === load) this.#byUrl.delete(url)
  }

  /** The load that starts with this URL. */
  get(url: string): Transaction | undefined {
    return this.#byUrl.get(url)
  }

  /** Those that began before this one. */
  earlierThan(load: Transaction): Transaction[] {
    const all = [...this.#byUrl.values()]
    return all.slice(0, Math.max(0, all.indexOf(load)))
  }

  get areGated(): boolean {
    return [...this.#byUrl.values()].some(({ isGated }) => isGated)
  }

  /** A module gets a new version: they go on with the one that it has had until now. */
  pin(node: ModuleNode): void {
    for (const { pinned } of this.#byUrl.values()) {
      if (!pinned.has(node)) pinned.set(node, node.version)
    }
  }

  /** Waits for those that evaluate one of these: they run or have failed then. */
  async settle(modules: ReadonlyMap<ModuleNode, unknown>): Promise<void> {
    const evaluating = [...this.#byUrl.values()].filter(({ isEvaluating, instances }) => {
      return isEvaluating && [...instances].some(({ node }) => modules.has(node))
    })
    if (evaluating.length > 0) await isInTime(Promise.all(evaluating.map(({ ended }) => ended)))
  }

  /** Whether an update, rather than the application's own import, evaluates this instance. */
  isEvaluating({ module, version }: HotContext): boolean {
    for (const [url, { instances }] of this.#byUrl) {
      if (!isSynthetic(url)) continue
      for (const instance of instances) {
        if (instance.node === module && instance.version === version) return true
      }
    }
    return false
  }
}
