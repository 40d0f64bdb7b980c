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
