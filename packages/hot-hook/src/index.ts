import { Hot } from './hot.ts'

export type {
  ErrorEvent,
  FullReloadEvent,
  HotEvents,
  InvalidateEvent,
  PruneEvent,
  UpdateEvent,
} from './events.ts'
export type { DumpedModule, Explanation } from './graph/dump-types.ts'
export type { FileKind, GraphEdge, GraphFile } from './graph/graph-file.ts'
export type { HotHandler } from './handler/types.ts'
export { Hot } from './hot.ts'
export type { HotOptions, LogLevel } from './options/options.ts'
export { HotHookOptionsError } from './options/options.ts'

const key = Symbol.for('hot-hook')
const shared = globalThis as { [key]?: Hot }

/** Hot reloading of this process: one for all copies of this package. */
export const hot: Hot = shared[key] ?? new Hot()
shared[key] = hot
