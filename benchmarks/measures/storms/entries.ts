import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Candidate } from '../../candidates/candidate.ts'
import { heldBy } from '../../harness/process-tree.ts'
import { pause } from '../../harness/turns.ts'
import { writeSingleModule } from '../../programs/single.ts'
import { withApp } from '../measure.ts'

const filesEach = 9

/** Directories and files in them, half of them modules, are created, renamed and deleted. */
export function entries(
  candidate: Candidate,
  of: { directories: number; rounds: number },
): Promise<Record<string, number | number[]>> {
  return withApp(
    candidate,
    (directory) => writeSingleModule(directory),
    'boundary',
    async (app, { directory, targets }) => {
      const target = targets.app
      if (!target) throw new Error('the program has no app')
      const importing = (modules: string[]) =>
        `${modules.map((module) => `import './${module}'`).join('\n')}\n${target.source(0)}`
      const save = async (modules: string[]) => {
        writeFileSync(target.file, importing(modules))
        await app.state()
      }
      const round = async (number: number) => {
        const names = Array.from({ length: of.directories }, (_, index) => `d${number}-${index}`)
        const files = names.flatMap((name) =>
          Array.from({ length: filesEach }, (_, at) => `${name}/f${at}.${at % 2 ? 'js' : 'txt'}`),
        )
        for (const file of files) {
          mkdirSync(dirname(join(directory, file)), { recursive: true })
          writeFileSync(join(directory, file), 'globalThis.one = 1\n')
        }
        const modules = files.filter((file) => file.endsWith('.js'))
        await save(modules)
        for (const name of names)
          renameSync(join(directory, name), join(directory, `${name}-moved`))
        await save(modules.map((module) => module.replace('/', '-moved/')))
        await save([])
        for (const name of names) rmSync(join(directory, `${name}-moved`), { recursive: true })
      }
      await save([])
      // What a first round brings stays: compiled code, buffers, the queue of the system.
      await round(0)
      await pause(500)
      const before = heldBy(app.pid)
      const heapBefore = await app.heapUsed()
      for (let number = 1; number <= of.rounds; number++) await round(number)
      await pause(500)
      const after = heldBy(app.pid)
      const grownMb = ((await app.heapUsed()) - heapBefore) / 2 ** 20
      return {
        entries: of.rounds * of.directories * (filesEach + 1),
        descriptors: (after?.descriptors ?? 0) - (before?.descriptors ?? 0),
        watches: (after?.watches ?? 0) - (before?.watches ?? 0),
        grownMb,
      }
    },
    // Every directory is watched, for what it may hold.
    { nodeOptions: ['--expose-gc'], packageFields: { hotHook: { reload: ['**/.env'] } } },
  )
}
