import { renameSync, writeFileSync } from 'node:fs'
import type { Candidate } from '../../candidates/candidate.ts'
import { Client } from '../../harness/client.ts'
import { pace } from '../../harness/pace.ts'
import { pause } from '../../harness/turns.ts'
import { writeTogether } from '../../programs/together.ts'
import { withApp } from '../measure.ts'

/** After so many milliseconds nobody may be answered with what was there before a save. */
const oldAfterMs = 10
/** Two files are not saved together when this process was held up for longer between them. */
const togetherMs = 2

/** Two files are saved together again and again while the program is asked. */
export function saves(
  candidate: Candidate,
  of: { seconds: number; savesPerSecond: number; perSecond: number },
): Promise<Record<string, number | number[]>> {
  return withApp(
    candidate,
    (directory) => writeTogether(directory),
    'boundary',
    async (app, { targets: { left, right } }) => {
      if (!left || !right) throw new Error('the program has no two files')
      await app.state()
      /** When each version was there. */
      const savedAt: number[] = [0]
      const apart = new Set<number>()
      const counts = { failed: 0, mixed: 0, old: 0, oldAlone: 0, lost: 0 }
      const note = ([one, other]: [number, number]) => {
        if (one !== other && !apart.has(Math.max(one, other))) counts.mixed++
      }
      const read = (body: string): [number, number] => JSON.parse(body).value
      const isOld = (version: number, sentAt: number) =>
        sentAt - (savedAt[version + 1] ?? sentAt) > oldAfterMs
      let isOver = false
      const clients = Array.from({ length: 10 }, () => new Client(app.port))
      const load = pace({
        clients,
        perSecond: of.perSecond,
        isOver: () => isOver,
        answered: (answer, sentAt) => {
          if (answer?.status !== 200) {
            counts.failed++
            return
          }
          const [one, other] = read(answer.body)
          note([one, other])
          if (isOld(Math.min(one, other), sentAt)) counts.old++
        },
      })
      // As long as nothing was saved: V8 compiles what runs often, in its own time.
      await pause(1_000)
      const alone = new Client(app.port)
      const freshMs: number[] = []
      const betweenMs = 1_000 / of.savesPerSecond
      const startAt = performance.now()
      const total = of.seconds * of.savesPerSecond
      for (let version = 1; version <= total; version++) {
        await pause(Math.max(0, startAt + version * betweenMs - performance.now()))
        for (const { file, source } of [left, right]) writeFileSync(`${file}~`, source(version))
        const firstAt = performance.now()
        for (const { file } of [left, right]) renameSync(`${file}~`, file)
        const at = performance.now()
        if (at - firstAt > togetherMs) apart.add(version)
        savedAt[version] = at
        while (performance.now() - at < betweenMs * 5) {
          const sentAt = performance.now()
          const answer = await alone.get()
          const [one, other] = read(answer.body)
          note([one, other])
          if (one === version && other === version) {
            freshMs.push(answer.at - at)
            break
          }
          if (sentAt - at > oldAfterMs) counts.oldAlone++
        }
        if (freshMs.length < version - counts.lost) counts.lost++
      }
      isOver = true
      const requests = await load
      for (const client of clients) client.close()
      alone.close()
      return { saves: total, apart: apart.size, requests, ...counts, freshMs }
    },
  )
}
