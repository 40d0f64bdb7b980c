import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** An entry that accepts ./barrel.js, and prints `expressions` at its start and after each update. */
const entry = (imports: string, expressions: string) => `${imports}
import { hot } from 'hot-hook'
const show = () => console.log('>', ${expressions})
show()
hot.on('update', show)
import.meta.hot.accept('./barrel.js')
console.log('started')`

const accepting = (statements: string, specifier = './dep.js') =>
  `${statements}\nimport.meta.hot.accept('${specifier}')`

const dep = (value: number) => `export const x = ${value}
export default () => 'default ' + x`

describe.each(nodeMajors)('bindings through accepting re-exporters on Node %s', (node) => {
  it.each([
    [
      'by name',
      accepting("export { x } from './dep.js'"),
      "import { x } from './barrel.js'",
      'x',
      'V',
    ],
    [
      'renamed',
      accepting("export { x as y, default as fn } from './dep.js'"),
      "import { y, fn } from './barrel.js'",
      'y, fn()',
      'V default V',
    ],
    [
      'imported and exported',
      accepting("import fn, { x } from './dep.js'\nexport { x, fn as default }"),
      "import fn, { x } from './barrel.js'",
      'x, fn()',
      'V default V',
    ],
    ['star', accepting("export * from './dep.js'"), "import { x } from './barrel.js'", 'x', 'V'],
    [
      'star as a name',
      accepting("export * as all from './dep.js'"),
      "import { all } from './barrel.js'",
      'all.x, all.default()',
      'V default V',
    ],
    [
      'namespace of names',
      accepting("export { x } from './dep.js'"),
      "import * as all from './barrel.js'",
      'all.x',
      'V',
    ],
    [
      'namespace of a star',
      accepting("export * from './dep.js'\nexport const own = 'own'"),
      "import * as all from './barrel.js'",
      'all.x, all.own',
      'V own',
    ],
  ])('%s', async (_, barrel, imports, expressions, shown) => {
    const story = new Story(
      { 'server.js': entry(imports, expressions), 'barrel.js': barrel, 'dep.js': dep(1) },
      { node },
    )
    const line = (value: number) => `> ${shown.replaceAll('V', String(value))}`
    expect(await story.begin()).toEqual([line(1), 'started'])
    for (const value of [2, 3, 4]) {
      const told = await story.change({ 'dep.js': dep(value) }, /^>/)
      expect(told).toEqual(['* update dep.js', line(value)])
    }
  })

  it('through three of them, with one that only re-exports in between', async () => {
    const story = new Story(
      {
        'server.js': entry("import { x } from './barrel.js'", 'x'),
        'barrel.js': accepting("export { x } from './plain.js'", './plain.js'),
        'plain.js': "export * from './middle.js'",
        'middle.js': accepting("export * from './inner.js'", './inner.js'),
        'inner.js': accepting("export { x } from './dep.js'"),
        'dep.js': dep(1),
      },
      { node },
    )
    expect(await story.begin()).toEqual(['> 1', 'started'])
    for (const value of [2, 3, 4]) {
      const told = await story.change({ 'dep.js': dep(value) }, /^>/)
      expect(told).toEqual(['* update dep.js', `> ${value}`])
    }
  })

  it('as a namespace through stars of stars', async () => {
    const story = new Story(
      {
        'server.js': entry(
          "import * as all from './barrel.js'\nimport * as plain from './plain.js'",
          'all.x, all.y, plain.x',
        ),
        'barrel.js': accepting("export * from './middle.js'", './middle.js'),
        'plain.js': "export * from './barrel.js'",
        'middle.js': accepting("export * from './dep.js'\nexport * from './other.js'"),
        'dep.js': dep(1),
        'other.js': "export const y = 'y'",
      },
      { node },
    )
    expect(await story.begin()).toEqual(['> 1 y 1', 'started'])
    for (const value of [2, 3, 4]) {
      const told = await story.change({ 'dep.js': dep(value) }, /^>/)
      expect(told).toEqual(['* update dep.js', `> ${value} y ${value}`])
    }
  })

  it('also after a re-exporter was itself replaced', async () => {
    const barrel = (own: number) =>
      accepting(`export { x } from './dep.js'\nexport const own = ${own}`)
    const story = new Story(
      {
        'server.js': entry("import { x, own } from './barrel.js'", 'x, own'),
        'barrel.js': barrel(1),
        'dep.js': dep(1),
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'dep.js': dep(value) }, /^>/)).toEqual([
        '* update dep.js',
        `> ${value} ${value - 1}`,
      ])
      expect(await story.change({ 'barrel.js': barrel(value) }, /^>/)).toEqual([
        '* update barrel.js',
        `> ${value} ${value}`,
      ])
    }
  })
})
