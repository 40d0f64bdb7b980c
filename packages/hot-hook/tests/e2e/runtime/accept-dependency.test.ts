import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story, tellChange } from '../../harness/story.ts'

const dep = (value: number, name = 'dep') => `export const value = ${value}
console.log('${name}', value)`

const importing = (accept: string, imports = "import { value } from './dep.js'") => `${imports}
console.log('entry')
${accept}
console.log('started')`

describe.each(nodeMajors)('accept(dep) on Node %s', (node) => {
  it('loads the dependency again, its importer is not evaluated again', async () => {
    const accept = `import.meta.hot?.accept('./dep.js', (next) => {
      console.log('accepted', next.value, value)
    })`
    const story = new Story({ 'server.js': importing(accept), 'dep.js': dep(1) }, { node })
    expect(await story.begin()).toEqual(['dep 1', 'entry', 'started'])
    for (const value of [2, 3]) {
      expect(await story.change({ 'dep.js': dep(value) })).toEqual([
        `dep ${value}`,
        `accepted ${value} ${value}`,
        '* update dep.js',
      ])
    }
  })

  it('an array: the modules in its order, undefined where one did not change', async () => {
    const accept = `import.meta.hot.accept(['./b.js', './a.js'], (modules) => {
      console.log(modules.length, ...modules.map((module) => module?.value))
    })`
    const story = new Story(
      {
        'server.js': importing(accept, "import './a.js'\nimport './b.js'"),
        'a.js': dep(1, 'a'),
        'b.js': dep(1, 'b'),
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'a.js': dep(2, 'a') })).toEqual([
      'a 2',
      '2 undefined 2',
      '* update a.js',
    ])
    expect(await story.change({ 'b.js': dep(3, 'b') })).toEqual([
      'b 3',
      '2 3 undefined',
      '* update b.js',
    ])
    const both = await story.change({ 'a.js': dep(4, 'a'), 'b.js': dep(4, 'b') })
    expect(both.toSorted()).toEqual(['* update a.js b.js', '2 4 4', 'a 4', 'b 4'])
  })

  it('takes a change under the dependency, which is evaluated with it', async () => {
    const accept = "import.meta.hot.accept('./dep.js', (next) => console.log('got', next.value))"
    const files = {
      'server.js': importing(accept),
      'dep.js': "export { value } from './deep.js'\nconsole.log('dep')",
      'deep.js': dep(1, 'deep'),
    }
    expect(await tellChange(files, { 'deep.js': dep(2, 'deep') }, { node })).toEqual([
      'deep 2',
      'dep',
      'got 2',
      '* update deep.js dep.js',
    ])
  })
})

const got = "(next) => console.log('got', next.value)"

