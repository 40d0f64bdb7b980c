import { rmSync } from 'node:fs'
import type { Application } from '../applications/application.ts'
import { workingCopy } from '../cache/cache.ts'
import { Running } from './running.ts'
import { EditedFile, type SaveKind, type SaveResult } from './save.ts'
import { nodeWatch, type Way } from './ways.ts'

/** What became of all saves of an application that was started in one way. */
export interface Session {
  application: Application
  way: Way
  nodeMajor: string
  saves: SaveResult[]
  /** It did not start, or nothing could be saved: why. */
  failure?: string
}

/** Three in a row, then one that is broken and its healing. */
const kinds: SaveKind[] = ['in place', 'by rename', 'in place', 'broken', 'healed']

/** What all are compared with is not asked to survive anything. */
const kindsOf = (way: Way) => (way === nodeWatch ? kinds.slice(0, 3) : kinds)

/** Starts an application and saves its files in turn; it is started again where a save was not survived. */
export async function session(
  application: Application,
  way: Way,
  node: { major: string; binary: string },
): Promise<Session> {
  const result: Session = { application, way, nodeMajor: node.major, saves: [] }
  const directory = workingCopy(application, `${way.id.replaceAll(/\W+/g, '-')}-${node.major}`)
  let running: Running | undefined
  let count = 0
  try {
    for (const target of application.targets) {
      const file = new EditedFile(directory, target)
      const path = target.path ?? '/'
      running ??= await Running.start(application, way, { node: node.binary, directory, path })
      for (const kind of kindsOf(way)) {
        const word = `saved${++count}`
        const save: SaveResult =
          kind === 'broken' ? await file.break(running) : await file.save(running, word, kind)
        result.saves.push(save)
        if (save.verdict === 'dead') {
          await running.stop()
          file.restore()
          running = await Running.start(application, way, { node: node.binary, directory, path })
        }
      }
      // The next file is judged for itself.
      if (result.saves.some(({ target: each, verdict }) => each === target && verdict === 'lost')) {
        await running.stop()
        running = undefined
      }
    }
  } catch (error) {
    result.failure = (error as Error).message
  } finally {
    await running?.stop()
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  return result
}
