import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** Start-up is over then. */
const started = "setTimeout(() => setTimeout(() => console.log('started')))"

/** Evaluated to its end when the parent says so. */
const slow = (value: number, more = '') => `export const value = ${value}
console.log('begin ${value}')
import.meta.hot.dispose(() => console.log('dispose ${value}'))
await new Promise((done) => process.on('message', (message) => message === ${value} && done()))
import.meta.hot.dispose(() => console.log('close ${value}'))
console.log('end ${value}')
${more}`
const quick = (value: number) => `export const value = ${value}
console.log('evaluate ${value}')
import.meta.hot.dispose(() => console.log('dispose ${value}'))`
const other = (value: number) => `console.log('other ${value}')\nimport.meta.hot.accept()`

const overdue = (file: string) =>
  new RegExp(`^\\* error evaluate ${file}: ${file} is still being evaluated after 5 s`)

describe.each(nodeMajors)('a top-level await that does not end on Node %s', (node) => {
  const files = {
    'server.js': `import { value } from './app.js'
import './other.js'
import.meta.hot.accept('./app.js', (next) => console.log('accepted', next.value))
process.on('message', (message) => message === 'show' && console.log('value', value))
${started}`,
    'app.js': "export { value } from './dep.js'",
    'dep.js': quick(1),
    'other.js': other(1),
  }

  it('in an accepted module is reported after 5 s, and the next save of it supersedes it', async () => {
    const story = new Story(files, { node })
    await story.begin()
    await story.change({ 'dep.js': slow(2) }, /^begin/)
    expect(await story.tell()).toEqual([expect.stringMatching(overdue('dep.js'))])
    // It blocks nobody else.
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'other.js': other(value) })).toEqual([
        `other ${value}`,
        '* update other.js',
      ])
    }
    expect(await story.change({ 'dep.js': quick(3) })).toEqual([
      'dispose 2',
      'evaluate 3',
      'accepted 3',
      '* update app.js dep.js',
    ])
    // It comes back, too late: what it opens is closed, and nobody is told.
    story.child.send(2)
    expect(await story.tell(/^close/)).toEqual(['end 2', 'close 2'])
    story.child.send('show')
    expect(await story.tell(/^value/)).toEqual(['value 3'])
    for (const value of [4, 5, 6]) {
      expect(await story.change({ 'dep.js': quick(value) })).toEqual([
        `dispose ${value - 1}`,
        `evaluate ${value}`,
        `accepted ${value}`,
        '* update app.js dep.js',
      ])
    }
  })

  it('whose importers come back with it, superseded, leaves the newer ones as they are', async () => {
    const app = (name: string) => `import { value } from './dep.js'
export { value }
console.log('app ${name}', value)
import.meta.hot.dispose(() => console.log('dispose app ${name}', value))
import.meta.hot.accept((next) => console.log('app ${name} accepts', next.value))`
    const story = new Story({ ...files, 'app.js': app('one') }, { node })
    await story.begin()
    await story.change({ 'dep.js': slow(2) }, /^begin/)
    await story.tell()
    expect(await story.change({ 'dep.js': quick(3) })).toEqual([
      'dispose 2',
      'evaluate 3',
      'app one 3',
      'app one accepts 3',
      '* update app.js dep.js',
    ])
    story.child.send(2)
    const late = await story.tell(/^dispose app one 2/)
    expect(late.toSorted()).toEqual(['app one 2', 'close 2', 'dispose app one 2', 'end 2'])
    for (const [before, name] of [
      ['one', 'two'],
      ['two', 'three'],
      ['three', 'four'],
    ] as const) {
      expect(await story.change({ 'app.js': app(name) })).toEqual([
        `dispose app ${before} 3`,
        `app ${name} 3`,
        `app ${before} accepts 3`,
        '* update app.js',
      ])
    }
  })

  it('until later is accepted then, when nothing of it was saved', async () => {
    const story = new Story(files, { node })
    await story.begin()
    await story.change({ 'dep.js': slow(2) }, /^begin/)
    await story.tell()
    expect(await story.change({ 'other.js': other(2) })).toEqual(['other 2', '* update other.js'])
    story.child.send(2)
    expect(await story.tell()).toEqual(['end 2', 'accepted 2', '* update app.js dep.js'])
    expect(await story.change({ 'dep.js': quick(3) })).toEqual([
      'close 2',
      'dispose 2',
      'evaluate 3',
      'accepted 3',
      '* update app.js dep.js',
    ])
  })

  it('is superseded by what was saved while it was waited for', async () => {
    const story = new Story(files, { node })
    await story.begin()
    await story.change({ 'dep.js': slow(2) }, /^begin/)
    const told = story.messages.length
    story.save('dep.js', quick(3))
    await story.until('invalidation', () => story.messages.length > told)
    expect(await story.tell(/^accepted/)).toEqual([
      expect.stringMatching(overdue('dep.js')),
      'dispose 2',
      'evaluate 3',
      'accepted 3',
    ])
  })

  it('behind a boundary is reported too, and holds back no request after the next save', async () => {
    const server = `process.on('message', async (message) => {
  if (message === 'call') console.log('got', (await import('./app.js')).value)
})
${started}`
    const story = new Story({ ...files, 'server.js': server }, { node })
    await story.begin()
    story.child.send('call')
    await story.tell(/^got/)
    story.save('dep.js', slow(2))
    await story.until('invalidation', () => story.messages.length > 0)
    story.child.send('call')
    expect((await story.tell()).slice(-2)).toEqual([
      'begin 2',
      expect.stringMatching(overdue('dep.js')),
    ])
    const told = story.messages.length
    story.save('dep.js', quick(3))
    await story.until('invalidation', () => story.messages.length > told)
    const askedAt = performance.now()
    story.child.send('call')
    expect((await story.tell(/^got/)).filter((line) => !line.startsWith('*'))).toEqual([
      'dispose 2',
      'evaluate 3',
      'got 3',
    ])
    expect(performance.now() - askedAt).toBeLessThan(4000)
    // The request that has waited since gets what it asked for; the program does not go back.
    story.child.send(2)
    await story.tell(/^got 2/)
    story.child.send('call')
    expect((await story.tell(/^got/)).filter((line) => !line.startsWith('*'))).toEqual(['got 3'])
  })
})