describe('accept(dep)', () => {
  it.each([
    ['a #imports name', "import '#dep'", `import.meta.hot.accept('#dep', ${got})`],
    ['another spelling', "import '#dep'", `import.meta.hot.accept('./sub/../dep.js', ${got})`],
    ['a name of its own', "import './dep.js'", `import.meta.hot.accept('app/dep', ${got})`],
    [
      'a URL',
      "import './dep.js'",
      `import.meta.hot.accept(import.meta.resolve('./dep.js'), ${got})`,
    ],
    [
      'an alias',
      "import './dep.js'",
      `const hot = import.meta.hot\nhot.accept('./dep.js', ${got})`,
    ],
    [
      'destructured',
      "import './dep.js'",
      `const { accept } = import.meta.hot\naccept('./dep.js', ${got})`,
    ],
    ['a constant', "import './dep.js'", `const d = './dep.js'\nimport.meta.hot.accept(d, ${got})`],
    [
      'an import() at start-up',
      "await import('./dep.js')",
      `import.meta.hot.accept('./dep.js', ${got})`,
    ],
    [
      'an import() that comes later',
      "setTimeout(() => import('./dep.js').then(() => console.log('started')), 5)",
      `import.meta.hot.accept('./dep.js', ${got})\nprocess.exitCode = 0; await 0`,
    ],
    [
      'a computed import()',
      "const name = 'dep'\nawait import('./' + name + '.js')",
      `import.meta.hot.accept('./dep.js', ${got})`,
    ],
    ['a re-export', "export * from './dep.js'", `import.meta.hot.accept('./dep.js', ${got})`],
    [
      'an import with a query',
      "import './dep.js?raw'",
      `import.meta.hot.accept('./dep.js', ${got})`,
    ],
  ])('dep is found by file: %s', async (_, imports, accept) => {
    const isLate = imports.includes('setTimeout')
    const source = importing(accept, imports)
    const story = new Story(
      {
        'server.js': isLate ? source.replace(/console\.log\('started'\)$/, '') : source,
        'dep.js': dep(1),
      },
      { packageJson: { exports: { './dep': './dep.js' }, imports: { '#dep': './dep.js' } } },
    )
    await story.begin()
    for (const value of [2, 3]) {
      expect(await story.change({ 'dep.js': dep(value) })).toEqual([
        `dep ${value}`,
        `got ${value}`,
        '* update dep.js',
      ])
    }
  })

  it('a dependency that was never imported yet is not loaded for it', async () => {
    const story = new Story({
      'server.js': `const load = () => import('./dep.js')
import.meta.hot.accept('./dep.js', (next) => console.log('got', next.value))
console.log(globalThis.hot.explain('dep.js').outcome)
console.log((await globalThis.hot.dump()).map(({ path }) => path).join())
process.on('message', () => load().then(() => console.log('loaded')))
console.log('started')`,
      'dep.js': dep(1),
    })
    expect(await story.begin()).toEqual(['not-loaded', 'server.js', 'started'])
    story.save('dep.js', dep(2))
    story.child.send('load')
    expect(await story.tell(/^loaded/)).toEqual(['dep 2', 'loaded'])
    expect(await story.change({ 'dep.js': dep(3) })).toEqual(['dep 3', 'got 3', '* update dep.js'])
  })

  it('a dependency that is never hot may be accepted: a builtin, an ignored package', async () => {
    const story = new Story({
      'server.js': `import fs from 'node:fs'
import pkg from 'pkg'
import.meta.hot.accept(['node:fs', 'pkg', './dep.js'], (modules) => console.log(modules.length, modules[2].value))
try { import.meta.hot.accept('node:path') } catch (error) { console.log(error.message) }
import './dep.js'
console.log('started')`,
      'dep.js': dep(1),
      'node_modules/pkg/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/pkg/index.js': 'export default 1',
    })
    expect(await story.begin()).toEqual([
      'dep 1',
      `import.meta.hot.accept() in ${story.path('server.js')} names "node:path", which it does not import: import it, or leave it out`,
      'started',
    ])
    expect(await story.change({ 'dep.js': dep(2) })).toEqual(['dep 2', '3 2', '* update dep.js'])
  })

  it('a dependency that comes with a later version of the module is accepted by it', async () => {
    const app = (imports: string) => `${imports}\nconsole.log('app')\nimport.meta.hot.accept()`
    const story = new Story({
      'server.js': "import './app.js'\nconsole.log('started')",
      'app.js': app(''),
      'dep.js': dep(1),
    })
    await story.begin()
    const accept = "import './dep.js'\nimport.meta.hot.accept('./dep.js', () => console.log('got'))"
    expect(await story.change({ 'app.js': app(accept) })).toEqual([
      'dep 1',
      'app',
      '* update app.js',
    ])
    expect(await story.change({ 'dep.js': dep(2) })).toEqual(['dep 2', 'got', '* update dep.js'])
  })

  it('names module and dependency when it is not imported or cannot be resolved', async () => {
    const story = new Story({
      'server.js': `import './a.js'
for (const dependency of ['./dep.js', './nowhere.js', 'no-package', '#no-import', ['./a.js', './dep.js']]) {
  try {
    import.meta.hot.accept(dependency, () => {})
    console.log('no error for', dependency)
  } catch (error) { console.log(error.message) }
}
try { import.meta.hot.accept('./a.js', 'no') } catch (error) { console.log(error.message) }
console.log('started')`,
      'a.js': '',
      'dep.js': '',
    })
    const begin = `import.meta.hot.accept() in ${story.path('server.js')}`
    const notImported = 'which it does not import: import it, or leave it out'
    const isMissing = 'which does not exist: check the path'
    const notResolved = 'which cannot be resolved: check the path'
    expect(await story.begin()).toEqual([
      `${begin} names "./dep.js", ${notImported}`,
      `${begin} names "./nowhere.js", ${isMissing}`,
      `${begin} names "no-package", ${isMissing}`,
      `${begin} names "#no-import", ${notResolved}`,
      `${begin} names "./dep.js", ${notImported}`,
      `${begin}: expected a function as its handler, got 'no'`,
      'started',
    ])
  })
})
