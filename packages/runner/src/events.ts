import type { Failure } from 'hot-hook/protocol'

/** Why the script is started again. */
export type RestartReason =
  /** Hot Hook asked for it: `chain` leads from the changed file to the entry. */
  | ({ kind: 'full-reload' } & FullReloadEvent)
  /** The script was down and this file was saved. */
  | { kind: 'save'; path: string }
  /** `runner.restart(text)`, or a key. */
  | { kind: 'asked'; text: string }

/** What happens in a runner, by event name. */
export interface RunnerEvents {
  /** A process of the script has been started. */
  start: [event: StartEvent]
  /** The next process waits for the next full reload; it is taken, or cannot be used. */
  standby: [event: StandbyEvent]
  /** The script is about to be started again. */
  restart: [event: { reason: RestartReason }]
  /** Hot Hook asked for a full reload. A `restart` follows; several may share one. */
  fullReload: [event: FullReloadEvent]
  /** Files changed and are stale. */
  invalidate: [event: InvalidateEvent]
  /** The script has started up: how much of it is hot, one line. */
  hot: [event: { text: string }]
  /** Hot Hook replaced modules in the running process; absolute paths. */
  update: [event: UpdateEvent]
  /**
   * Something of an update failed; the program runs on. Not emitted when nobody listens to it, unlike
   * the `error` events of Node.
   */
  error: [event: ErrorEvent]
  /** A server of the script listens. */
  listening: [event: ListeningEvent]
  /** The script ended with an error; the runner waits for a save, as a rule. */
  crash: [event: CrashEvent]
  /** `handoff`: the process that listens now has taken over, the old one is told to stop. */
  handoff: [event: { pid: number | undefined; previousPid: number | undefined }]
  /** Saves wait from now on, or no longer. */
  pause: [event: { paused: boolean }]
  /** The script ended by itself or was stopped, and the runner with it. Emitted once. */
  exit: [event: ExitEvent]
  /** A message that the application itself sent with `process.send`. */
  message: [message: unknown]
}

export interface StartEvent {
  pid: number | undefined
  /** How often the script has been started, this time included. */
  count: number
  /** The process was started before it was needed, and has waited. */
  stoodBy: boolean
  /** With `stdio: 'pipe'`: what the process writes. */
  stdout: NodeJS.ReadableStream | null
  stderr: NodeJS.ReadableStream | null
}

export interface StandbyEvent {
  pid: number | undefined
  state: 'waiting' | 'taken' | 'discarded'
}

export interface FullReloadEvent {
  /** The changed file, absolute path. */
  path: string
  /** From the changed file to where the walk ended; empty under hot-hook 1.x. */
  chain: readonly string[]
  /** Why the change cannot be hot, one sentence; empty under hot-hook 1.x. */
  reason: string
  /** The file could have been hot, had its importers let it. */
  shouldBeReloadable: boolean
  /** What would have made it hot: the two modules, then the lines to write. */
  advice?: string
}

/**
 * Absolute paths. The next `import()` of the boundaries loads the change; where there is none, an update
 * follows.
 */
export interface InvalidateEvent {
  /** Everything that is stale, the saved file first. */
  paths: readonly string[]
  /** The changed files. */
  files: readonly string[]
  /** The modules among `paths`. */
  modules: readonly string[]
  boundaries: readonly string[]
}

export interface UpdateEvent {
  /** The changed files, absolute paths. */
  files: readonly string[]
  /** Every module that was evaluated again, absolute paths. */
  modules: readonly string[]
  /** The boundaries that took the change, absolute paths. */
  boundaries: readonly string[]
  durationMs: number
}

export interface ErrorEvent extends Failure {
  /** The module it happened in, absolute path; `location` may be in another one that it calls. */
  file: string
  /** The step of the update that failed. */
  phase: 'load' | 'dispose' | 'evaluate' | 'accept' | 'prune'
}

export interface ListeningEvent {
  pid: number | undefined
  address: string
  /** Undefined for a pipe or a Unix socket. */
  port: number | undefined
  /** Since the process was started, in milliseconds. */
  afterMs: number
}

export interface CrashEvent extends ExitEvent {
  pid: number | undefined
  /** `handoff`: the process that failed was the new one; the old one still serves. */
  oldServes: boolean
  /** The runner waits for a save; false: it ends as well. */
  waits: boolean
  /** The script could not even be started. */
  error?: Error
  /** The error that nobody caught, when that ended the script. */
  uncaught?: { message: string; stack: string }
  /** The script ended because somebody else listens on this port. */
  takenPort?: number
}

/** One of the two is null, as with a `ChildProcess`. */
export interface ExitEvent {
  code: number | null
  signal: NodeJS.Signals | null
}
