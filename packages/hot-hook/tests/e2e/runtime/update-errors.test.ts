import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story, tellChange } from '../../harness/story.ts'

const dep = (value: number) => `export const value = ${value}\nconsole.log('dep', value)`

/** An importer of dep.js whose first callback fails in the given way. */
const failing = (statement: string) => `import { value } from './dep.js'
console.log('app', value)
import.meta.hot.accept('./dep.js', async () => {
  console.log('callback', value)
  ${statement}
})
import.meta.hot.accept('./dep.js', () => console.log('skipped'))`

describe.each(nodeMajors)('a failing callback on Node %s', (node) => {
  it.each([
    ['throws', "throw new Error('no')"],
    ['rejects', "await Promise.reject(new Error('no'))"],
  ])('that %s is reported, and its importers get the change in the same update', async (_, way) => {
    const files = {
      'server.js': `import './app.js'
import.meta.hot.accept('./app.js', () => console.log('accepted above'))
console.log('started')`,
      'app.js': failing(way),
      'dep.js': dep(1),
    }
    expect(await tellChange(files, { 'dep.js': dep(2) }, { node })).toEqual([
      'dep 2',
      'callback 2',
      '* error accept app.js: no',
      'app 2',
      'accepted above',
      '* update app.js dep.js',
    ])
  })
})

