import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story, tellChange } from '../../harness/story.ts'

const dep = (value: number, more = '') =>
  `export const value = ${value}\nconsole.log('dep', value)\n${more}`

describe.each(nodeMajors)('invalidate() on Node %s', (node) => {
  it('in its own accept callback: the change goes on to the importers, evaluated once', async () => {
    const accepting = (value: number) =>
      dep(
        value,
        `import.meta.hot.accept((next) => {
  console.log('refused', next.value)
  import.meta.hot.invalidate('cannot')
})`,
      )
    const story = new Story(
      {
        'server.js': "import './app.js'\nconsole.log('started')",
        'app.js': `import { value } from './dep.js'
console.log('app', value)
import.meta.hot.accept(() => console.log('accepted'))`,
        'dep.js': accepting(1),
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3]) {
      expect(await story.change({ 'dep.js': accepting(value) })).toEqual([
        `dep ${value}`,
        `refused ${value}`,
        `app ${value}`,
        'accepted',
        '* update app.js dep.js',
      ])
    }
    await story.output(/dep\.js invalidated the update: cannot/)
  })

  it('in the callback for a dependency: the module itself is loaded again', async () => {
    const files = {
      'server.js': "import './app.js'\nconsole.log('started')\nimport.meta.hot.accept('./app.js')",
      'app.js': `import { value } from './dep.js'
console.log('app', value)
import.meta.hot.dispose(() => console.log('dispose app'))
import.meta.hot.accept('./dep.js', () => {
  console.log('refused', value)
  import.meta.hot.invalidate()
})
import.meta.hot.accept('./dep.js', () => console.log('skipped'))`,
      'dep.js': dep(1),
    }
    expect(await tellChange(files, { 'dep.js': dep(2) }, { node })).toEqual([
      'dep 2',
      'refused 2',
      'dispose app',
      'app 2',
      '* update app.js dep.js',
    ])
  })

  it('while a new instance is evaluated that the importer accepts: it has taken it', async () => {
    const refusing = (value: number) =>
      dep(value, "if (value > 1) import.meta.hot.invalidate('again')")
    const story = new Story(
      {
        'server.js': `import { value } from './dep.js'
import.meta.hot.accept('./dep.js', () => console.log('taken', value))
console.log('started')`,
        'dep.js': refusing(1),
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'dep.js': refusing(value) })).toEqual([
        `dep ${value}`,
        `taken ${value}`,
        '* update dep.js',
      ])
    }
    await story.output(/dep\.js invalidated the update: again/)
  })

  it('as in webpack, in a module that accepts itself as long as it is the same', async () => {
    const conditional = (value: number) =>
      dep(
        value,
        `const { hot } = import.meta
if (hot.data.value !== undefined && hot.data.value !== value) hot.invalidate()
else hot.accept()
hot.dispose((data) => { data.value = value })`,
      )
    const story = new Story(
      {
        'server.js': `import { value } from './dep.js'
import.meta.hot.accept('./dep.js', () => console.log('taken', value))
console.log('started')`,
        'dep.js': conditional(1),
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'dep.js': conditional(value) })).toEqual([
        `dep ${value}`,
        `taken ${value}`,
        '* update dep.js',
      ])
    }
  })
})

