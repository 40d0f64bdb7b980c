/** Why something cannot be watched and what to do about it, in one line. */
interface WatchProblem {
  /** The same for what needs to be said only once. */
  kind: string
  message: string
}

const consequence = 'until then a save there is noticed at the next import() only'
const polling = 'until then it is looked at once a second'

/** What is wrong where the system, or Node with `--permission`, refuses to watch. */
export function describeWatchError(path: string, error: Error): WatchProblem {
  if (process.permission?.has('fs.read', path) === false) {
    const message = `cannot watch ${path}: with --permission it needs --allow-fs-read=${path}; ${consequence}`
    return { kind: message, message }
  }
  const code = codeOf(error)
  if (code === 'ENOSPC') {
    const raise = 'sudo sysctl fs.inotify.max_user_watches=524288'
    return {
      kind: code,
      message: `cannot watch ${path}: the system's limit of watched directories is reached (ENOSPC). Raise it (${raise}) or set CHOKIDAR_USEPOLLING=1; ${polling}`,
    }
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    const raise = 'sudo sysctl fs.inotify.max_user_instances=1024, or ulimit -n 65536'
    return {
      kind: code,
      message: `cannot watch ${path}: too many file watchers or open files (${code}). Raise the limit (${raise}) or set CHOKIDAR_USEPOLLING=1; ${polling}`,
    }
  }
  return {
    kind: `${code} ${path}`,
    message: `cannot watch ${path}: ${error.message}. Make it readable or add it to 'ignore'; ${consequence}`,
  }
}

/** Whether rights are what is missing: they may be given later. */
export function isForbidden(error: Error): boolean {
  const code = codeOf(error)
  return code === 'EACCES' || code === 'EPERM'
}

/** Whether a limit of the system is reached: it may be raised, and others may need less. */
export function isLimit(error: Error): boolean {
  return ['ENOSPC', 'EMFILE', 'ENFILE'].includes(codeOf(error) ?? '')
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
