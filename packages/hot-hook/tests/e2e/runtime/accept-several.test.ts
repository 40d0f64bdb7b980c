import { describe, expect, it } from 'vitest'
import { Story, tellChange } from '../../harness/story.ts'

const dep = (value: number, name = 'dep') => `export const value = ${value}
console.log('${name}', value)`

const importing = (accept: string, imports = "import { value } from './dep.js'") => `${imports}
console.log('entry')
${accept}
console.log('started')`

describe('accept(dep)', () => {
  it('several handlers of one dependency are called in order of registration', async () => {
    const accept = `import.meta.hot.accept('./dep.js', () => console.log('one'))
import.meta.hot.accept(['./dep.js'], async () => {
  await new Promise((resolve) => setTimeout(resolve, 10))
  console.log('two')
})
import.meta.hot.accept('./dep.js')
import.meta.hot.accept('./dep.js', () => console.log('three'))`
    const files = { 'server.js': importing(accept), 'dep.js': dep(1) }
    expect(await tellChange(files, { 'dep.js': dep(2) })).toEqual([
      'dep 2',
      'one',
      'two',
      'three',
      '* update dep.js',
    ])
  })

  it('only the handler of the dependency that changed is called', async () => {
    const accept = `import.meta.hot.accept('./a.js', () => console.log('for a'))
import.meta.hot.accept('./b.js', () => console.log('for b'))`
    const files = {
      'server.js': importing(accept, "import './a.js'\nimport './b.js'"),
      'a.js': dep(1, 'a'),
      'b.js': dep(1, 'b'),
    }
    expect(await tellChange(files, { 'b.js': dep(2, 'b') })).toEqual([
      'b 2',
      'for b',
      '* update b.js',
    ])
  })

  it('two importers that accept it are both called, it is evaluated once', async () => {
    const importer = (name: string) => `import { value } from './dep.js'
import.meta.hot.accept('./dep.js', () => console.log('${name}', value))`
    const files = {
      'server.js': "import './a.js'\nimport './b.js'\nconsole.log('started')",
      'a.js': importer('a'),
      'b.js': importer('b'),
      'dep.js': dep(1),
    }
    const told = await tellChange(files, { 'dep.js': dep(2) })
    expect(told.slice(0, 1)).toEqual(['dep 2'])
    expect(told.slice(1, 3).toSorted()).toEqual(['a 2', 'b 2'])
    expect(told.slice(3)).toEqual(['* update dep.js'])
  })

  it('one path that nobody accepts is a full reload, whoever else accepts', async () => {
    const files = {
      'server.js': "import './a.js'\nimport './b.js'\nconsole.log('started')",
      'a.js': "import './dep.js'\nimport.meta.hot.accept('./dep.js')",
      'b.js': "import './dep.js'",
      'dep.js': dep(1),
    }
    expect(await tellChange(files, { 'dep.js': dep(2) })).toEqual([
      '* full-reload dep.js b.js server.js (it is the entry)',
    ])
  })

  it('a module that accepts itself and a dependency is told of the dependency alone', async () => {
    const app = (name: string) => `import { value } from './dep.js'
console.log('${name}')
import.meta.hot.accept(() => console.log('self'))
import.meta.hot.accept('./dep.js', () => console.log('dep accepted', value))`
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': app('app'),
      'dep.js': dep(1),
    })
    await story.begin()
    expect(await story.change({ 'dep.js': dep(2) })).toEqual([
      'dep 2',
      'dep accepted 2',
      '* update dep.js',
    ])
    expect(await story.change({ 'app.js': app('APP') })).toEqual(['APP', 'self', '* update app.js'])
    expect(await story.change({ 'dep.js': dep(3) })).toEqual([
      'dep 3',
      'dep accepted 3',
      '* update dep.js',
    ])
  })

  it('a module and a dependency that it accepts, both changed: the new instance has both', async () => {
    const app = (name: string) => `import { value } from './dep.js'
console.log('${name}', value)
import.meta.hot.accept()
import.meta.hot.accept('./dep.js', () => console.log('not called'))`
    const files = {
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': app('app'),
      'dep.js': dep(1),
    }
    const changed = { 'dep.js': dep(2), 'app.js': app('APP') }
    expect(await tellChange(files, changed)).toEqual(['dep 2', 'APP 2', '* update app.js dep.js'])
  })
})
