/** A candidate was not done when its time was up; the table says so. */
export class DidNotFinish extends Error {
  override name = 'DidNotFinish'
}

/** Gives up waiting for `promise` after `ms`; ending what it waits for is the caller's. */
export async function withTimeLimit<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DidNotFinish(`${what}: not within ${(ms / 1000).toFixed(0)} s`)),
      ms,
    )
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
  }
}
