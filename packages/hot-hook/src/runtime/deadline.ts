import { coded } from '../log/codes.ts'

/** How long handlers, evaluations and other loads are waited for, in milliseconds. */
export const deadlineMs = 5000

/**
 * Whether `work` ended in time. Rejects as it does.
 *
 * @param keepsAlive the process is not to end before that
 */
export async function isInTime(work: Promise<unknown>, keepsAlive = true): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), deadlineMs)
    if (!keepsAlive) timer.unref()
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

/** What is said of something that has not ended in time: `A dispose handler of app.js has not ended`. */
export function overdue(what: string, then: string): Error {
  const message = `${what} after ${deadlineMs / 1000} s${then}`
  return coded('ERR_HOT_HOOK_OVERDUE', new Error(message))
}

export const notWaitedFor = '; it is no longer waited for'
