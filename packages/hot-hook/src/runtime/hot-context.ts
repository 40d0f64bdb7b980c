import type { HotEvents } from '../events.ts'
import type { ModuleNode } from '../graph/module-graph.ts'
import { coded } from '../log/codes.ts'
import { show } from '../log/show.ts'
import { AcceptCall } from './accept-call.ts'
import { handlerScope } from './handler-scope.ts'
import { resourceFile } from './resource.ts'

type Awaitable<T> = T | Promise<T>
/** Called with the new module, or with several in the order in which they were accepted. */
export type AcceptCallback = (module: unknown) => Awaitable<void>
export type DataCallback = (data: Record<string, unknown>) => Awaitable<void>

/** `accept(dep, cb)` or `accept([deps], cb)` of one instance. */
export interface DependencyHandler {
  dependencies: ModuleNode[]
  isArray: boolean
  callback: AcceptCallback | undefined
}

/** What a context asks of the rest. */
export interface ContextHost {
  /** The module that `specifier` means in `context`'s module; throws when it does not import it. */
  resolveAccepted(context: HotContext, specifier: string): ModuleNode
  /** The context's module depends on a file or directory, given by its absolute path. */
  watch(context: HotContext, file: string): void
  dataOf(module: ModuleNode): Record<string, unknown>
  /** The instance got a dispose handler, or they have been taken. */
  noteDisposers(context: HotContext): void
  /** `invalidate()` outside of an accept callback. */
  invalidate(context: HotContext, message: string | undefined): void
  on<K extends keyof HotEvents>(event: K, handler: (payload: HotEvents[K]) => void): () => void
  off<K extends keyof HotEvents>(event: K, handler: (payload: HotEvents[K]) => void): void
}

/** `import.meta.hot` as an object: the types are in import-meta.d.ts. */
export interface HotApi {
  readonly data: Record<string, unknown>
  readonly boundary: { with: { hot: string } }
  accept(...args: unknown[]): void
  dispose(given: unknown): unknown
  prune(callback: DataCallback): void
  watch(path: string | URL): void
  decline(): void
  invalidate(message?: string): void
  on<K extends keyof HotEvents>(event: K, handler: (payload: HotEvents[K]) => void): () => void
  off<K extends keyof HotEvents>(event: K, handler: (payload: HotEvents[K]) => void): void
}

let instantiated = 0

/** The handlers of one instance of a module, and the `import.meta.hot` that registers them. */
export class HotContext {
  readonly module: ModuleNode
  readonly version: number
  /** Place in the order of evaluation. */
  readonly order = ++instantiated
  readonly api: HotApi
  acceptsSelf = false
  declined = false
  readonly selfCallbacks: AcceptCallback[] = []
  readonly dependencyHandlers: DependencyHandler[] = []
  readonly pruners: DataCallback[] = []
  /** Set while an accept callback of this module runs. */
  #acceptCall: AcceptCall | undefined
  /** The calls of this instance's callbacks: a late one still knows which it is. */
  readonly #acceptCalls = new WeakSet<AcceptCall>()
  /** The instance invalidated itself while an update evaluated it. */
  refusal: { message: string | undefined } | undefined
  readonly #host: ContextHost
  readonly #disposers: DataCallback[] = []
  readonly #subscriptions = new Set<() => void>()

  constructor(module: ModuleNode, version: number, host: ContextHost) {
    this.module = module
    this.version = version
    this.#host = host
    this.api = this.#createApi()
  }

  get hasDisposers(): boolean {
    return this.#disposers.length > 0
  }

  /** The dispose handlers, last-registered first; each is given out once. */
  takeDisposers(): DataCallback[] {
    const handlers = this.#disposers.splice(0).reverse()
    this.#host.noteDisposers(this)
    return handlers
  }

  /** A callback of this instance is about to be called. */
  beginAcceptCall(): AcceptCall {
    this.#acceptCall = new AcceptCall()
    this.#acceptCalls.add(this.#acceptCall)
    return this.#acceptCall
  }

