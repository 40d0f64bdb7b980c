import { callSitesOfError } from './call-sites.ts'

/**
 * Whether what the hooks pass on is answered by Node itself, or first by a loader that was
 * registered before this one (or with `module.register()`, at any time). Node does not say so; an
 * error of its own shows who was on the way to it.
 */
export class HookChain {
  #resolvesByNode: boolean | undefined
  #loadsByNode: boolean | undefined

  /** The program runs: it may have registered a loader since it was asked. */
  askAgain(): void {
    this.#resolvesByNode = undefined
    this.#loadsByNode = undefined
  }

  /** @param probe passes something on that Node cannot resolve */
  resolvesByNode(probe: () => unknown): boolean {
    this.#resolvesByNode ??= isThrownByNode(probe)
    return this.#resolvesByNode
  }

  /** @param probe passes something on that Node cannot load */
  loadsByNode(probe: () => unknown): boolean {
    this.#loadsByNode ??= isThrownByNode(probe)
    return this.#loadsByNode
  }
}

/** Between this package, which calls, and the error are only functions of Node's. */
function isThrownByNode(probe: () => unknown): boolean {
  for (const site of callSitesOfError(probe)) {
    const name = site.getFileName()
    if (name === import.meta.url) return true
    if (!name?.startsWith('node:internal/')) return false
  }
  return false
}
