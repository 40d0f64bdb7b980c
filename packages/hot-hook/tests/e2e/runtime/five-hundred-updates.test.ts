import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

const updates = 500

const dep = (value: number) => `export const value = ${value}
export default () => value
import.meta.hot.dispose((data) => {
  data.disposals = (data.disposals ?? 0) + 1
  console.log('dispose ${value}')
})
export const { disposals = 0 } = import.meta.hot.data`

describe.each(nodeMajors)(`${updates} updates in a row on Node %s`, (node) => {
  it('each disposes once, moves the bindings and calls back once, in order', async () => {
    const story = new Story(
      {
        'server.js': `import { value, disposals } from './dep.js'
import read from './dep.js'
import.meta.hot.accept('./dep.js', (next) => {
  console.log('accepted', value, read(), next.value, disposals)
})
console.log('started')`,
        'dep.js': dep(0),
      },
      { node },
    )
    await story.begin()
    const told: string[] = []
    const expected: string[] = []
    for (let value = 1; value <= updates; value++) {
      story.saveByRename('dep.js', dep(value))
      told.push(...(await story.tell(/^\* /)))
      expected.push(`dispose ${value - 1}`, `accepted ${value} ${value} ${value} ${value}`)
      expected.push('* update dep.js')
    }
    expect(told).toEqual(expected)
  })
})
