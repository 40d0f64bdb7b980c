import { describe, expect, it } from 'vitest'
import { Story } from '../../harness/story.ts'

const entry = (imports: string, rest: string) => `${imports}\n${rest}\nconsole.log('started')`

describe('live bindings', () => {
  it('JSON follows', async () => {
    const story = new Story({
      'server.js': entry(
        "import config from './config.json' with { type: 'json' }",
        "import.meta.hot.accept('./config.json', (next) => console.log(config.a, next.default.a))",
      ),
      'config.json': '{ "a": 1 }',
    })
    await story.begin()
    for (const value of [2, 3]) {
      expect(await story.change({ 'config.json': `{ "a": ${value} }` })).toEqual([
        `${value} ${value}`,
        '* update config.json',
      ])
    }
  })

  it('CommonJS follows by name and by default', async () => {
    const story = new Story({
      'server.js': entry(
        "import dep, { value } from './dep.cjs'",
        "import.meta.hot.accept('./dep.cjs', () => console.log(value, dep.value, dep.other))",
      ),
      'dep.cjs': 'exports.value = 1',
    })
    await story.begin()
    expect(await story.change({ 'dep.cjs': 'exports.value = 2\nexports.other = 2' })).toEqual([
      '2 2 2',
      '* update dep.cjs',
    ])
    expect(await story.change({ 'dep.cjs': 'exports.value = 3' })).toEqual([
      '3 3 undefined',
      '* update dep.cjs',
    ])
  })

  it('a namespace of CommonJS cannot follow: a warning says so, the callback is right', async () => {
    const story = new Story({
      'server.js': entry(
        "import * as dep from './dep.cjs'",
        "import.meta.hot.accept('./dep.cjs', (next) => console.log(dep.value, next.value))",
      ),
      'dep.cjs': 'exports.value = 1',
    })
    await story.begin()
    await story.output(
      /warning: .*server\.js accepts "\.\/dep\.cjs", but its bindings cannot follow/,
    )
    expect(await story.change({ 'dep.cjs': 'exports.value = 2' })).toEqual([
      '1 2',
      '* update dep.cjs',
    ])
  })

  it('TypeScript follows, type imports are left alone', async () => {
    const dep = (value: number) => `export interface Shape { value: number }
export const value: number = ${value}
export default { value } satisfies Shape`
    const story = new Story(
      {
        'server.ts': entry(
          `import type { Shape } from './dep.ts'
import shape, { type Shape as Other, value } from './dep.ts'`,
          `import.meta.hot!.accept('./dep.ts', () => {
  const typed: Shape & Other = shape
  console.log(value, typed.value)
})`,
        ),
        'dep.ts': dep(1),
      },
      { entry: 'server.ts' },
    )
    await story.begin()
    expect(await story.change({ 'dep.ts': dep(2) })).toEqual(['2 2', '* update dep.ts'])
  })
})
