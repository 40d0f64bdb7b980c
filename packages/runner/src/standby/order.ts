/**
 * What the runner tells a process that waits, as one line of JSON, the first on the control pipe. The
 * line `refresh` follows when something was saved, and `go` when the process is needed.
 */
export interface StandbyOrder {
  /** Link the program and evaluate its packages; false: wait at once. */
  loads: boolean
  /** Let Node find the files of packages, which runs nothing. */
  finds: boolean
  /** URLs of packages: none of them is evaluated, nor what comes behind it. */
  without: string[]
  /** The option that opens the inspector when the process is taken, in place of `--inspect-port`. */
  inspect?: string
}

/** What a process that waits tells the runner. */
export type StandbyMessage = WaitingMessage | UnusableMessage

/** It waits. */
export interface WaitingMessage {
  type: 'hot-runner:waiting'
  /** How many packages it has evaluated. */
  packages: number
}

/** It cannot be used, or not any more. */
export interface UnusableMessage {
  type: 'hot-runner:unusable'
  reason: string
  /** The URL of the package that is the reason: without it, another process can be. */
  package?: string
  /** Something has changed since it was started: the next one may be used. */
  isStale: boolean
}
