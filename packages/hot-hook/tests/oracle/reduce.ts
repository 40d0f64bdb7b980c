/** Makes a failing case smaller, as long as it fails in the same way. */
export async function reduce<Case>(
  failing: Case,
  error: Error,
  {
    smaller,
    check,
    milliseconds,
  }: {
    /** Cases with one thing less, the boldest first. */
    smaller: (from: Case) => Iterable<Case>
    /** Rejects where a case fails. */
    check: (each: Case) => Promise<void>
    milliseconds: number
  },
): Promise<Error> {
  const deadline = Date.now() + milliseconds
  let smallest = failing
  for (;;) {
    let isSmaller = false
    for (const candidate of smaller(smallest)) {
      if (Date.now() > deadline) return error
      const found = await check(candidate).catch((found: Error) => found)
      if (!found || wayOf(found) !== wayOf(error)) continue
      smallest = candidate
      error = found
      isSmaller = true
      break
    }
    if (!isSmaller) return error
  }
}

/** In which way a case fails, without names and numbers. */
export const wayOf = ({ message }: Error): string =>
  (message.split('\n')[0] ?? '').replace(/[:{].*/, '').replace(/\b\w?\d+\b/g, '#')
