import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

const other = (value: number) => `console.log('other ${value}')\nimport.meta.hot.accept()`

describe.each(nodeMajors)('an accept callback that does not end on Node %s', (node) => {
  /** Its callback for `2` ends as the parent says. */
  const accepting = (name: string) => `import { value } from './dep.js'
console.log('${name}', value)
import.meta.hot.accept('./dep.js', async (next) => {
  console.log('begin', next.value)
  if (next.value !== 2) return
  const message = await new Promise((done) => process.once('message', done))
  console.log('end', next.value, message)
  if (message === 'throw') throw new Error('boom')
  if (message === 'invalidate') import.meta.hot.invalidate()
})`
  const files = {
    'server.js': `import './app.js'
import './other.js'
import.meta.hot.accept('./app.js', () => console.log('accepted app'))
console.log('started')`,
    'app.js': accepting('app'),
    'dep.js': 'export const value = 1',
    'other.js': other(1),
  }
  const reported =
    '* error accept app.js: An accept callback of app.js has not ended after 5 s; it is no longer waited for'

  it.each([
    ['throw', ['* error accept app.js: boom', 'app 2', 'accepted app', '* update app.js']],
    ['invalidate', ['app 2', 'accepted app', '* update app.js']],
  ])('is reported after 5 s, the rest goes on, and a later %s still counts', async (way, told) => {
    const story = new Story(files, { node })
    await story.begin()
    expect(await story.change({ 'dep.js': 'export const value = 2' })).toEqual([
      'begin 2',
      reported,
      '* update dep.js',
    ])
    for (const value of [2, 3, 4]) {
      const lines = await story.change({ 'other.js': other(value) })
      expect(lines).toEqual([`other ${value}`, '* update other.js'])
    }
    story.child.send(way)
    expect(await story.tell()).toEqual([`end 2 ${way}`, ...told])
  })

  it.each(['throw', 'invalidate'])('and will %s is superseded by the next save', async (way) => {
    const story = new Story(files, { node })
    await story.begin()
    await story.change({ 'dep.js': 'export const value = 2' })
    for (const value of [3, 4, 5]) {
      expect(await story.change({ 'dep.js': `export const value = ${value}` })).toEqual([
        `begin ${value}`,
        '* update dep.js',
      ])
    }
    story.child.send(way)
    expect(await story.tell(/^end/)).toEqual([`end 2 ${way}`])
    expect(await story.change({ 'other.js': other(2) })).toEqual(['other 2', '* update other.js'])
  })
})
