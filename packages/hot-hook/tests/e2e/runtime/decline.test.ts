import { describe, expect, it } from 'vitest'
import { Story, tellChange } from '../../harness/story.ts'

const server = "import './app.js'\nconsole.log('started')"

describe('decline()', () => {
  it('a change of the module is a full reload, also when it accepts itself', async () => {
    const app = (value: number) => `// ${value}
import.meta.hot.accept()
import.meta.hot.decline()`
    const files = {
      'server.js': `import './app.js'\nimport.meta.hot.accept()\nconsole.log('started')`,
    }
    expect(await tellChange({ ...files, 'app.js': app(1) }, { 'app.js': app(2) })).toEqual([
      '* full-reload app.js (it declined)',
    ])
  })

  it('a change that reaches it is a full reload, whatever it accepts', async () => {
    const files = {
      'server.js': server,
      'app.js': `import './dep.js'
import.meta.hot.accept('./dep.js')
import.meta.hot.decline()`,
      'dep.js': '// 1',
    }
    expect(await tellChange(files, { 'dep.js': '// 2' })).toEqual([
      '* full-reload dep.js app.js (it declined)',
    ])
  })

  it('a change that an importer in between accepts does not reach it', async () => {
    const files = {
      'server.js': server,
      'app.js': "import './middle.js'\nimport.meta.hot.decline()",
      'middle.js': "import './dep.js'\nimport.meta.hot.accept('./dep.js')",
      'dep.js': '// 1',
    }
    expect(await tellChange(files, { 'dep.js': '// 2' })).toEqual(['* update dep.js'])
  })

  it('one path to it is enough, and nothing is disposed or evaluated', async () => {
    const files = {
      'server.js': "import './hot.js'\nimport './cold.js'\nconsole.log('started')",
      'hot.js': "import './dep.js'\nimport.meta.hot.accept()",
      'cold.js': "import './dep.js'\nimport.meta.hot.decline()",
      'dep.js': "import.meta.hot.dispose(() => console.log('disposed'))",
    }
    expect(await tellChange(files, { 'dep.js': '// 2' })).toEqual([
      '* full-reload dep.js cold.js (it declined)',
    ])
  })

  it('counts from the moment that it is called', async () => {
    const story = new Story({
      'server.js': `import { decline } from './app.js'
process.on('message', (message) => { if (message === 'decline') { decline(); console.log('declined') } })
console.log('started')`,
      'app.js': 'export const decline = () => import.meta.hot.decline()\nimport.meta.hot.accept()',
    })
    await story.begin()
    const app = (value: number) =>
      `export const decline = () => import.meta.hot.decline()\nimport.meta.hot.accept()// ${value}`
    expect(await story.change({ 'app.js': app(2) })).toEqual(['* update app.js'])
    expect(await story.change({ 'app.js': `${app(3)}\nimport.meta.hot.decline()` })).toEqual([
      '* update app.js',
    ])
    expect(await story.change({ 'app.js': app(4) })).toEqual(['* full-reload app.js (it declined)'])
  })

  it('explain() and dump() know it', async () => {
    const story = new Story({
      'server.js': `import './app.js'
const { hot } = globalThis
const dump = await hot.dump()
console.log(dump.filter(({ reloadable }) => reloadable).map(({ path }) => path).join())
console.log(JSON.stringify(hot.explain('app.js')).replaceAll(process.cwd() + '/', ''))
console.log(JSON.stringify(hot.explain('good.js')).replaceAll(process.cwd() + '/', ''))
console.log('started')`,
      'app.js': "import './good.js'\nimport.meta.hot.decline()",
      'good.js': 'import.meta.hot.accept()',
    })
    expect(await story.begin()).toEqual([
      'good.js',
      '{"file":"app.js","outcome":"full-reload","boundaries":[],"chain":["app.js"],"advice":' +
        '"app.js declines every change that reaches it:\\n  line 2: import.meta.hot.decline()"}',
      '{"file":"good.js","outcome":"hot","boundaries":["good.js"],"chain":[]}',
      'started',
    ])
  })
})
