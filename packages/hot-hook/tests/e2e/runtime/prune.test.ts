import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

const server = "import './app.js'\nconsole.log('started')"
const app = (imports: string) => `${imports}
console.log('app')
import.meta.hot.accept(() => console.log('accepted'))`

const part = (name: string, imports = '') => `${imports}
console.log('${name}', JSON.stringify(import.meta.hot.data))
import.meta.hot.data.seen = '${name}'
import.meta.hot.dispose((data) => console.log('dispose ${name}', data.seen))
import.meta.hot.prune((data) => console.log('prune ${name}', data.seen))`

describe.each(nodeMajors)('prune(cb) on Node %s', (node) => {
  it('a module that nobody imports any more is disposed and pruned after the callbacks', async () => {
    const story = new Story(
      { 'server.js': server, 'app.js': app("import './part.js'"), 'part.js': part('part') },
      { node },
    )
    expect(await story.begin()).toEqual(['part {}', 'app', 'started'])
    expect(await story.change({ 'app.js': app('') })).toEqual([
      'app',
      'accepted',
      'dispose part part',
      'prune part part',
      '* prune part.js',
      '* update app.js',
    ])
  })

  it('imported again it starts anew: evaluated, with empty data', async () => {
    const story = new Story(
      { 'server.js': server, 'app.js': app("import './part.js'"), 'part.js': part('part') },
      { node },
    )
    await story.begin()
    await story.change({ 'app.js': app('') })
    expect(await story.change({ 'app.js': app("import './part.js'//") })).toEqual([
      'part {}',
      'app',
      'accepted',
      '* update app.js',
    ])
    expect(await story.change({ 'part.js': part('PART') })).toEqual([
      'dispose part part',
      'PART {"seen":"part"}',
      'app',
      'accepted',
      '* update app.js part.js',
    ])
    expect(await story.change({ 'app.js': app('') })).toEqual([
      'app',
      'accepted',
      'dispose PART PART',
      'prune PART PART',
      '* prune part.js',
      '* update app.js',
    ])
  })
})

describe.each(nodeMajors)('prune(cb) of a CommonJS module on Node %s', (node) => {
  it('required again it starts anew, each time', async () => {
    const app = (body: string) => `${body}\nmodule.hot.accept()`
    const story = new Story(
      {
        'server.cjs': "require('./app.cjs')\nconsole.log('started')",
        'app.cjs': app("require('./part.cjs')"),
        'part.cjs': `console.log('part', JSON.stringify(module.hot.data))
module.hot.data.seen = true
module.hot.dispose(() => console.log('dispose part'))
module.hot.prune(() => console.log('prune part'))`,
      },
      { node, entry: 'server.cjs' },
    )
    expect(await story.begin()).toEqual(['part {}', 'started'])
    for (const round of [1, 2, 3]) {
      expect(await story.change({ 'app.cjs': app(`// ${round}`) })).toEqual([
        'dispose part',
        'prune part',
        '* prune part.cjs',
        '* update app.cjs',
      ])
      expect(await story.change({ 'app.cjs': app(`require('./part.cjs')// ${round}`) })).toEqual([
        'part {}',
        '* update app.cjs',
      ])
    }
  })
})

describe('prune(cb)', () => {
  it('takes along what only the pruned module imported, cycles too, and no more', async () => {
    const story = new Story({
      'server.js': server,
      'app.js': app("import './part.js'\nimport './other.js'"),
      'part.js': part('part', "import './deep.js'\nimport './shared.js'"),
      'deep.js': part('deep', "import './part.js'"),
      'other.js': "import './shared.js'",
      'shared.js': part('shared'),
    })
    await story.begin()
    const told = await story.change({ 'app.js': app("import './other.js'") })
    expect(told.slice(0, 2)).toEqual(['app', 'accepted'])
    expect(told.filter((line) => line.startsWith('* prune')).toSorted()).toEqual([
      '* prune deep.js',
      '* prune part.js',
    ])
    expect(told.filter((line) => line.startsWith('prune')).toSorted()).toEqual([
      'prune deep deep',
      'prune part part',
    ])
    expect(told.indexOf('dispose part part')).toBeLessThan(told.indexOf('prune part part'))
    expect(told.at(-1)).toBe('* update app.js')
    expect(told.join()).not.toContain('shared')
  })

  it('a module without handlers is pruned with an event', async () => {
    const story = new Story({
      'server.js': server,
      'app.js': app("import './part.js'"),
      'part.js': '',
    })
    await story.begin()
    expect(await story.change({ 'app.js': app('') })).toEqual([
      'app',
      'accepted',
      '* prune part.js',
      '* update app.js',
    ])
  })

  it('async handlers are awaited, one that throws is reported', async () => {
    const story = new Story({
      'server.js': server,
      'app.js': app("import './part.js'"),
      'part.js': `import.meta.hot.prune(async () => {
  await new Promise((done) => setTimeout(done, 20))
  console.log('first')
})
import.meta.hot.prune(() => { throw new Error('no') })
import.meta.hot.prune(() => console.log('last'))`,
    })
    await story.begin()
    expect(await story.change({ 'app.js': app('') })).toEqual([
      'app',
      'accepted',
      'first',
      '* error prune part.js: no',
      'last',
      '* prune part.js',
      '* update app.js',
    ])
  })

  it('a module that is only replaced is not pruned', async () => {
    const story = new Story({
      'server.js':
        "import './part.js'\nimport.meta.hot.accept('./part.js')\nconsole.log('started')",
      'part.js': part('part'),
    })
    await story.begin()
    expect(await story.change({ 'part.js': part('PART') })).toEqual([
      'dispose part part',
      'PART {"seen":"part"}',
      '* update part.js',
    ])
  })

  it('a module behind an import() that is still there is not pruned', async () => {
    const lazy = (name: string) => `export const load = () => import('./part.js')
console.log('${name}')
import.meta.hot.accept()`
    const story = new Story({
      'server.js': `import { load } from './app.js'
setTimeout(() => setTimeout(async () => { await load(); console.log('loaded') }))
console.log('started')`,
      'app.js': lazy('app'),
      'part.js': part('part'),
    })
    await story.begin()
    await story.tell(/^loaded/)
    expect(await story.change({ 'app.js': lazy('APP') })).toEqual(['APP', '* update app.js'])
    const without = "console.log('without')\nimport.meta.hot.accept()\nexport const load = 0"
    expect(await story.change({ 'app.js': without })).toEqual([
      'without',
      'dispose part part',
      'prune part part',
      '* prune part.js',
      '* update app.js',
    ])
  })

  it('in boundary mode what the new version does not import any more is pruned', async () => {
    const boundary = (imports: string) => `${imports}\nexport default () => 'called'`
    const story = new Story({
      'server.js': `import { hot } from 'hot-hook'
const call = async () => console.log((await import('./app.js')).default())
setTimeout(() => setTimeout(call))
hot.on('invalidate', () => setTimeout(call))
console.log('started')`,
      'app.js': boundary("import './part.js'"),
      'part.js': part('part'),
    })
    await story.begin()
    await story.tell(/^called/)
    const told = await story.change({ 'app.js': boundary('') })
    expect(told.filter((line) => line !== 'called')).toEqual([
      'dispose part part',
      'prune part part',
      '* prune part.js',
      '* update app.js',
    ])
  })
})