  /** It has ended, or is no longer waited for. */
  endAcceptCall(): void {
    this.#acceptCall = undefined
  }

  acceptsDependency(dependency: ModuleNode): boolean {
    return this.dependencyHandlers.some((handler) => handler.dependencies.includes(dependency))
  }

  /** The instance is gone: its event handlers go with it. */
  end(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#subscriptions.clear()
  }

  /** The accept callback that the current code runs in or, when that is not known, that is waited for. */
  #currentCall(): AcceptCall | undefined {
    const call = handlerScope()?.call
    return call instanceof AcceptCall && this.#acceptCalls.has(call) ? call : this.#acceptCall
  }

  #createApi(): HotApi {
    const dataOf = () => this.#host.dataOf(this.module)
    return {
      get data() {
        return dataOf()
      },
      boundary: { with: { hot: 'true' } },
      accept: (...args) => this.#accept(args),
      dispose: (given) => this.#dispose(given),
      prune: (callback) => {
        this.pruners.push(this.#handler<DataCallback>('prune', callback))
      },
      watch: (path) => {
        const file = resourceFile(this.module, path)
        if (!file) throw this.#error('watch', `expected a path or a file URL, got ${show(path)}`)
        this.#host.watch(this, file)
      },
      decline: () => {
        this.declined = true
      },
      invalidate: (message) => {
        const call = this.#currentCall()
        if (call) call.invalidate(message)
        else this.#host.invalidate(this, message)
      },
      on: (event, handler) => {
        const off = this.#host.on(event, handler)
        const unsubscribe = () => {
          off()
          this.#subscriptions.delete(unsubscribe)
        }
        this.#subscriptions.add(unsubscribe)
        return unsubscribe
      },
      off: (event, handler) => this.#host.off(event, handler),
    }
  }

  #accept([first, second]: unknown[]): void {
    if (first === undefined || typeof first === 'function') {
      this.acceptsSelf = true
      if (first) this.selfCallbacks.push(first as AcceptCallback)
      return
    }
    const specifiers = Array.isArray(first) ? first : [first]
    if (!specifiers.every((specifier) => typeof specifier === 'string')) {
      throw this.#error(
        'accept',
        `expected a callback, a specifier or an array of specifiers, got ${show(first)}`,
      )
    }
    const callback =
      second === undefined ? undefined : this.#handler<AcceptCallback>('accept', second)
    const dependencies = specifiers.map((specifier) => this.#host.resolveAccepted(this, specifier))
    this.dependencyHandlers.push({ dependencies, isArray: Array.isArray(first), callback })
  }

  /** @returns the resource, so that it can be disposed of where it is opened */
  #dispose(given: unknown): unknown {
    const release = releaseOf(given)
    if (!release && typeof given !== 'function') {
      const isPromise = given instanceof Promise
      throw this.#error(
        'dispose',
        'expected a function, or a resource with Symbol.asyncDispose or Symbol.dispose, got ' +
          (isPromise ? 'a promise: await it first' : show(given)),
      )
    }
    this.#disposers.push(release ?? (given as DataCallback))
    this.#host.noteDisposers(this)
    return release && given
  }

  #handler<T extends AcceptCallback | DataCallback>(method: string, handler: unknown): T {
    if (typeof handler === 'function') return handler as T
    throw this.#error(method, `expected a function as its handler, got ${show(handler)}`)
  }

  #error(method: string, problem: string): TypeError {
    const message = `import.meta.hot.${method}() in ${this.module.file}: ${problem}`
    return coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
  }
}

/** The handler that a resource is, `undefined` for what is none. As `await using` looks at it. */
function releaseOf(value: unknown): DataCallback | undefined {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined
  const resource = value as Partial<AsyncDisposable & Disposable>
  const release = resource[Symbol.asyncDispose] ?? resource[Symbol.dispose]
  return typeof release === 'function' ? async () => release.call(resource) : undefined
}
