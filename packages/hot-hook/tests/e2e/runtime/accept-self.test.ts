import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story, tellChange } from '../../harness/story.ts'

const entry = `import { value } from './dep.js'
console.log('entry', value)
console.log('started')`

const dep = (value: number, more = '') => `export const value = ${value}
console.log('dep', value)
${more}`

describe.each(nodeMajors)('accept() on Node %s', (node) => {
  it('a module replaces itself, its importers are not told', async () => {
    const accepting = (value: number) => dep(value, 'import.meta.hot?.accept()')
    const files = { 'server.js': entry, 'dep.js': accepting(1) }
    expect(await tellChange(files, { 'dep.js': accepting(2) }, { node })).toEqual([
      'dep 2',
      '* update dep.js',
    ])
  })

  it('the callback runs in the old instance with the new module after it was evaluated', async () => {
    const accepting = (value: number) =>
      dep(
        value,
        `import.meta.hot.accept((next) => console.log('old', value, 'new', next.value))
        await null
        console.log('evaluated', value)`,
      )
    const story = new Story({ 'server.js': entry, 'dep.js': accepting(1) }, { node })
    await story.begin()
    expect(await story.change({ 'dep.js': accepting(2) })).toEqual([
      'dep 2',
      'evaluated 2',
      'old 1 new 2',
      '* update dep.js',
    ])
    expect(await story.change({ 'dep.js': accepting(3) })).toEqual([
      'dep 3',
      'evaluated 3',
      'old 2 new 3',
      '* update dep.js',
    ])
  })

  it('the entry replaces itself', async () => {
    const source = (value: number) => `import { value } from './dep.js'
console.log('entry', ${value}, value)
import.meta.hot.accept()
console.log('started')`
    const story = new Story({ 'server.js': source(1), 'dep.js': dep(1) }, { node })
    expect(await story.begin()).toEqual(['dep 1', 'entry 1 1', 'started'])
    expect(await story.change({ 'server.js': source(2) })).toEqual([
      'entry 2 1',
      'started',
      '* update server.js',
    ])
    expect(await story.change({ 'dep.js': dep(2) })).toEqual([
      'dep 2',
      'entry 2 2',
      'started',
      '* update dep.js server.js',
    ])
  })
})

describe('accept()', () => {
  it('takes a change of what the module imports, at any depth, and evaluates each module once', async () => {
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': `import './left.js'
import './right.js'
console.log('app')
import.meta.hot.accept(() => console.log('accepted'))`,
      'left.js': "import './dep.js'\nconsole.log('left')",
      'right.js': "import './dep.js'\nconsole.log('right')",
      'dep.js': dep(1),
    })
    await story.begin()
    expect(await story.change({ 'dep.js': dep(2) })).toEqual([
      'dep 2',
      'left',
      'right',
      'app',
      'accepted',
      '* update app.js dep.js left.js right.js',
    ])
    expect(await story.change({ 'right.js': "import './dep.js'\nconsole.log('RIGHT')" })).toEqual([
      'RIGHT',
      'app',
      'accepted',
      '* update app.js right.js',
    ])
  })

  it('several callbacks run in order of registration, async ones awaited', async () => {
    const accepting = (value: number) =>
      dep(
        value,
        `import.meta.hot.accept(async (next) => {
  console.log('first', next.value)
  await new Promise((resolve) => setTimeout(resolve, 20))
  console.log('first ended')
})
import.meta.hot.accept(() => console.log('second'))`,
      )
    const files = { 'server.js': entry, 'dep.js': accepting(1) }
    expect(await tellChange(files, { 'dep.js': accepting(2) })).toEqual([
      'dep 2',
      'first 2',
      'first ended',
      'second',
      '* update dep.js',
    ])
  })

  it.each([
    ['if (import.meta.hot) { import.meta.hot.accept(done) }'],
    ['if (import . meta . hot) import . meta . hot . accept ( done )'],
    ['const hot = import.meta.hot\nhot?.accept(done)'],
    ['const { accept } = import.meta.hot ?? {}\naccept?.(done)'],
    ["const { hot } = import.meta\nhot['accept'](done)"],
  ])('is called as %j', async (call) => {
    const accepting = (value: number) =>
      dep(value, `const done = (next) => console.log('accepted', next.value)\n${call}`)
    const files = { 'server.js': entry, 'dep.js': accepting(1) }
    expect(await tellChange(files, { 'dep.js': accepting(2) })).toEqual([
      'dep 2',
      'accepted 2',
      '* update dep.js',
    ])
  })

  it('is called late, by a function of the module', async () => {
    const files = {
      'server.js': "import { start } from './dep.js'\nstart()\nconsole.log('started')",
      'dep.js': dep(1, 'export const start = () => import.meta.hot.accept()'),
    }
    expect(await tellChange(files, { 'dep.js': dep(2) })).toEqual(['dep 2', '* update dep.js'])
  })

  it('what the new instance does not accept is a full reload from then on', async () => {
    const story = new Story({
      'server.js': entry,
      'dep.js': dep(1, 'import.meta.hot.accept()'),
    })
    await story.begin()
    expect(await story.change({ 'dep.js': dep(2) })).toEqual(['dep 2', '* update dep.js'])
    expect(await story.change({ 'dep.js': dep(3) })).toEqual([
      '* full-reload dep.js server.js (it is the entry)',
    ])
  })

  it('a module evaluated again for another reason gets the newest of what replaced itself', async () => {
    const accepting = (value: number) => dep(value, 'import.meta.hot.accept()')
    const app = (name: string) => `import { value } from './dep.js'
console.log('${name}', value)
import.meta.hot.accept()`
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': app('app'),
      'dep.js': accepting(1),
    })
    await story.begin()
    expect(await story.change({ 'dep.js': accepting(2) })).toEqual(['dep 2', '* update dep.js'])
    expect(await story.change({ 'app.js': app('APP') })).toEqual(['APP 2', '* update app.js'])
  })

  it('a handler that is no function is an error that names the module', async () => {
    const story = new Story({
      'server.js': `for (const wrong of [1, null, {}, ['./dep.js', 2]]) {
  try { import.meta.hot.accept(wrong) } catch (error) { console.log(error.message) }
}
for (const method of ['dispose', 'prune']) {
  try { import.meta.hot[method]('no') } catch (error) { console.log(error.message) }
}
console.log('started')`,
    })
    const file = story.path('server.js')
    expect(await story.begin()).toEqual([
      `import.meta.hot.accept() in ${file}: expected a callback, a specifier or an array of specifiers, got 1`,
      `import.meta.hot.accept() in ${file}: expected a callback, a specifier or an array of specifiers, got null`,
      `import.meta.hot.accept() in ${file}: expected a callback, a specifier or an array of specifiers, got {}`,
      `import.meta.hot.accept() in ${file}: expected a callback, a specifier or an array of specifiers, got [ './dep.js', 2 ]`,
      `import.meta.hot.dispose() in ${file}: expected a function, or a resource with Symbol.asyncDispose or Symbol.dispose, got 'no'`,
      `import.meta.hot.prune() in ${file}: expected a function as its handler, got 'no'`,
      'started',
    ])
  })

  it('import.meta.hot is undefined where Hot Hook does not run', async () => {
    const files = {
      'server.js': `console.log(import.meta.hot, 'hot' in import.meta)
import.meta.hot?.accept()
console.log('started')`,
    }
    const story = new Story(files, { nodeArguments: [] })
    expect(await story.begin()).toEqual(['undefined false', 'started'])
  })
})
