import type { Candidate, PrepareOptions } from '../../candidates/candidate.ts'
import { Saver } from '../../harness/save.ts'
import { entrySource } from '../../programs/entry-source.ts'
import { writeSingleCommonJs, writeSingleModule } from '../../programs/single.ts'
import { withApp } from '../measure.ts'

const oldSpaceMb = 64

export type Format = 'ESM' | 'CommonJS'

/** One module is saved and asked for again and again in a process with a small heap. */
export function edits(
  candidate: Candidate,
  format: Format,
  of: { saves: number; limitMs: number },
): Promise<Record<string, number | number[]>> {
  const isCommonJs = format === 'CommonJS'
  const options: PrepareOptions = {
    nodeOptions: [`--max-old-space-size=${oldSpaceMb}`],
    ...(isCommonJs && {
      type: 'commonjs',
      entry: entrySource({ language: 'js', isCommonJs, app: "require('./app.cjs')" }),
    }),
  }
  return withApp(
    candidate,
    isCommonJs ? writeSingleCommonJs : (directory) => writeSingleModule(directory, 200),
    'boundary',
    async (app, { targets }) => {
      const target = targets.app
      if (!target) throw new Error('the program has no app')
      const saver = new Saver(app)
      await saver.warmUp(10_000)
      const instances = new Set<string>()
      let saves = 0
      let stale = 0
      let lost = 0
      let slowestMs = 0
      let isFull = false
      // Under the runner a process that ends of it would come back.
      app
        .line((text) => text.includes('heap out of memory'), of.limitMs * 2)
        .then(() => {
          isFull = true
        })
        .catch(() => undefined)
      const endAt = performance.now() + of.limitMs
      while (saves < of.saves && performance.now() < endAt && !app.hasExited) {
        saves++
        const answer = await saver.saveOrLose(target, 10_000)
        if (!answer) {
          lost++
          continue
        }
        if (answer.first === 'stale') stale++
        instances.add(answer.state.instance)
        slowestMs = Math.max(slowestMs, answer.freshMs)
      }
      const fullReloads = Math.max(0, instances.size - 1)
      return { saves, stale, lost, fullReloads, died: isFull || app.hasExited ? 1 : 0, slowestMs }
    },
    options,
  )
}
