import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story, tellChange } from '../../harness/story.ts'

/** A module that tells what happens to it, in front of `more`. */
const told = (name: string, value: number, more = '') => `export const value = ${value}
console.log('evaluate ${name} ${value}')
import.meta.hot.dispose(() => console.log('dispose ${name} ${value}'))
${more}`

describe.each(nodeMajors)('an update on Node %s', (node) => {
  it('during which files are saved is followed by one update of them all', async () => {
    const dep = (value: number) => `console.log('evaluate dep ${value}')
import.meta.hot.dispose(async () => {
  console.log('disposing')
  await new Promise((done) => process.once('message', done))
  console.log('disposed')
})`
    const part = (name: string, value: number) => `console.log('evaluate ${name} ${value}')`
    const story = new Story(
      {
        'server.js': `import './dep.js'
import './a.js'
import './b.js'
let running = 0
import.meta.hot.accept(['./dep.js', './a.js', './b.js'], async (modules) => {
  console.log('begin', ...modules.map((module) => module !== undefined))
  if (++running > 1) console.log('overlap')
  await new Promise((done) => setTimeout(done, 20))
  running--
  console.log('end')
})
globalThis.hot.on('invalidate', () => {})
console.log('started')`,
        'dep.js': dep(1),
        'a.js': part('a', 1),
        'b.js': part('b', 1),
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'dep.js': dep(2) }, /^disposing/)).toEqual(['disposing'])
    const invalidated = () =>
      story.messages.filter((message) => message.type === 'hot-hook:invalidated').length
    for (const [name, value] of [
      ['a', 2],
      ['b', 2],
      ['a', 3],
    ] as const) {
      const before = invalidated()
      story.save(`${name}.js`, part(name, value))
      await story.until(`invalidation of ${name}`, () => invalidated() > before)
    }
    story.child.send('go on')
    expect(await story.tell()).toEqual([
      'disposed',
      'evaluate dep 2',
      'begin true false false',
      'end',
      '* update dep.js',
    ])
    const next = await story.tell()
    expect(next.slice(0, 2).toSorted()).toEqual(['evaluate a 3', 'evaluate b 2'])
    expect(next.slice(2)).toEqual(['begin false true true', 'end', '* update a.js b.js'])
  })

  it('that is being evaluated when its file is saved again is followed by the newer version', async () => {
    const dep = (value: number) => `export const value = ${value}
console.log('begin ${value}')
import.meta.hot.dispose(() => console.log('dispose ${value}'))
if (${value} === 2) await new Promise((done) => process.once('message', done))
console.log('end ${value}')`
    const story = new Story(
      {
        'server.js': `import { value } from './dep.js'
import.meta.hot.accept('./dep.js', (next) => console.log('accepted', value, next.value))
console.log('started')`,
        'dep.js': dep(1),
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'dep.js': dep(2) }, /^begin 2/)).toEqual(['dispose 1', 'begin 2'])
    const told = story.messages.length
    story.save('dep.js', dep(3))
    await story.until('invalidation', () => story.messages.length > told)
    story.child.send('go on')
    expect(await story.tell()).toEqual(['end 2', 'accepted 2 2', '* update dep.js'])
    expect(await story.tell()).toEqual([
      'dispose 2',
      'begin 3',
      'end 3',
      'accepted 3 3',
      '* update dep.js',
    ])
  })
})

describe('an update', () => {
  it('of several files saved together is one, what they share is evaluated once', async () => {
    const files = {
      'server.js': `import './a.js'
import './b.js'
import.meta.hot.accept(['./a.js', './b.js'], () => console.log('accepted'))
console.log('started')`,
      'a.js': "import './shared.js'\nconsole.log('a')",
      'b.js': "import './shared.js'\nconsole.log('b')",
      'shared.js': told('shared', 1),
    }
    const changed = { 'a.js': `${files['a.js']}//`, 'shared.js': told('shared', 2) }
    const lines = await tellChange(files, changed)
    expect(lines.slice(0, 2)).toEqual(['dispose shared 1', 'evaluate shared 2'])
    expect(lines.slice(2, 4).toSorted()).toEqual(['a', 'b'])
    expect(lines.slice(4)).toEqual(['accepted', '* update a.js b.js shared.js'])
  })

  it('with one file that cannot be hot is a full reload and nothing else', async () => {
    const files = {
      'server.js': "import './hot.js'\nimport './cold.js'\nconsole.log('started')",
      'hot.js': told('hot', 1, 'import.meta.hot.accept()'),
      'cold.js': '// 1',
    }
    const changed = { 'hot.js': told('hot', 2, 'import.meta.hot.accept()'), 'cold.js': '// 2' }
    expect(await tellChange(files, changed)).toEqual([
      '* full-reload cold.js server.js (it is the entry)',
    ])
  })

  it('does not happen for a save that leaves the content as it was', async () => {
    const files = {
      'server.js': "import './a.js'\nimport './b.js'\nconsole.log('started')",
      'a.js': told('a', 1, 'import.meta.hot.accept()'),
      'b.js': told('b', 1, 'import.meta.hot.accept()'),
    }
    const changed = { 'a.js': files['a.js'], 'b.js': told('b', 2, 'import.meta.hot.accept()') }
    expect(await tellChange(files, changed)).toEqual([
      'dispose b 1',
      'evaluate b 2',
      '* update b.js',
    ])
  })
})
