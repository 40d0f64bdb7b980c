/** How a process ended: with a code, or by a signal. */
export interface ChildExit {
  code: number | null
  signal: NodeJS.Signals | null
  /** It could not be started at all. */
  error?: Error
}

/** Node's exit code for a command line it does not accept. */
const badCommandLine = 9
/** Somebody asked it to end: that is no crash. */
const askedToEnd = new Set<unknown>(['SIGINT', 'SIGTERM', 'SIGHUP', 128 + 1, 128 + 2, 128 + 15])

/** Whether a process ended otherwise than well or asked to. */
export function isCrash({ code, signal }: ChildExit): boolean {
  return code !== 0 && !askedToEnd.has(signal ?? code)
}

/** Whether Node refused the command line, which no save can mend. */
export function isRefusal({ code }: ChildExit, booted: boolean): boolean {
  return code === badCommandLine && !booted
}
