import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

describe.each(nodeMajors)('module.hot.accept(dep, cb) on Node %s', (node) => {
  it.each([
    ['.js, a package without "type"', 'js', undefined],
    ['.js, "type": "commonjs"', 'js', 'commonjs'],
    ['.cjs, "type": "module"', 'cjs', 'module'],
  ])('%s: each save calls back with its module.exports', async (_, extension, type) => {
    const app = `app.${extension}`
    const dep = `dep.${extension}`
    const given = extension === 'js' ? './app' : './app.cjs'
    const story = new Story(
      {
        // As people write it: the callback does not require again.
        [`server.${extension}`]: `let app = require('${given}')
module.hot.accept('${given}', (next) => {
  app = next
  console.log('accepted', app())
})
console.log('started')`,
        [app]: `const dep = require('./${dep}')\nmodule.exports = () => 'app 1 ' + dep.value`,
        [dep]: 'exports.value = 1',
      },
      { node, entry: `server.${extension}`, packageJson: { type } },
    )
    await story.begin()
    for (const value of [2, 3, 4, 5]) {
      expect(await story.change({ [dep]: `exports.value = ${value}` })).toEqual([
        `accepted app 1 ${value}`,
        `* update ${app} ${dep}`,
      ])
    }
    for (const value of [2, 3, 4, 5]) {
      expect(await story.change({ [app]: `module.exports = () => 'app ${value}'` })).toEqual([
        `accepted app ${value}`,
        ...(value === 2 ? [`* prune ${dep}`] : []),
        `* update ${app}`,
      ])
    }
  })
})
