import { realpathSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Story } from '../../harness/story.ts'

const tsx = realpathSync(fileURLToPath(new URL('../../../node_modules/tsx', import.meta.url)))

const dep = (value: number) => `export type Value = number
enum Kind { Old = 1, New }
export const value: Value = ${value}
import.meta.hot!.dispose(() => console.log('dispose', ${value}))
export default () => Kind.New`

/** A program whose entry imports and accepts `specifier`, which means dep.ts. */
function story(specifier: string, loaders: string[]): Story {
  const started = new Story(
    {
      'server.ts': `import fn, { value, type Value } from '${specifier}'
import.meta.hot!.accept('${specifier}', (next: { value: Value }) => {
  console.log('accepted', value, next.value, fn())
})
console.log('started')`,
      'dep.ts': dep(1),
      'tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./*"] } } }',
    },
    {
      entry: 'server.ts',
      nodeArguments: [...loaders, 'observer'].flatMap((loader) => ['--import', loader]),
    },
  )
  symlinkSync(tsx, started.path('node_modules/tsx'), 'junction')
  return started
}

describe.each([
  ['before', ['tsx', 'hot-hook/register']],
  ['after', ['hot-hook/register', 'tsx']],
])('accept with tsx registered %s Hot Hook', (_, loaders) => {
  it.each(['./dep.ts', './dep.js', './dep', '~/dep'])(
    '%s is loaded again, disposed, and its bindings follow',
    async (specifier) => {
      const told = story(specifier, loaders)
      await told.begin()
      for (const value of [2, 3]) {
        expect(await told.change({ 'dep.ts': dep(value) })).toEqual([
          `dispose ${value - 1}`,
          `accepted ${value} ${value} 2`,
          '* update dep.ts',
        ])
      }
    },
  )
})
