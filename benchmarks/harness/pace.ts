import type { Answer, Client } from './client.ts'
import { pause } from './turns.ts'

export interface Pace {
  /** They take turns. */
  clients: readonly Client[]
  path?: string
  perSecond: number
  /** Asked before each request. */
  isOver: (sent: number) => boolean
  /** Told of each answer, and when its request was sent, in `performance.now()` milliseconds; `undefined`: nobody answered. */
  answered: (answer: Answer | undefined, sentAt: number) => void
}

/** Sends requests at an even pace, whatever the answers take; returns how many there were. */
export async function pace({
  clients,
  path = '/',
  perSecond,
  isOver,
  answered,
}: Pace): Promise<number> {
  const last = clients.map(() => Promise.resolve())
  const ask = async (client: Client | undefined) => {
    const sentAt = performance.now()
    answered(await client?.tryGet(path), sentAt)
  }
  const startedAt = performance.now()
  let sent = 0
  while (!isOver(sent)) {
    const due = ((performance.now() - startedAt) * perSecond) / 1_000
    for (; sent < due && !isOver(sent); sent++) {
      const at = sent % clients.length
      last[at] = (last[at] ?? Promise.resolve()).then(() => ask(clients[at]))
    }
    await pause(1)
  }
  await Promise.all(last)
  return sent
}
