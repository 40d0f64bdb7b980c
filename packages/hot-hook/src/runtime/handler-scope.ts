import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<'dispose' | 'accept'>()
let running = 0

/** Runs handlers of an update; what they import must not wait for that update. */
export async function inHandlers<T>(
  phase: 'dispose' | 'accept',
  run: () => T | Promise<T>,
): Promise<T> {
  running++
  try {
    return await storage.run(phase, run)
  } finally {
    // On Node 22 an enabled storage slows every promise down.
    if (--running === 0) storage.disable()
  }
}

/** The handlers that the current call comes from. */
export function handlerPhase(): 'dispose' | 'accept' | undefined {
  return running === 0 ? undefined : storage.getStore()
}
