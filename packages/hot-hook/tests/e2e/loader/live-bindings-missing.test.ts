import { expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

it.each(nodeMajors)(
  'a namespace import that is added in the middle of a save follows, on Node %s',
  async (node) => {
    const user = (imports: string, value: string) => `${imports}
hot.on('update', () => console.log('user', ${value}))
import.meta.hot.accept()`
    const story = new Story(
      {
        'server.js': `import { value } from './dep.js'
import './user.js'
import.meta.hot.accept('./dep.js')
console.log('started', value)`,
        'user.js': user('', '0'),
        'dep.js': 'export const value = 1',
      },
      { node },
    )
    await story.begin()
    const imports = "import * as dep from './dep.js'\nimport.meta.hot.accept('./dep.js')"
    // It counts as being saved.
    story.remove('dep.js')
    await story.change({ 'user.js': user(imports, 'dep.value') }, /^user 1/)
    await story.change({ 'dep.js': 'export const value = 2' }, /^user 2/)
    expect(story.stderr).not.toContain('bindings cannot follow')
  },
)