describe('errors of an update', () => {
  it('a failing callback with nobody above is a full reload', async () => {
    const files = {
      'server.js': `import './dep.js'
import.meta.hot.accept('./dep.js', () => { throw new Error('no') })
console.log('started')`,
      'dep.js': dep(1),
    }
    expect(await tellChange(files, { 'dep.js': dep(2) })).toEqual([
      'dep 2',
      '* error accept server.js: no',
      '* full-reload server.js (it is the entry)',
    ])
  })

  it('a failing self-accept callback goes on to the importers, evaluated once', async () => {
    const source = (value: number) => `export const value = ${value}
console.log('dep', value)
import.meta.hot.accept(() => { throw new Error('no') })`
    const files = {
      'server.js': `import { value } from './dep.js'
console.log('server', value)
import.meta.hot.accept()
console.log('started')`,
      'dep.js': source(1),
    }
    expect(await tellChange(files, { 'dep.js': source(2) })).toEqual([
      'dep 2',
      '* error accept dep.js: no',
      'server 2',
      'started',
      '* update dep.js server.js',
    ])
  })

  it('what was taken before a refusal runs, though who is above it cannot be loaded', async () => {
    const app = `import { value } from './dep.js'
console.log('app', value)
import.meta.hot.accept('./dep.js', () => { throw new Error('no') })
if (value === 2) throw new Error('boom')`
    const story = new Story({
      'server.js': `import './app.js'
import.meta.hot.accept('./app.js', () => console.log('accepted above'))
console.log('started')`,
      'app.js': app,
      'dep.js': `import './old.js'\n${dep(1)}`,
      'old.js': "import.meta.hot.prune(() => console.log('prune old'))",
    })
    await story.begin()
    expect(await story.change({ 'dep.js': dep(2) }, /^\* update/)).toEqual([
      'dep 2',
      '* error accept app.js: no',
      'app 2',
      '* error evaluate app.js: boom',
      'prune old',
      '* prune old.js',
      '* update dep.js',
    ])
    // Whoever has not taken it is given it with the next save.
    const lines = await story.change({ 'dep.js': dep(3) }, /^\* update/)
    expect(lines.filter((line) => line.startsWith('app') || line.startsWith('acc'))).toEqual([
      'app 3',
      'accepted above',
    ])
  })

  it('other modules keep what they accepted when one refuses', async () => {
    const files = {
      'server.js': `import './a.js'
import './b.js'
import.meta.hot.accept('./a.js')
import.meta.hot.accept('./b.js')
console.log('started')`,
      'a.js': `import { value } from './dep.js'
console.log('a', value)
import.meta.hot.accept('./dep.js', () => { throw new Error('no') })`,
      'b.js': `import { value } from './dep.js'
console.log('b', value)
import.meta.hot.accept('./dep.js', () => console.log('b accepted', value))`,
      'dep.js': dep(1),
    }
    const lines = await tellChange(files, { 'dep.js': dep(2) })
    expect(lines.filter((line) => line.startsWith('dep'))).toEqual(['dep 2'])
    expect(lines).toContain('b accepted 2')
    expect(lines).toContain('a 2')
    expect(lines).not.toContain('b 2')
    expect(lines.at(-1)).toBe('* update a.js dep.js')
  })

  it('a chain of refusals goes up to who takes it, each evaluated once', async () => {
    const link = (name: string, from: string) => `import '${from}'
console.log('${name}')
import.meta.hot.accept(() => { console.log('${name} refuses'); import.meta.hot.invalidate() })`
    const files = {
      'server.js': `import './a.js'\nconsole.log('server')\nimport.meta.hot.accept()\nconsole.log('started')`,
      'a.js': link('a', './b.js'),
      'b.js': link('b', './c.js'),
      'c.js': link('c', './dep.js'),
      'dep.js': dep(1),
    }
    expect(await tellChange(files, { 'dep.js': dep(2) })).toEqual([
      'dep 2',
      'c',
      'c refuses',
      'b',
      'b refuses',
      'a',
      'a refuses',
      'server',
      'started',
      '* update a.js b.js c.js dep.js server.js',
    ])
  })

  it('two failed updates are healed each by its own save', async () => {
    const source = (value: number) => `console.log('part', ${value})\nimport.meta.hot.accept()`
    const story = new Story({
      'server.js': "import './a.js'\nimport './b.js'\nconsole.log('started')",
      'a.js': `import './deep.js'\n${source(1)}`,
      'deep.js': '',
      'b.js': source(1),
    })
    await story.begin()
    await story.change({ 'a.js': `import './gone.js'\n${source(2)}` })
    expect(await story.change({ 'b.js': 'broken(' })).toEqual([
      expect.stringContaining('* error load b.js'),
    ])
    expect(await story.change({ 'gone.js': '' })).toEqual([
      'part 2',
      '* prune deep.js',
      '* update a.js',
    ])
    expect(await story.change({ 'b.js': source(3) })).toEqual(['part 3', '* update b.js'])
  })

  it('a save of an uninvolved file leaves a failed update alone', async () => {
    const source = (value: number) => `console.log('part', ${value})\nimport.meta.hot.accept()`
    const story = new Story({
      'server.js': "import './a.js'\nimport './b.js'\nconsole.log('started')",
      'a.js': source(1),
      'b.js': source(1),
    })
    await story.begin()
    await story.change({ 'a.js': `${source(2)}\nthrow new Error('no')` })
    expect(await story.change({ 'b.js': source(2) })).toEqual(['part 2', '* update b.js'])
    expect(await story.change({ 'a.js': source(3) })).toEqual(['part 3', '* update a.js'])
  })

  it('the same error after another save is reported again, once', async () => {
    const source = (value: number) =>
      `// ${value}\nimport.meta.hot.accept()\nif (${value} > 1) throw new Error('no')`
    const story = new Story({
      'server.js': "import './a.js'\nconsole.log('started')",
      'a.js': source(1),
    })
    await story.begin()
    for (const value of [2, 3]) {
      expect(await story.change({ 'a.js': source(value) })).toEqual(['* error evaluate a.js: no'])
    }
    await story.until('two reports', () => story.stderr.match(/Error: no/g)?.length === 2)
  })

  it('a deleted file is reported, and put back it is hot again', async () => {
    const source = (value: number) => `console.log('part', ${value})
import.meta.hot.dispose(() => console.log('dispose ${value}'))
import.meta.hot.accept()`
    const story = new Story({
      'server.js': "import './a.js'\nconsole.log('started')",
      'a.js': source(1),
    })
    await story.begin()
    story.remove('a.js')
    expect(await story.tell()).toEqual([expect.stringMatching(/^\* error load a\.js: .*a\.js/)])
    expect(await story.change({ 'a.js': source(2) })).toEqual([
      'dispose 1',
      'part 2',
      '* update a.js',
    ])
  })

  it('what is thrown need not be an Error', async () => {
    const story = new Story({
      'server.js': "import './a.js'\nconsole.log('started')",
      'a.js': 'import.meta.hot.accept()',
    })
    await story.begin()
    for (const thrown of ["'text'", 'null', 'undefined']) {
      const source = `import.meta.hot.accept()\nthrow ${thrown}`
      const [told] = await story.change({ 'a.js': source })
      expect(told).toBe(`* error evaluate a.js: ${thrown.replaceAll("'", '')}`)
    }
    expect(await story.change({ 'a.js': 'import.meta.hot.accept()//' })).toEqual(['* update a.js'])
  })

  it('an error at start-up is the application’s, as without Hot Hook', async () => {
    const story = new Story({
      'server.js': "import './a.js'\nconsole.log('started')",
      'a.js': "import.meta.hot.accept()\nthrow new Error('at start')",
    })
    story.start()
    expect(await story.exit()).toBe(1)
    expect(story.stderr).toContain('Error: at start')
    expect(story.stderr).toContain('a.js:2:7')
  })
})
