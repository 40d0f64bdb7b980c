/** What a page that renews itself is told. Paths are relative to the root directory. */
export type RefreshMessage = ChangeMessage | StylesMessage | ErrorMessage

/** Pages that were asked for before `time` are old. */
export interface ChangeMessage {
  type: 'change'
  /** In milliseconds since 1970. */
  time: number
  /** `stale`: the next request loads it; `update`: it is loaded; `restart`: another process serves. */
  reason: 'stale' | 'update' | 'restart'
  /** The process that serves now, where another one may still have answered after `time`. */
  pid?: number
  /** The boundaries that it comes through; without, it may concern every page. */
  boundaries?: string[]
}

/** Style sheets were saved. */
export interface StylesMessage {
  type: 'styles'
  time: number
  /** Paths of the addresses by which pages have them. */
  paths: string[]
}

/** Something cannot be loaded; `null`: it is mended. */
export interface ErrorMessage {
  type: 'error'
  time: number
  error: ShownError | null
}

export interface ShownError {
  title: string
  /** Name and message of what was thrown. */
  message: string
  /** The lines around the place, or the stack. */
  detail: string
}
