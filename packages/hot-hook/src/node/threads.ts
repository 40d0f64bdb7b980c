/**
 * Node's module for threads has been loaded, as in every worker. At the start of a program that has no
 * threads it would cost 5 ms.
 */
export function areThreadsLoaded(): boolean {
  const known: unknown = 'moduleLoadList' in process ? process.moduleLoadList : undefined
  return !Array.isArray(known) || known.includes('NativeModule internal/worker')
}

/** Node's module for threads, loaded now at the latest. */
export function threads(): typeof import('node:worker_threads') {
  return process.getBuiltinModule('node:worker_threads')
}

/** This is no worker thread. */
export const isMainThread = !areThreadsLoaded() || threads().isMainThread
