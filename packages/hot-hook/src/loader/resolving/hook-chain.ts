import module, { type RegisterHooksOptions } from 'node:module'
import { isOwn } from '../instances/module-url.ts'
import { callSitesOfError } from './call-sites.ts'

/** With this flag node:test mocks modules by hooks that Node 22 registers behind all others, and unheard. */
const mocksModules = /--experimental-test-module-mocks/.test(
  `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`,
)
/** Nobody has been asked yet. */
const unknown = mocksModules ? false : undefined

/**
 * Whether what the hooks pass on is answered by Node itself, or first by a loader that was
 * registered before this one. Node does not say so; an error of its own shows who was on the way.
 */
export class HookChain {
  #resolvesByNode: boolean | undefined = unknown
  #loadsByNode: boolean | undefined = unknown

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
  }

  /**
   * Registers these hooks, and anew whenever others have registered theirs: Node asks who came last
   * first, and a loader that wraps what it finds (`app.js?iitm=true`) or compiles it is to be behind.
   * To be called last: who imports the functions of `node:module` gets them from then on.
   */
  register(hooks: RegisterHooksOptions): void {
    // By the object: an older Node has no such export, and is to be told so.
    const { registerHooks } = module
    let own = registerHooks(hooks)
    module.registerHooks = (...given) => {
      const registered = registerHooks.apply(module, given)
      own.deregister()
      own = registerHooks(hooks)
      if (given[0].resolve) this.#resolvesByNode = unknown
      if (given[0].load) this.#loadsByNode = unknown
      return registered
    }
    module.syncBuiltinESMExports()
  }

  /** As far as is known, nobody but Node finds and compiles what is imported. */
  get isPlain(): boolean {
    return this.#resolvesByNode !== false && this.#loadsByNode !== false
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
    if (name && isOwn(name)) return true
    if (!name?.startsWith('node:internal/')) return false
  }
  return false
}
