/** Runs `work`, in which the stacks of errors are lists of call sites. */
function withCallSites(limit: number, work: () => unknown): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = limit
    Error.prepareStackTrace = (_, sites) => sites
    const stack = work()
    return Array.isArray(stack) ? (stack as NodeJS.CallSite[]) : []
  } catch {
    // Error is frozen (--frozen-intrinsics): nothing is known.
    return []
  } finally {
    try {
      Error.prepareStackTrace = prepareStackTrace
      Error.stackTraceLimit = stackTraceLimit
    } catch {}
  }
}

/** Who has called, nearest first, without `above` and what it calls. */
export function callSites(above: (...args: never[]) => unknown): NodeJS.CallSite[] {
  return withCallSites(200, () => {
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder, above)
    return holder.stack
  })
}

/** Where `call` throws; empty when it does not, or in another thread. */
export function callSitesOfError(call: () => unknown): NodeJS.CallSite[] {
  return withCallSites(40, () => {
    try {
      call()
    } catch (error) {
      return (error as { stack?: unknown } | undefined)?.stack
    }
  })
}
