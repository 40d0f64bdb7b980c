import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** What can stand in the source of a module that accepts `./<letter>.js`. */
const spellings = [
  "import.meta.hot.accept('./a.js')",
  'if (import.meta.hot) { import.meta.hot.accept("./b.js", (next) => { next?.value }) }',
  "import.meta.hot?.accept?.('./c.js')",
  "import.meta.hot['accept']('./d.js')",
  "import.meta.hot.accept(/* it's why */ './e.js', // and why\n() => {},)",
  "import.meta.hot.accept(\n  (\n    './f.js'\n  ),\n)",
  "import.meta.hot.accept('./\\x67.js')",
  'import.meta.hot.accept(`./h.js`, () => {})',
  "import.meta.hot.accept(['./[id].js', /* ] */ './i.js',], ([first, second]) => {})",
  "const { hot } = import.meta\nhot.accept('./j.js')",
  "const { accept } = import.meta.hot\naccept('./k.js')",
  "const { accept: take } = import.meta.hot\ntake('./l.js')",
  "import.meta.hot.accept(import.meta.resolve('./m.js'))",
  "import.meta.hot.accept(new URL('./n.js', import.meta.url).href, () => {})",
  "const isNew = true\nimport.meta.hot.accept(isNew ? './o.js' : './a.js')",
]
const names = [...'abcdefghijklmno', '[id]']

const deps = (value: number) =>
  Object.fromEntries(names.map((name) => [`${name}.js`, `export const value = ${value}`]))

describe.each(nodeMajors)('a dependency that is accepted on Node %s', (node) => {
  it('is bound, however the call is spelled', async () => {
    const imports = names.map((name, at) => `import { value as v${at} } from './${name}.js'`)
    const story = new Story(
      {
        'server.js': `${imports.join('\n')}
import { hot as events } from 'hot-hook'
${spellings.join('\n')}
const show = () => console.log('>', ${names.map((_, at) => `v${at}`).join(', ')})
events.on('update', show)
console.log('started')`,
        ...deps(1),
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      const told = await story.change(deps(value), /^>/)
      expect(told.at(-1)).toBe(`> ${names.map(() => value).join(' ')}`)
    }
    expect(story.stderr).not.toContain('warning')
  })

  it('is bound with whatever query it is imported', async () => {
    const story = new Story(
      {
        'server.js': `import { value } from './dep.js?a'
import { value as other } from './dep.js?b'
import { hot as events } from 'hot-hook'
import.meta.hot.accept('./dep.js')
events.on('update', () => console.log('>', value, other))
console.log('started')`,
        'dep.js': 'export const value = 1',
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      const told = await story.change({ 'dep.js': `export const value = ${value}` }, /^>/)
      expect(told.at(-1)).toBe(`> ${value} ${value}`)
    }
  })
})

describe('an accepted dependency whose call names nothing', () => {
  it('is warned of with advice that was not followed yet', async () => {
    const story = new Story({
      'server.js': `import { value } from './dep.js'
const acceptAll = (...all) => all.forEach((each) => import.meta.hot.accept(each))
acceptAll('./dep.js')
console.log('started')`,
      'dep.js': 'export const value = 1',
    })
    await story.begin()
    await story.output(/warning: .*dep\.js.*no call of accept in its source names it/)
  })
})
