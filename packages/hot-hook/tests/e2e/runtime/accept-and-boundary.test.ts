import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

const shared = (value: number) => `export const value = ${value}
console.log('evaluate shared ${value}')
import.meta.hot.dispose(() => console.log('dispose shared ${value}'))`

/** An entry that calls the boundary app.js when its parent says so. */
const server = (rest: string) => `${rest}
const call = async () => console.log('got', (await import('./app.js')).default())
process.on('message', (message) => { if (message === 'call') call() })
// Start-up is over then.
setTimeout(() => setTimeout(() => console.log('started')))`

const app = (name = 'app') => `import { value } from './shared.js'
console.log('evaluate ${name}')
export default () => '${name} ' + value`

const call = async (story: Story) => {
  story.child.send('call')
  return story.tell(/^got/)
}

describe.each(nodeMajors)('accept and boundaries in one program on Node %s', (node) => {
  it('a module under both is evaluated and disposed once for each version', async () => {
    const accepting = `import { value } from './shared.js'
import.meta.hot.accept('./shared.js', () => console.log('accepted', value))`
    const story = new Story(
      { 'server.js': server(accepting), 'app.js': app(), 'shared.js': shared(1) },
      { node },
    )
    await story.begin()
    expect(await call(story)).toEqual(['evaluate app', 'got app 1'])
    for (const value of [2, 3]) {
      expect(await story.change({ 'shared.js': shared(value) })).toEqual([
        `dispose shared ${value - 1}`,
        `evaluate shared ${value}`,
        `accepted ${value}`,
        '* update shared.js',
      ])
      expect(await call(story)).toEqual(['evaluate app', `got app ${value}`])
      expect(await story.tell()).toEqual(['* update app.js'])
    }
  })

  it('a boundary that its importer accepts is loaded by the update, the next import() gets that', async () => {
    const accepting = "import.meta.hot.accept('./app.js', (next) => console.log(next.default()))"
    const story = new Story(
      { 'server.js': server(accepting), 'app.js': app(), 'shared.js': shared(1) },
      { node },
    )
    await story.begin()
    expect(await call(story)).toEqual(['evaluate shared 1', 'evaluate app', 'got app 1'])
    expect(await story.change({ 'shared.js': shared(2) })).toEqual([
      'dispose shared 1',
      'evaluate shared 2',
      'evaluate app',
      'app 2',
      '* update app.js shared.js',
    ])
    expect(await call(story)).toEqual(['got app 2'])
  })

  it('an import() that comes before the watcher starts the update too, each version once', async () => {
    const accepting = `import { value } from './shared.js'
import.meta.hot.accept('./shared.js', () => console.log('accepted', value))`
    const story = new Story(
      { 'server.js': server(accepting), 'app.js': app(), 'shared.js': shared(1) },
      { node, hotHook: { watch: false } },
    )
    await story.begin()
    await call(story)
    for (const value of [2, 3]) {
      story.save('shared.js', shared(value))
      story.child.send('call')
      const lines = await story.tell(/^got/)
      while (!lines.includes(`accepted ${value}`)) lines.push(...(await story.tell(/^accepted/)))
      while (!lines.some((line) => line.includes('app.js'))) lines.push(...(await story.tell()))
      const plain = lines.filter((line) => !line.startsWith('*'))
      expect(plain.toSorted()).toEqual([
        `accepted ${value}`,
        `dispose shared ${value - 1}`,
        'evaluate app',
        `evaluate shared ${value}`,
        `got app ${value}`,
      ])
      expect(plain.indexOf(`dispose shared ${value - 1}`)).toBe(0)
    }
  })
})

describe('accept and boundaries in one program', () => {
  it('a path that nobody accepts is a full reload, whatever boundary is on another one', async () => {
    const story = new Story({
      'server.js': server("import './shared.js'"),
      'app.js': app(),
      'shared.js': shared(1),
    })
    await story.begin()
    await call(story)
    expect(await story.change({ 'shared.js': shared(2) })).toEqual([
      '* full-reload shared.js server.js (it is the entry)',
    ])
  })

  it('a module under a boundary that accepts itself does not make the boundary stale', async () => {
    const story = new Story({
      'server.js': server(''),
      'app.js': app(),
      'shared.js': `${shared(1)}\nimport.meta.hot.accept()`,
    })
    await story.begin()
    await call(story)
    expect(await story.change({ 'shared.js': `${shared(2)}\nimport.meta.hot.accept()` })).toEqual([
      'dispose shared 1',
      'evaluate shared 2',
      '* update shared.js',
    ])
    expect(await call(story)).toEqual(['got app 1'])
    // Loaded again for its own change, the boundary has the newest of it.
    story.save('app.js', app('APP'))
    expect(await call(story)).toEqual(['evaluate APP', 'got APP 2'])
  })

  it('a boundary that accepts itself is loaded by the update, the next import() gets that', async () => {
    const accepting = (name: string) => `${app(name)}\nimport.meta.hot.accept()`
    const story = new Story({
      'server.js': server(''),
      'app.js': accepting('app'),
      'shared.js': shared(1),
    })
    await story.begin()
    await call(story)
    expect(await story.change({ 'app.js': accepting('APP') })).toEqual([
      'evaluate APP',
      '* update app.js',
    ])
    expect(await call(story)).toEqual(['got APP 1'])
    expect(await story.change({ 'shared.js': shared(2) })).toEqual([
      'dispose shared 1',
      'evaluate shared 2',
      'evaluate APP',
      '* update app.js shared.js',
    ])
    expect(await call(story)).toEqual(['got APP 2'])
  })

  it('a module under a boundary that accepts a dependency takes it with live bindings', async () => {
    const story = new Story({
      'server.js': server(''),
      'app.js': `${app()}\nimport.meta.hot.accept('./shared.js')`,
      'shared.js': shared(1),
    })
    await story.begin()
    await call(story)
    expect(await story.change({ 'shared.js': shared(2) })).toEqual([
      'dispose shared 1',
      'evaluate shared 2',
      '* update shared.js',
    ])
    expect(await call(story)).toEqual(['got app 2'])
  })

  it('in one batch what is accepted is updated, and what is a boundary waits for its import()', async () => {
    const story = new Story({
      'server.js': server("import './part.js'\nimport.meta.hot.accept('./part.js')"),
      'app.js': app(),
      'shared.js': shared(1),
      'part.js': "console.log('part 1')",
    })
    await story.begin()
    await call(story)
    const changed = { 'shared.js': shared(2), 'part.js': "console.log('part 2')" }
    expect(await story.change(changed)).toEqual(['part 2', '* update part.js'])
    expect(await call(story)).toEqual([
      'dispose shared 1',
      'evaluate shared 2',
      'evaluate app',
      'got app 2',
    ])
  })
})
