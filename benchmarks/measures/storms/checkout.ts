import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Candidate } from '../../candidates/candidate.ts'
import type { State } from '../../harness/app-process.ts'
import { Client } from '../../harness/client.ts'
import { pace } from '../../harness/pace.ts'
import { writeTree } from '../../programs/tree.ts'
import { withApp } from '../measure.ts'

/** Many files of a program change at once, as git changes them, while it is asked. */
export function checkout(
  candidate: Candidate,
  of: { modules: number; changed: number; perSecond: number; limitMs: number },
): Promise<Record<string, number | number[]>> {
  return withApp(
    candidate,
    (directory) => writeTree({ directory, size: of.modules, language: 'js' }),
    'boundary',
    async (app, { directory }) => {
      await app.state(of.limitMs)
      const next = filesOf(directory)
        .slice(0, of.changed)
        .map((file) => ({
          file,
          text: readFileSync(file, 'utf8').replace('const version = 0', 'const version = 1'),
        }))
      let isOver = false
      let failed = 0
      let back = 0
      let newest = 0
      let longestMs = 0
      const clients = Array.from({ length: 10 }, () => new Client(app.port))
      const load = pace({
        clients,
        perSecond: of.perSecond,
        isOver: () => isOver,
        answered: (answer, sentAt) => {
          if (answer?.status !== 200) {
            failed++
            return
          }
          longestMs = Math.max(longestMs, answer.at - sentAt)
          const { value }: State = JSON.parse(answer.body)
          // Answers of ten connections may overtake each other on their way, but not so far.
          if (value < newest && answer.at - sentAt < 1) back++
          newest = Math.max(newest, value)
        },
      })
      const began = performance.now()
      for (const { file, text } of next) {
        rmSync(file)
        writeFileSync(file, text)
      }
      const savedAt = performance.now()
      let state = await app.state(of.limitMs)
      while (state.value !== of.changed && performance.now() - savedAt < of.limitMs) {
        state = await app.state(of.limitMs)
      }
      const freshMs = performance.now() - savedAt
      isOver = true
      const requests = await load
      for (const client of clients) client.close()
      return {
        changed: of.changed,
        requests,
        failed,
        back,
        lost: Math.abs(of.changed - state.value),
        checkoutMs: savedAt - began,
        freshMs,
        longestMs,
        evaluated: state.evaluated - of.modules,
      }
    },
    { readyLimitMs: of.limitMs },
  )
}

/** All modules below `app.js` but the shared one, which counts more than once. */
function filesOf(directory: string): string[] {
  return readdirSync(join(directory, 'modules'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /m\d+\.js$/.test(name))
    .map((name) => join(directory, 'modules', name))
}
