/**
 * Lets candidates take turns, `rounds` times, each round beginning with another one: what else the
 * machine does at the time then falls on all of them.
 */
export async function takeTurns<T>(
  candidates: readonly T[],
  rounds: number,
  sample: (candidate: T, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = candidates.length === 0 ? 0 : round % candidates.length
    for (const candidate of [...candidates.slice(first), ...candidates.slice(0, first)]) {
      await sample(candidate, round)
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
