import type { Child } from './child.ts'

/** Milliseconds between two questions whether the script still answers. */
const interval = 1000
/** After so many without an answer its event loop counts as blocked. */
const mostMissed = 2

/** What becomes of a process. */
interface PulseHost {
  /** It does not answer; what was saved before `since`, in milliseconds since 1970, it has seen. */
  blocked(since: number): void
  /** It does again. */
  unblocked(): void
}

/**
 * Notices that a process does not turn its event loop: an endless loop, `Atomics.wait`. Counts turns of
 * our own, not time: while we are suspended, so is the script.
 */
export function followPulse(child: Child, host: PulseHost): void {
  // Not when it has answered: until that is read something may be saved.
  let lastTurn = child.startedAt
  let askedAt = lastTurn
  let missed = 0
  let isDebugged = false
  const answered = () => {
    if (missed > mostMissed) host.unblocked()
    lastTurn = askedAt
    missed = 0
  }
  const timer = setInterval(() => {
    if (!child.booted || child.stopping) return
    missed += 1
    // One that a debugger has stopped is to stay as it is.
    if (missed === mostMissed + 1 && !isDebugged) host.blocked(lastTurn)
    if (missed !== 1) return
    askedAt = Date.now()
    child.send('ping')
  }, interval)
  timer.unref()
  child.on('pulse', (debugged) => {
    isDebugged = debugged
    answered()
  })
  void child.exited.then(() => clearInterval(timer))
}
