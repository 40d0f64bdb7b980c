import { renameSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { heldBy } from '../../harness/system.ts'

const directories = 6
const filesEach = 9

/** A program that imports these modules. */
const program = (modules: string[]) => `${modules
  .map((module, index) => `import { name as n${index} } from './${module}'`)
  .join('\n')}
const names = [${modules.map((_, index) => `n${index}`).join()}]
export default (_, response) => response.end(String(names.length) + ' ' + names[0])`

/** What the process holds when all is watched: no event tells of that. */
async function heldInTheEnd(app: App, pid: number): Promise<ReturnType<typeof heldBy>> {
  let held = heldBy(pid)
  let sameFor = 0
  await app.until('watches', () => {
    const now = heldBy(pid)
    sameFor = now.watches > 0 && now.watches === held.watches ? sameFor + 1 : 0
    held = now
    return sameFor === 50
  })
  return held
}

describe.skipIf(process.platform !== 'linux').each(nodeMajors)(
  'directories that come and go on Node %s',
  (node) => {
    it('leave no descriptor and no watch behind, whether modules or other files', async () => {
      const app = new App(
        { 'server.js': serverImporting('./app.js'), 'app.js': program([]) },
        // Every directory is watched, for what it may hold.
        { node, hotHook: { reload: ['**/.env'] } },
      ).start()
      expect(await app.get()).toBe('0 undefined')
      const { pid = 0 } = app.child
      const atFirst = await heldInTheEnd(app, pid)
      const round = async (number: number) => {
        const names = Array.from({ length: directories }, (_, index) => `d${number}-${index}`)
        const modules = names.flatMap((name) =>
          Array.from({ length: filesEach }, (_, index) => `${name}/deep/m${index}.js`),
        )
        for (const module of modules) {
          app.save(module, `export const name = '${number}'`)
          app.save(module.replace('.js', '.txt'), 'no module')
        }
        app.save('app.js', program(modules))
        expect(await app.get()).toBe(`${modules.length} ${number}`)
        for (const name of names) renameSync(app.path(name), app.path(`${name}-moved`))
        const moved = modules.map((module) => module.replace('/', '-moved/'))
        app.save('app.js', program(moved))
        expect(await app.get()).toBe(`${moved.length} ${number}`)
        app.save('app.js', program([]))
        expect(await app.get()).toBe('0 undefined')
        for (const name of names) app.remove(`${name}-moved`)
      }
      for (let number = 1; number <= 3; number++) await round(number)
      await app.until(`as before: ${JSON.stringify(atFirst)}`, () => {
        const { descriptors, watches } = heldBy(pid)
        return descriptors <= atFirst.descriptors && watches <= atFirst.watches
      })
      app.save('app.js', program([]).replace('names[0]', "'still hot'"))
      expect(await app.get()).toBe('0 still hot')
    })
  },
)
