import { describe, expect, it } from 'vitest'
import { asked, HealingStory, started } from '../../harness/healing-story.ts'
import { nodeMajors } from '../../harness/nodes.ts'

describe.each(nodeMajors)('an error of a module that two boundaries import on Node %s', (node) => {
  it.each([
    ['that cannot be compiled', 'export const value = ;', 'load'],
    ['that throws', "export const value = 0; throw new Error('boom')", 'evaluate'],
  ])(
    '%s is reported once for each save, whoever asks and whatever else is updated',
    async (_, broken, phase) => {
      const story = new HealingStory(
        {
          'server.js': `import './other.js'\nimport.meta.hot.accept('./other.js')\n${asked}\n${started}`,
          'one.js': "export { value } from './dep.js'",
          'two.js': "export { value } from './dep.js'",
          'dep.js': 'export const value = 1',
          'other.js': '// 1',
        },
        { node },
      )
      await story.begin()
      await story.ask('one.js')
      await story.ask('two.js')
      for (const save of [1, 2, 3]) {
        await story.stale('dep.js', `${broken} // ${save}`)
        for (const name of ['one.js', 'two.js', 'one.js', 'two.js']) {
          expect((await story.ask(name)).at(-1)).toMatch(/^got error/)
        }
        await story.change({ 'other.js': `// ${save + 1}` }, /^\* update other/)
        for (const name of ['two.js', 'one.js']) await story.ask(name)
        const reported = story.stdout.match(new RegExp(`^\\* error ${phase} dep`, 'gm'))
        expect(reported).toHaveLength(save)
      }
      await story.stale('dep.js', 'export const value = 2')
      expect((await story.ask('one.js')).at(-1)).toBe('got 2')
      expect((await story.ask('two.js')).at(-1)).toBe('got 2')
    },
  )
})
