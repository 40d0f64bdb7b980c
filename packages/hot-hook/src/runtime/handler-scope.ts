import type { AsyncLocalStorage } from 'node:async_hooks'

/** What the current call comes from. */
interface HandlerScope {
  phase: 'dispose' | 'accept'
  /** Which of the accept callbacks it is. */
  call: unknown
}

let storage: AsyncLocalStorage<HandlerScope> | undefined
let running = 0

/** Runs handlers of an update; what they import must not wait for that update. */
export async function inHandlers<T>(
  phase: HandlerScope['phase'],
  run: () => T | Promise<T>,
  call?: unknown,
): Promise<T> {
  // With the first update: every start would pay for it.
  storage ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)()
  running++
  try {
    return await storage.run({ phase, call }, run)
  } finally {
    // On Node 22 an enabled storage slows every promise down.
    if (--running === 0) storage.disable()
  }
}

/** The handlers that the current call comes from. */
export function handlerScope(): HandlerScope | undefined {
  return running === 0 ? undefined : storage?.getStore()
}
