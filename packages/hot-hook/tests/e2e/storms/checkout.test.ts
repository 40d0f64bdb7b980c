import { renameSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { hammer } from '../../harness/requests.ts'

const size = 300
const changed = 180

/** Every module counts how often it was evaluated as it is; one in ten sees the first. */
const source = (index: number, version: number) => `
${index % 10 === 0 ? "import { version as first } from '../../first.js'" : 'const first = undefined'}
globalThis.evaluations ??= {}
const name = ['${index}', ${version}, first].join()
evaluations[name] = (evaluations[name] ?? 0) + 1
export const version = ${version}
export { first }`

const path = (index: number) => `modules/${index % 20}/m${index}.js`
const indices = Array.from({ length: size }, (_, index) => index)

const files = {
  'server.js': serverImporting('./app.js'),
  'app.js': `${indices.map((index) => `import * as m${index} from './${path(index)}'`).join('\n')}
const all = [${indices.map((index) => `m${index}`).join()}]
const firsts = new Set(all.map(({ first }) => first).filter((first) => first !== undefined))
const newOnes = all.filter(({ version }) => version > 0).length
export default (_, response) => {
  const twice = Object.entries(evaluations).filter(([, times]) => times > 1).length
  response.end(JSON.stringify({ newOnes, firsts: [...firsts], twice }))
}`,
  ...Object.fromEntries(indices.map((index) => [path(index), source(index, 0)])),
  'first.js': 'export const version = 0',
}

describe.each(nodeMajors)('a checkout of hundreds of files on Node %s', (node) => {
  it.each([
    ['in place', 'write'],
    ['by rename', 'rename'],
  ])('%s, under load: nothing is lost, evaluated twice or mixed', async (_, how) => {
    const app = new App(files, { node }).start()
    expect(JSON.parse(await app.get())).toEqual({ newOnes: 0, firsts: [0], twice: 0 })
    let isOver = false
    const load = hammer(await app.port(), 8, () => isOver)
    const saved = Object.entries({
      'first.js': 'export const version = 1',
      ...Object.fromEntries(
        indices.slice(0, changed).map((index) => [path(index), source(index, 1)]),
      ),
    })
    if (how === 'rename') {
      for (const [file, text] of saved) app.save(`${file}.new~`, text)
      for (const [file] of saved) renameSync(app.path(`${file}.new~`), app.path(file))
    } else for (const [file, text] of saved) app.save(file, text)
    const expected = JSON.stringify({ newOnes: changed, firsts: [1], twice: 0 })
    await app.until('the whole checkout', async () => (await app.get()) === expected)
    isOver = true
    const answers = (await load).map((body) => JSON.parse(body))
    expect(answers.filter(({ firsts, twice }) => firsts.length !== 1 || twice > 0)).toEqual([])
    // Once it is new, it stays so.
    app.save('first.js', 'export const version = 2')
    expect(JSON.parse(await app.get())).toEqual({ newOnes: changed, firsts: [2], twice: 0 })
    expect(app.stderr).not.toContain('could not be')
  })
})
