import { describe, expect, it } from 'vitest'
import { Story } from '../../harness/story.ts'

const entry = (imports: string, rest: string) => `${imports}\n${rest}\nconsole.log('started')`

describe('live bindings', () => {
  it('accept(dep) without a callback is enough', async () => {
    const story = new Story({
      'server.js': entry(
        "import { value } from './dep.js'\nimport { hot } from 'hot-hook'",
        "import.meta.hot.accept('./dep.js')\nhot.on('update', () => console.log('now', value))",
      ),
      'dep.js': 'export const value = 1',
    })
    await story.begin()
    expect(await story.change({ 'dep.js': 'export const value = 2' }, /^now/)).toEqual([
      '* update dep.js',
      'now 2',
    ])
  })

  it('an importer behind a boundary that does not accept has the new ones at its next import()', async () => {
    const story = new Story({
      'server.js': entry(
        "import { value } from './dep.js'",
        `const show = async () => (await import('./other.js')).show()
import.meta.hot.accept('./dep.js', async () => {
  console.log('entry', value)
  await show()
})
setTimeout(() => setTimeout(async () => {
  await show()
  console.log('shown')
}))`,
      ),
      'other.js': `import { value } from './dep.js'
export const show = () => console.log('other', value)`,
      'dep.js': 'export const value = 1',
    })
    await story.begin()
    expect(await story.tell(/^shown/)).toEqual(['other 1', 'shown'])
    expect(await story.change({ 'dep.js': 'export const value = 2' }, /^\* update dep/)).toEqual([
      'entry 2',
      'other 2',
      '* update other.js',
      '* update dep.js',
    ])
  })

  it('of several importers each that accepts follows', async () => {
    const importer = (name: string) => `import { value } from './dep.js'
import.meta.hot.accept('./dep.js')
export const ${name} = () => '${name} ' + value`
    const story = new Story({
      'server.js': entry(
        "import { a } from './a.js'\nimport { b } from './b.js'\nimport { hot } from 'hot-hook'",
        "hot.on('update', () => console.log(a(), b()))",
      ),
      'a.js': importer('a'),
      'b.js': importer('b'),
      'dep.js': 'export let value = 1',
    })
    await story.begin()
    expect(await story.change({ 'dep.js': 'export let value = 2' }, /^a/)).toEqual([
      '* update dep.js',
      'a 2 b 2',
    ])
  })

  it('exports may come and go from save to save as long as nobody uses them', async () => {
    const story = new Story({
      'server.js': entry(
        "import { value } from './dep.js'",
        "import.meta.hot.accept('./dep.js', (next) => console.log(value, ...Object.keys(next)))",
      ),
      'dep.js': 'export const value = 1, gone = 1',
    })
    await story.begin()
    expect(await story.change({ 'dep.js': 'export const value = 2, fresh = 2' })).toEqual([
      '2 fresh value',
      '* update dep.js',
    ])
    expect(await story.change({ 'dep.js': 'const x = 3; export { x as value }' })).toEqual([
      '3 value',
      '* update dep.js',
    ])
    expect(story.stderr).not.toContain('warning')
  })

  it('a namespace cannot get a new name: a warning names it, the callback has it', async () => {
    const story = new Story({
      'server.js': entry(
        "import * as dep from './dep.js'",
        "import.meta.hot.accept('./dep.js', (next) => console.log(dep.value, dep.fresh, next.fresh))",
      ),
      'dep.js': 'export const value = 1, gone = 1',
    })
    await story.begin()
    expect(await story.change({ 'dep.js': 'export const value = 2, fresh = 2' })).toEqual([
      '2 undefined 2',
      '* update dep.js',
    ])
    await story.output(/warning: .*dep\.js.*"fresh" is new/)
    await story.output(/warning: .*dep\.js.*"gone" is no longer exported/)
  })

  it('an importer evaluated again has the names of the new version', async () => {
    const app = (names: string) => `import { ${names} } from './dep.js'
console.log('app', ${names})
import.meta.hot.accept()
import.meta.hot.accept('./dep.js', () => console.log('accepted', ${names}))`
    const story = new Story({
      'server.js': entry("import './app.js'", ''),
      'app.js': app('first'),
      'dep.js': 'export const first = 1',
    })
    await story.begin()
    expect(await story.change({ 'dep.js': 'export const first = 2, second = 2' })).toEqual([
      'accepted 2',
      '* update dep.js',
    ])
    expect(await story.change({ 'app.js': app('second') })).toEqual(['app 2', '* update app.js'])
    expect(await story.change({ 'dep.js': 'export const second = 3' })).toEqual([
      'accepted 3',
      '* update dep.js',
    ])
  })

  it('a cycle between the dependency and its importer works', async () => {
    const dep = (value: number) => `import { name } from './app.js'
export const value = ${value}
export const describe = () => name + ' ' + value`
    const story = new Story({
      'server.js': entry("import './app.js'", ''),
      'app.js': `import { value, describe } from './dep.js'
export const name = 'app'
console.log('evaluated', value, describe())
import.meta.hot.accept('./dep.js', () => console.log('accepted', value, describe()))`,
      'dep.js': dep(1),
    })
    expect(await story.begin()).toEqual(['evaluated 1 app 1', 'started'])
    for (const value of [2, 3]) {
      expect(await story.change({ 'dep.js': dep(value) })).toEqual([
        `accepted ${value} app ${value}`,
        '* update dep.js',
      ])
    }
  })

  it('a cycle that is entered at the dependency works', async () => {
    const dep = (value: number) => `import { show } from './app.js'
export const value = ${value}
export default () => value
export { show }`
    const story = new Story({
      'server.js': entry(
        "import { show } from './dep.js'\nimport { hot } from 'hot-hook'",
        "show('start')\nhot.on('update', () => show('update'))\nimport.meta.hot.accept('./dep.js')",
      ),
      'app.js': `import fn, { value } from './dep.js'
import.meta.hot.accept('./dep.js')
export const show = (when) => console.log(when, value, fn())`,
      'dep.js': dep(1),
    })
    expect(await story.begin()).toEqual(['start 1 1', 'started'])
    expect(await story.change({ 'dep.js': dep(2) }, /^update/)).toEqual([
      '* update dep.js',
      'update 2 2',
    ])
  })

  it.each([
    ['a constant', "const dep = './dep.js'\nimport.meta.hot.accept(dep, done)"],
    ['a list', "const deps = ['./dep.js']\nimport.meta.hot.accept(deps, ([next]) => done(next))"],
    [
      'a constant URL',
      "const dep = import.meta.resolve('./dep.js')\nimport.meta.hot.accept(dep, done)",
    ],
  ])(
    'accepted through %s cannot follow: a warning names it, the callback is right',
    async (_, accept) => {
      const story = new Story({
        'server.js': entry(
          "import { value } from './dep.js'\nimport './other.js'",
          `const done = (next) => console.log(value, next.value)\n${accept}\nimport.meta.hot.accept('./other.js')`,
        ),
        'dep.js': 'export const value = 1',
        'other.js': '',
      })
      await story.begin()
      await story.output(/warning: .*server\.js accepts .*dep\.js.*bindings cannot follow/)
      expect(story.stderr).not.toContain('other.js')
      expect(await story.change({ 'dep.js': 'export const value = 2' })).toEqual([
        '1 2',
        '* update dep.js',
      ])
    },
  )

  it('a star re-export under the dependency follows when what is behind it changes', async () => {
    const story = new Story({
      'server.js': entry(
        "import * as dep from './dep.js'\nimport { deep } from './dep.js'",
        "import.meta.hot.accept('./dep.js', () => console.log(dep.own, dep.deep, deep))",
      ),
      'dep.js': "export const own = 1\nexport * from './deep.js'",
      'deep.js': 'export const deep = 1',
    })
    await story.begin()
    expect(await story.change({ 'deep.js': 'export const deep = 2' })).toEqual([
      '1 2 2',
      '* update deep.js dep.js',
    ])
    expect(
      await story.change({ 'dep.js': "export const own = 3\nexport * from './deep.js'" }),
    ).toEqual(['3 2 2', '* update dep.js'])
    expect(await story.change({ 'deep.js': 'export const deep = 4' })).toEqual([
      '3 4 4',
      '* update deep.js dep.js',
    ])
  })

  it('what the dependency reassigns by itself does not follow within one instance', async () => {
    const story = new Story({
      'server.js': entry(
        "import { count, increment } from './dep.js'",
        `increment()
console.log('after', count)
import.meta.hot.accept('./dep.js', (next) => {
  increment()
  console.log('after', count, next.count)
})`,
      ),
      'dep.js': 'export let count = 0\nexport const increment = () => { count++ }',
    })
    expect(await story.begin()).toEqual(['after 0', 'started'])
    expect(
      await story.change({
        'dep.js': 'export let count = 10\nexport const increment = () => { count++ }',
      }),
    ).toEqual(['after 10 11', '* update dep.js'])
  })

  it.each(["export const a = 'x", 'export const = 1'])(
    'a dependency that does not compile is the error that plain Node gives: %s',
    async (source) => {
      const story = new Story({
        'server.js': "import * as dep from './dep.js'\nimport.meta.hot.accept('./dep.js')",
        'dep.js': source,
      })
      story.start()
      await story.output(/dep\.js:1\n.*\n.*\n+SyntaxError: /)
      expect(await story.exit()).toBe(1)
    },
  )

  it('a dependency that is missing a name at the start is the error that plain Node gives', async () => {
    const story = new Story({
      'server.js': entry(
        "import { nothing } from './dep.js'",
        "import.meta.hot.accept('./dep.js')\nconsole.log(nothing)",
      ),
      'dep.js': 'export const value = 1',
    })
    story.start()
    await story.output(
      /SyntaxError: The requested module '.*' does not provide an export named 'nothing'/,
    )
    expect(await story.exit()).toBe(1)
  })
})
