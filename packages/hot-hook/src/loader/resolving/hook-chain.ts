import module, { type LoadHookSync } from 'node:module'
import { callSitesOfError } from './call-sites.ts'

/**
 * Whether what the hooks pass on is answered by Node itself, or first by a loader that was
 * registered before this one. Node does not say so; an error of its own shows who was on the way.
 */
export class HookChain {
  #resolvesByNode: boolean | undefined
  #loadsByNode: boolean | undefined
  /** No loader was registered after this package: what it passes on is what Node gets. */
  isLast = true
  /** Nor after what it has put around them: what comes there is what Node gets. */
  isOutermost = true
  #registerHooks = module.registerHooks

  /** Learns of `module.register()`: its loaders come behind all hooks, whenever it is called. */
  followRegister(): void {
    const { register } = module
    // Node is to remove it in version 27.
    if (typeof register !== 'function') return
    module.register = ((...given: Parameters<typeof register>) => {
      this.#resolvesByNode = false
      this.#loadsByNode = false
      register.apply(module, given)
    }) as typeof register
    module.syncBuiltinESMExports()
  }

  /** Learns of hooks that are registered from now on: those that load have the last word on a source. */
  followRegisterHooks(): void {
    const registerHooks = this.#registerHooks
    module.registerHooks = (...given) => {
      const registered = registerHooks.apply(module, given)
      if (given[0].load) {
        this.isLast = false
        this.isOutermost = false
      }
      return registered
    }
    module.syncBuiltinESMExports()
  }

  /** Puts a hook around loaders that were registered after this package, if there are any. */
  surround(load: LoadHookSync): void {
    if (this.isOutermost) return
    this.isOutermost = true
    this.#registerHooks.call(module, { load })
  }

  /** As far as is known, nobody but Node finds and compiles what is imported. */
  get isPlain(): boolean {
    return this.isLast && this.#resolvesByNode !== false && this.#loadsByNode !== false
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
