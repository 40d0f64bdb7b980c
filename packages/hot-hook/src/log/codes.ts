/** What a line of the log is about, in brackets at its end: to be looked up in docs/errors.md, or searched for. */
export type HintCode =
  | 'HOT_HOOK_BINDINGS'
  | 'HOT_HOOK_BOUNDARIES'
  | 'HOT_HOOK_CANNOT_RESTART'
  | 'HOT_HOOK_CANNOT_START'
  | 'HOT_HOOK_CANNOT_WATCH'
  | 'HOT_HOOK_EVENT_HANDLER'
  | 'HOT_HOOK_INTERNAL'
  | 'HOT_HOOK_KEPT_BOUNDARY'
  | 'HOT_HOOK_LEFT_OPEN'
  | 'HOT_HOOK_LOADED_BEFORE'
  | 'HOT_HOOK_NODE_WATCH'
  | 'HOT_HOOK_NOT_STARTED'
  | 'HOT_HOOK_ON_FULL_RELOAD'
  | 'HOT_HOOK_OVERSTAYED'
  | 'HOT_HOOK_PRELOAD'
  | 'HOT_HOOK_RESTART_FAILED'
  | 'HOT_HOOK_ROOT'
  | 'HOT_HOOK_UNREADABLE'
  | 'HOT_HOOK_VITE_EVENTS'

/** The `code` of an error that Hot Hook throws or reports; each has an entry in docs/errors.md. */
export type ErrorCode =
  | 'ERR_HOT_HOOK_ACCEPT'
  | 'ERR_HOT_HOOK_ARGUMENT'
  | 'ERR_HOT_HOOK_JITLESS'
  | 'ERR_HOT_HOOK_NODE_VERSION'
  | 'ERR_HOT_HOOK_NOT_STARTED'
  | 'ERR_HOT_HOOK_OPTIONS'
  | 'ERR_HOT_HOOK_OVERDUE'
  | 'ERR_HOT_HOOK_RESTART'
  | 'ERR_HOT_HOOK_STATIC_BOUNDARY'

/** Gives an error its code, as Node gives its own. */
export function coded<T extends Error>(code: ErrorCode, error: T): T & { code: ErrorCode } {
  return Object.assign(error, { code })
}
