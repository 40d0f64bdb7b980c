import { describe, expect, it } from 'vitest'
import { Story } from '../../harness/story.ts'

const server = "import './app.js'\nconsole.log('started')"

describe('import.meta.hot.data', () => {
  it('is {} at first and one object that all instances share', async () => {
    const app = (value: number) => `const { data } = import.meta.hot
console.log(${value}, JSON.stringify(data), data === globalThis.first)
globalThis.first ??= data
data['at ${value}'] = true
import.meta.hot.dispose((given) => {
  given.disposed = ${value}
  console.log('same object', given === data)
})
import.meta.hot.accept()`
    const story = new Story({ 'server.js': server, 'app.js': app(1) })
    expect(await story.begin()).toEqual(['1 {} false', 'started'])
    expect(await story.change({ 'app.js': app(2) })).toEqual([
      'same object true',
      '2 {"at 1":true,"disposed":1} true',
      '* update app.js',
    ])
    expect(await story.change({ 'app.js': app(3) })).toEqual([
      'same object true',
      '3 {"at 1":true,"disposed":2,"at 2":true} true',
      '* update app.js',
    ])
  })

  it('belongs to one module', async () => {
    const app = (name: string) =>
      `import.meta.hot.data.name ??= '${name}'\nconsole.log(import.meta.hot.data.name)`
    const story = new Story({
      'server.js': "import './a.js'\nimport './b.js'\nconsole.log('started')",
      'a.js': app('a'),
      'b.js': app('b'),
    })
    expect(await story.begin()).toEqual(['a', 'b', 'started'])
  })

  it('is handed on when the module is loaded again because of a dependency', async () => {
    const app = `import './dep.js'
console.log('state', import.meta.hot.data.state)
import.meta.hot.dispose((data) => { data.state = (data.state ?? 0) + 1 })
import.meta.hot.accept()`
    const story = new Story({ 'server.js': server, 'app.js': app, 'dep.js': '' })
    expect(await story.begin()).toEqual(['state undefined', 'started'])
    expect(await story.change({ 'dep.js': '// 2' })).toEqual(['state 1', '* update app.js dep.js'])
    expect(await story.change({ 'dep.js': '// 3' })).toEqual(['state 2', '* update app.js dep.js'])
  })

  it('is kept by an evaluation that fails', async () => {
    const app = (more: string) => `console.log('state', import.meta.hot.data.state)
import.meta.hot.dispose((data) => { data.state = 'kept' })
import.meta.hot.accept()
${more}`
    const story = new Story({ 'server.js': server, 'app.js': app('') })
    await story.begin()
    expect(await story.change({ 'app.js': app("throw new Error('no')") })).toEqual([
      'state kept',
      '* error evaluate app.js: no',
    ])
    expect(await story.change({ 'app.js': app('// good') })).toEqual([
      'state kept',
      '* update app.js',
    ])
  })

  it('cannot be assigned, as in Vite', async () => {
    const story = new Story({
      'server.js': `try { import.meta.hot.data = {} } catch (error) { console.log(error.name) }
console.log('started')`,
    })
    expect(await story.begin()).toEqual(['TypeError', 'started'])
  })

  it('is handed from one boundary load to the next', async () => {
    const app = (value: number) => `import.meta.hot.data.hits ??= 0
export default () => '${value}: ' + ++import.meta.hot.data.hits`
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
const call = async () => console.log('got', (await import('./app.js')).default())
setTimeout(() => setTimeout(call))
hot.on('invalidate', () => setTimeout(call))
console.log('started')`,
      'app.js': app(1),
    })
    await story.begin()
    expect(await story.tell(/^got/)).toEqual(['got 1: 1'])
    expect((await story.change({ 'app.js': app(2) }, /^got/)).at(-1)).toBe('got 2: 2')
  })
})
