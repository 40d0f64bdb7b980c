import mittModule from 'mitt'
import { coded } from './log/codes.ts'
import { show } from './log/show.ts'

/** Boundary mode: these boundaries are stale now; their next `import()` loads them again. */
export interface InvalidateEvent {
  /** The changed files, absolute paths. */
  files: string[]
  /** Every module that became stale, absolute paths. */
  modules: string[]
  /** The boundaries at which the change stopped, absolute paths. */
  boundaries: string[]
}

/** New code runs: a change was accepted, or loaded by the application's own `import()`. */
export interface UpdateEvent {
  /** The changed files, absolute paths. */
  files: string[]
  /** Every module that was evaluated again, absolute paths. */
  modules: string[]
  /** The boundaries that took the change, absolute paths. */
  boundaries: string[]
  /** How long loading and evaluating took, in milliseconds. */
  durationMs: number
}

/** The process has to start again to use the change. */
export interface FullReloadEvent {
  /** The changed file, absolute path. */
  file: string
  /** From the changed file up its importers to where the walk ended, absolute paths. */
  chain: string[]
  /** Why the change cannot be hot, one sentence. */
  reason: string
  /** What would make it hot: the two modules, then the lines to write. */
  advice?: string
}

/** A module left the program: nobody imports it any more. */
export interface PruneEvent {
  /** The module, absolute path. */
  file: string
}

/** Something of an update failed; the program runs on. */
export interface ErrorEvent {
  /** The module it happened in, absolute path. */
  file: string
  /** What was thrown. */
  error: unknown
  /** The step of the update that failed. */
  phase: 'load' | 'dispose' | 'evaluate' | 'accept' | 'prune'
}

/** Event name → payload, for `hot.on(event, handler)`. */
export interface HotEvents {
  invalidate: InvalidateEvent
  update: UpdateEvent
  'full-reload': FullReloadEvent
  prune: PruneEvent
  error: ErrorEvent
}

export type HotEventName = keyof HotEvents
export type HotEventHandler<Name extends HotEventName> = (event: HotEvents[Name]) => unknown

const eventNames: Record<HotEventName, true> = {
  invalidate: true,
  update: true,
  'full-reload': true,
  prune: true,
  error: true,
}

// mitt's types describe its CommonJS build, where the function is `.default`; Node loads its ES build.
const mitt: typeof mittModule.default = 'default' in mittModule ? mittModule.default : mittModule

/** The events of one hot runtime. A handler that fails never keeps the others from being called. */
export class EventBus {
  readonly #emitter = mitt<{ [Name in HotEventName]: HotEvents[Name] }>()
  readonly #onHandlerError: (error: unknown, event: HotEventName) => void
  readonly #onForeign: (event: string) => void

  /**
   * @param onHandlerError told what a handler threw, or what its promise was rejected with
   * @param onForeign told the name of an event of Vite's that is listened to: there is none here
   */
  constructor(
    onHandlerError: (error: unknown, event: HotEventName) => void,
    onForeign: (event: string) => void = () => {},
  ) {
    this.#onHandlerError = onHandlerError
    this.#onForeign = onForeign
  }

  /**
   * Calls `handler` with every `event` from now on. Those of Vite (`vite:…`) never come.
   *
   * @returns a function that takes this handler off again
   * @throws TypeError for an event that does not exist or a handler that is no function
   */
  on<Name extends HotEventName>(event: Name, handler: HotEventHandler<Name>): () => void {
    if (isForeign(event)) {
      assertHandler(event, handler)
      this.#onForeign(event)
      return () => {}
    }
    assertEvent(event)
    assertHandler(event, handler)
    this.#emitter.on(event, handler)
    let active = true
    return () => {
      if (active) this.#emitter.off(event, handler)
      active = false
    }
  }

  /**
   * Takes a handler off again; one that was never on is nothing to do.
   *
   * @throws TypeError for an event that does not exist or a handler that is no function
   */
  off<Name extends HotEventName>(event: Name, handler: HotEventHandler<Name>): void {
    if (isForeign(event)) return
    assertEvent(event)
    assertHandler(event, handler)
    this.#emitter.off(event, handler)
  }

  /** Calls the handlers of `event` in the order they were registered. */
  emit<Name extends HotEventName>(event: Name, payload: HotEvents[Name]): void {
    assertEvent(event)
    // mitt's own emit ends at the first handler that throws.
    for (const handler of [...(this.#emitter.all.get(event) ?? [])] as HotEventHandler<Name>[]) {
      this.#call(event, handler, payload)
    }
  }

  #call<Name extends HotEventName>(
    event: Name,
    handler: HotEventHandler<Name>,
    payload: HotEvents[Name],
  ): void {
    try {
      const result = handler(payload)
      if (result instanceof Promise) {
        result.catch((error: unknown) => this.#onHandlerError(error, event))
      }
    } catch (error) {
      this.#onHandlerError(error, event)
    }
  }
}

/** A module that is shared with a Vite application listens to its events. */
function isForeign(event: unknown): event is `vite:${string}` {
  return typeof event === 'string' && event.startsWith('vite:')
}

function assertEvent(event: unknown): asserts event is HotEventName {
  if (typeof event === 'string' && Object.hasOwn(eventNames, event)) return
  const known = Object.keys(eventNames).join(', ')
  const message = `Hot Hook has no event ${show(event)}: expected one of ${known}`
  throw coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
}

function assertHandler(event: string, handler: unknown): void {
  if (typeof handler === 'function') return
  const message = `The handler of the Hot Hook event '${event}' must be a function, got ${show(handler)}`
  throw coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
}
