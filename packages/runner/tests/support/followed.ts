import type { EventRecord } from 'hot-hook/protocol'
import { onTestFinished } from 'vitest'
import { followRunner, Runner, type RunnerOptions } from '../../dist/index.js'
import { Project } from './project.ts'
import { until } from './until.ts'

/** A runner of `server.js` whose records are kept. */
export async function followed(
  files: Record<string, string>,
  options: Partial<RunnerOptions> = {},
) {
  const project = new Project(files)
  const { directory: cwd } = project
  const runner = new Runner({ script: 'server.js', cwd, stdio: 'ignore', ...options })
  const records: EventRecord[] = []
  const end = followRunner(runner, (record) => records.push(record))
  onTestFinished(async () => {
    await runner.stop()
    project.remove()
  })
  await runner.start()
  /** The next record of this event that was not seen yet. */
  let seen = 0
  const next = async <Name extends EventRecord['event']>(event: Name) => {
    const index = await until(`an event ${event} in ${JSON.stringify(records, null, 1)}`, () => {
      const found = records.findIndex((record, at) => at >= seen && record.event === event)
      return found < 0 ? undefined : { found }
    })
    seen = index.found + 1
    return records[index.found] as Extract<EventRecord, { event: Name }>
  }
  return { runner, project, records, next, end }
}