describe('invalidate()', () => {
  it('nobody above takes it: a full reload that shows the path', async () => {
    const accepting = (value: number) =>
      dep(value, 'import.meta.hot.accept(() => import.meta.hot.invalidate())')
    const files = {
      'server.js': "import './dep.js'\nconsole.log('started')",
      'dep.js': accepting(1),
    }
    expect(await tellChange(files, { 'dep.js': accepting(2) })).toEqual([
      'dep 2',
      '* full-reload dep.js server.js (it is the entry)',
    ])
  })

  it('the entry that refuses its own update is a full reload', async () => {
    const server = (value: number) => `console.log('server ${value}')
import.meta.hot.accept(() => import.meta.hot.invalidate())
console.log('started')`
    expect(await tellChange({ 'server.js': server(1) }, { 'server.js': server(2) })).toEqual([
      'server 2',
      'started',
      '* full-reload server.js (it is the entry)',
    ])
  })

  it('at any other time: the module is treated as just changed', async () => {
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': `import { value } from './dep.js'
console.log('app', value)
import.meta.hot.accept(() => console.log('accepted'))`,
      'dep.js': dep(
        1,
        `const invalidate = () => import.meta.hot.invalidate('a signal')
process.once('message', invalidate)
import.meta.hot.dispose(() => process.off('message', invalidate))`,
      ),
    })
    await story.begin()
    for (let count = 0; count < 2; count++) {
      story.child.send('go')
      expect(await story.tell()).toEqual(['dep 1', 'app 1', 'accepted', '* update app.js dep.js'])
    }
  })

  it('while a new instance is evaluated: the update is refused, the importers get it', async () => {
    const part = (value: number) => `const value = ${value}
export default value
console.log('part', value)
const { hot } = import.meta
if (hot.data.value !== undefined && hot.data.value !== value) hot.invalidate('another value')
else hot.dispose((data) => { data.value = value })
hot.accept(() => console.log('taken'))`
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': `import value from './part.js'
console.log('app', value)
import.meta.hot.accept()`,
      'part.js': part(1),
    })
    await story.begin()
    expect(await story.change({ 'part.js': `${part(1)}// the same` })).toEqual([
      'part 1',
      'taken',
      '* update part.js',
    ])
    expect(await story.change({ 'part.js': part(2) })).toEqual([
      'part 2',
      'app 2',
      '* update app.js part.js',
    ])
  })

  it('several refusals of one update come together at a common importer', async () => {
    const middle = (name: string) => `import { value } from './dep.js'
console.log('${name}', value)
import.meta.hot.accept('./dep.js', () => import.meta.hot.invalidate())`
    const files = {
      'server.js': `import './a.js'
import './b.js'
console.log('server')
import.meta.hot.accept()
console.log('started')`,
      'a.js': middle('a'),
      'b.js': middle('b'),
      'dep.js': dep(1),
    }
    expect(await tellChange(files, { 'dep.js': dep(2) })).toEqual([
      'dep 2',
      'a 2',
      'b 2',
      'server',
      'started',
      '* update a.js b.js dep.js server.js',
    ])
  })

  it('an importer that took it is not asked again when another refuses it', async () => {
    const files = {
      'server.js': `import './a.js'
import './b.js'
import.meta.hot.accept('./b.js', () => console.log('server has b'))
console.log('started')`,
      'a.js': `import { value } from './dep.js'
import.meta.hot.accept('./dep.js', () => console.log('a', value))`,
      'b.js': `import { value } from './dep.js'
console.log('b', value)
import.meta.hot.accept('./dep.js', () => import.meta.hot.invalidate())`,
      'dep.js': dep(1),
    }
    const refusing = dep(2, 'import.meta.hot.invalidate()')
    expect(await tellChange(files, { 'dep.js': refusing })).toEqual([
      'dep 2',
      'a 2',
      'b 2',
      'server has b',
      '* update b.js dep.js',
    ])
  })

  it('goes on to a boundary: its next import() is loaded again', async () => {
    const accepting = (value: number) =>
      dep(value, 'import.meta.hot.accept(() => import.meta.hot.invalidate())')
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
const call = async () => console.log('got', (await import('./app.js')).default())
setTimeout(() => setTimeout(call))
hot.on('update', () => setTimeout(call))
console.log('started')`,
      'app.js':
        "import { value } from './dep.js'\nconsole.log('app', value)\nexport default () => value",
      'dep.js': accepting(1),
    })
    await story.begin()
    await story.tell(/^got/)
    expect(await story.change({ 'dep.js': accepting(2) }, /^\* update app/)).toEqual([
      'dep 2',
      '* update dep.js',
      'app 2',
      'got 2',
      '* update app.js',
    ])
  })
})
