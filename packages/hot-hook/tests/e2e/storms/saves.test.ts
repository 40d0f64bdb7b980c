import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const module = (version: number) => `export const version = ${version}`

/**
 * Saves two files itself, and asks in between: nobody else could do so at that moment. Its clock goes on
 * by a millisecond with each turn of the event loop, however busy the machine is.
 */
const server = (asksBefore: number) => `
import { renameSync, writeFileSync } from 'node:fs'
let clock = performance.now()
performance.now = () => clock
const turn = () => new Promise((resolve) => setImmediate(() => resolve(clock++)))
const ask = async () => {
  const { left, right } = await import('./app.js')
  return left + ' ' + right
}
const save = (name, version) => {
  writeFileSync(name + '~', 'export const version = ' + version)
  renameSync(name + '~', name)
}
setTimeout(async () => {
  await ask()
  for (let version = 1; version <= 5; version++) {
    for (let count = 0; count < ${asksBefore}; count++) {
      await turn()
      await ask()
    }
    clock += ${asksBefore > 1 ? 1 : 500}
    save('left.js', version)
    const between = ask()
    save('right.js', version)
    const answers = [await between]
    while (answers.at(-1) !== version + ' ' + version) {
      await turn()
      answers.push(await ask())
    }
    console.log('answers ' + [...new Set(answers)].join(', '))
  }
  console.log('done')
}, 50)`

describe.each(nodeMajors)('two files that are saved together on Node %s', (node) => {
  async function answers(asksBefore: number): Promise<string[]> {
    const app = new App(
      {
        'server.js': server(asksBefore),
        'app.js':
          "export { version as left } from './left.js'\nexport { version as right } from './right.js'",
        'left.js': module(0),
        'right.js': module(0),
      },
      { node },
    ).start()
    await app.output('done')
    return app.stdout.split('\n').filter((line) => line.startsWith('answers'))
  }

  it.each([1, 50])(
    'come one after the other to who asks in between, having asked %i times: nothing older than the save',
    async (asksBefore) => {
      expect(await answers(asksBefore)).toEqual(
        [1, 2, 3, 4, 5].map(
          (version) => `answers ${version} ${version - 1}, ${version} ${version}`,
        ),
      )
    },
  )
})
