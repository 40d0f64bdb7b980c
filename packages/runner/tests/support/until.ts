import { setTimeout as wait } from 'node:timers/promises'

/** Asks again and again until there is an answer; fails with `what` when the deadline has passed. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadline = 20_000,
): Promise<T> {
  const end = Date.now() + deadline
  while (true) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > end) throw new Error(`not within ${deadline} ms: ${what}`)
    await wait(10)
  }
}
