import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** An entry that prints `expressions` at its start and after every update of dep.js. */
const showing = (imports: string, expressions: string) => `${imports}
const show = () => console.log(${expressions})
show()
import.meta.hot.accept('./dep.js', show)
console.log('started')`

const rich = (value: number) => `export const named = 'named ${value}'
export let counter = ${value}
export function call() { return 'call ${value}' }
export class Model { name = 'class ${value}' }
export { named as 'a string' }
export default function () { return 'default ${value}' }`

describe.each(nodeMajors)('live bindings on Node %s', (node) => {
  it.each([
    ['named', "import { named, counter } from './dep.js'", 'named, counter'],
    ['renamed', "import { named as other, 'a string' as text } from './dep.js'", 'other, text'],
    ['functions and classes', "import { call, Model } from './dep.js'", 'call(), new Model().name'],
    ['default', "import fn from './dep.js'", 'fn()'],
    ['default by its name', "import { default as fn } from './dep.js'", 'fn()'],
    ['namespace', "import * as dep from './dep.js'", 'dep.named, dep.default(), dep.counter'],
    ['default and named', "import fn, { named } from './dep.js'", 'fn(), named'],
    ['default and namespace', "import fn, * as dep from './dep.js'", 'fn(), dep.named'],
    [
      'two statements',
      "import { named } from './dep.js'\nimport { call } from '././dep.js'",
      'named, call()',
    ],
    [
      'comments and line breaks in the statement',
      "import /* { no } */ fn, { // named,\n  named as /* x */ other, // }\n  call,\n} from './dep.js'",
      'fn(), other, call()',
    ],
  ])('%s imports are the new ones before the callback runs', async (_, imports, expressions) => {
    const files = { 'server.js': showing(imports, expressions), 'dep.js': rich(1) }
    const story = new Story(files, { node })
    const [first] = await story.begin()
    expect(first).toContain('1')
    for (const value of [2, 3]) {
      const [shown, ...rest] = await story.change({ 'dep.js': rich(value) })
      expect(shown).toBe(first?.replaceAll('1', String(value)))
      expect(rest).toEqual(['* update dep.js'])
    }
  })

  it('re-exports follow: by name, renamed, star and star as a name', async () => {
    const story = new Story(
      {
        'server.js': `import { named, other, star, fn } from './through.js'
import * as all from './through.js'
import { hot } from 'hot-hook'
const show = () => console.log(named, other, star.counter, fn(), all.call(), all.other)
show()
hot.on('update', show)
console.log('started')`,
        'through.js': `export { named, named as other, default as fn } from './dep.js'
export * as star from './dep.js'
export * from './dep.js'
import.meta.hot.accept('./dep.js')`,
        'dep.js': rich(1),
      },
      { node },
    )
    const [first] = await story.begin()
    expect(first).toBe('named 1 named 1 1 default 1 call 1 named 1')
    const [update, shown] = await story.change({ 'dep.js': rich(2) }, /^named/)
    expect(update).toBe('* update dep.js')
    expect(shown).toBe(first?.replaceAll('1', '2'))
  })
})
