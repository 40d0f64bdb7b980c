import { describe, expect, it } from 'vitest'
import { asked, HealingStory, started, told } from '../../harness/healing-story.ts'
import { nodeMajors } from '../../harness/nodes.ts'

describe.each(nodeMajors)('a module that was broken and is healed on Node %s', (node) => {
  it.each([
    ['by its importer', '', "import.meta.hot.accept('./dep.js')"],
    ['by itself', 'import.meta.hot.accept()', ''],
  ])('accepted %s, is healed for a boundary that was saved in between', async (_, own, above) => {
    const dep = (value: number, more = '') => `export const dep = ${value}\n${own}\n${more}`
    const app = (value: string) =>
      `import { dep } from './dep.js'\nexport const value = '${value} ' + dep\n${above}`
    const story = new HealingStory(
      { 'server.js': `${asked}\n${started}`, 'app.js': app('a'), 'dep.js': dep(1) },
      { node },
    )
    await story.begin()
    expect(await story.ask('app.js')).toEqual(['got a 1'])
    for (const [round, name] of ['b', 'c', 'd'].entries()) {
      const broken = dep(0, "throw new Error('boom')")
      await story.change({ 'dep.js': broken }, /^\* error evaluate dep.js: boom/)
      await story.stale('app.js', app(name))
      expect((await story.ask('app.js')).at(-1)).toBe('got error boom')
      await story.change({ 'dep.js': dep(round + 2) }, /^\* update/)
      expect((await story.ask('app.js')).at(-1)).toBe(`got ${name} ${round + 2}`)
    }
  })

  it('without what else was loaded in the meantime: each is loaded, told and disposed once', async () => {
    const app = (value: number) =>
      told('app', value, "import './good.js'\nimport './bad.js'", '').replace(/dispose.*/, 'data')
    const story = new HealingStory(
      {
        'server.js': `${asked}\n${started}`,
        'app.js': app(1),
        'good.js': told('good', 1),
        'bad.js': told('bad', 1),
      },
      { node },
    )
    await story.begin()
    await story.ask('app.js')
    await story.stale('bad.js', told('bad', 2, '', "throw new Error('boom')"))
    await story.stale('good.js', told('good', 2))
    expect((await story.ask('app.js')).slice(-4)).toEqual([
      'evaluate good 2',
      'evaluate bad 2',
      '* error evaluate bad.js: boom',
      'got error boom',
    ])
    await story.stale('good.js', told('good', 3))
    const again = await story.ask('app.js')
    expect(again.filter((line) => line.includes('good'))).toEqual([
      'dispose good 2',
      'evaluate good 3',
    ])
    await story.stale('bad.js', told('bad', 4))
    expect(await story.update('app.js')).toEqual([
      'dispose bad 2',
      'evaluate bad 4',
      'evaluate app 1',
      '* update app.js bad.js good.js',
    ])
    await story.stale('good.js', told('good', 5))
    expect(await story.update('app.js')).toEqual([
      'dispose good 3',
      'evaluate good 5',
      'evaluate app 1',
      '* update app.js good.js',
    ])
  })

  it('is evaluated once when an import() comes together with the update', async () => {
    const story = new HealingStory(
      {
        'server.js': `import './dep.js'
import { hot } from 'hot-hook'
import.meta.hot.accept('./dep.js', ({ value }) => console.log('accepted', value))
const call = () => import('./app.js').then(() => console.log('got'), () => console.log('got error'))
process.on('message', () => hot.on('invalidate', call) && call())
${started}`,
        'app.js': "import './dep.js'",
        'dep.js': told('dep', 1),
      },
      { node },
    )
    await story.begin()
    story.child.send('call')
    await story.tell(/^got/)
    for (const value of [2, 4, 6]) {
      await story.change({ 'dep.js': told('dep', value, '', "throw new Error('boom')") }, /^got/)
      await story.change({ 'dep.js': told('dep', value + 1) }, /^accepted/)
    }
    await story.change({ 'dep.js': told('dep', 8) }, /^accepted/)
    const evaluated = story.stdout.match(/^(evaluate|dispose) .*$/gm) ?? []
    expect(evaluated.filter((line) => line.startsWith('evaluate'))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((value) => `evaluate dep ${value}`),
    )
    expect(evaluated.filter((line) => line.startsWith('dispose'))).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((value) => `dispose dep ${value}`),
    )
  })

  it.each([
    ['an error', "new Error('boom')"],
    ['no error', "'boom'"],
    ['an error without a stack', "Object.assign(new Error('boom'), { stack: undefined })"],
  ])('after it threw %s', async (_, thrown) => {
    const story = new HealingStory(
      {
        'server.js': `${asked}\n${started}`,
        'app.js': "export { value } from './dep.js'",
        'dep.js': told('dep', 1),
      },
      { node },
    )
    await story.begin()
    await story.ask('app.js')
    for (const value of [2, 3, 4]) {
      await story.stale('dep.js', told('dep', 0, '', `throw ${thrown}`))
      expect((await story.ask('app.js')).at(-1)).toBe('got error boom')
      expect(await story.ask('app.js')).toEqual(['got error boom'])
      await story.stale('dep.js', told('dep', value))
      expect((await story.ask('app.js')).at(-1)).toBe(`got ${value}`)
    }
  })

  it('leaves what is between two accepted modules as it was evaluated', async () => {
    const good = (value: number) =>
      told(
        'good',
        value,
        "import { value as of } from './middle.js'\nimport './dep.js'",
        "import.meta.hot.accept('./dep.js')\nglobalThis.goodIsThere?.()",
      )
    const waitsForGood = 'await new Promise((done) => { globalThis.goodIsThere = done })'
    const broken = told('bad', 0, '', `${waitsForGood}\nthrow new Error('boom')`)
    const story = new HealingStory(
      {
        'server.js': `import './good.js'
import './bad.js'
import './dep.js'
import.meta.hot.accept('./dep.js')
import.meta.hot.accept('./good.js', () => console.log('accepted good'))
import.meta.hot.accept('./bad.js', () => console.log('accepted bad'))
${started}`,
        'good.js': good(1),
        'middle.js': told('middle', 1, "import './dep.js'"),
        'dep.js': told('dep', 1),
        'bad.js': told('bad', 1),
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      const lines = await story.change({ 'dep.js': told('dep', value), 'bad.js': broken })
      expect(lines.filter((line) => /^evaluate (?!bad)/.test(line))).toEqual([
        `evaluate dep ${value}`,
        'evaluate middle 1',
        `evaluate good ${value - 1}`,
      ])
      expect((await story.change({ 'bad.js': told('bad', value) })).slice(1)).toEqual([
        `evaluate bad ${value}`,
        'accepted good',
        'accepted bad',
        '* update bad.js dep.js good.js middle.js',
      ])
      expect(await story.change({ 'good.js': good(value) })).toEqual([
        `dispose good ${value - 1}`,
        `evaluate good ${value}`,
        'accepted good',
        '* update good.js',
      ])
    }
  })

  it('takes along what was loaded with it and accepts what is saved now', async () => {
    const good = (value: number) => `import { value } from './dep.js'
console.log('evaluate good ${value}')
import.meta.hot.accept('./dep.js')
export const text = () => 'good ${value} dep ' + value`
    const story = new HealingStory(
      {
        'server.js': `import { text } from './good.js'
import './bad.js'
import.meta.hot.accept('./good.js')
import.meta.hot.accept('./bad.js')
globalThis.hot.on('update', () => console.log('got', text()))
${started}`,
        'good.js': good(1),
        'bad.js': told('bad', 1),
        'dep.js': 'export const value = 1',
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      const broken = told('bad', 0, '', "throw new Error('boom')")
      await story.change({ 'good.js': good(value), 'bad.js': broken }, /^\* error evaluate/)
      const healed = { 'bad.js': told('bad', value), 'dep.js': `export const value = ${value}` }
      expect((await story.change(healed, /^got/)).at(-1)).toBe(`got good ${value} dep ${value}`)
      const saved = { 'dep.js': `export const value = ${value * 10}` }
      expect((await story.change(saved, /^got/)).at(-1)).toBe(`got good ${value} dep ${value * 10}`)
    }
  })

  it.each([
    ['an import() of CommonJS', 'js', "(await import('./top/app.cjs')).default"],
    ['a require()', 'cjs', "require('./top/app.cjs')"],
  ])('behind %s does not evaluate again what it requires', async (_, extension, asking) => {
    const app = (value: number, more = '') => `const { value } = require('../parts/part.cjs')
${more}
console.log('evaluate app ${value}')
exports.value = value`
    const part = (value: number) => `console.log('evaluate part ${value}')
exports.value = ${value}`
    const story = new HealingStory(
      {
        [`server.${extension}`]: `process.on('message', async () => {
  try { console.log('got', (${asking}).value) } catch (error) { console.log('got error', error.message) }
})
${started}`,
        'top/app.cjs': app(1),
        'parts/part.cjs': part(1),
      },
      { node, entry: `server.${extension}` },
    )
    await story.begin()
    await story.ask('app')
    for (const value of [2, 3, 4]) {
      await story.stale('parts/part.cjs', part(value))
      await story.stale('top/app.cjs', app(value, "throw new Error('boom')"))
      expect((await story.ask('app')).filter((line) => !line.startsWith('*'))).toEqual([
        `evaluate part ${value}`,
        'got error boom',
      ])
      await story.stale('top/app.cjs', app(value))
      expect((await story.ask('app')).filter((line) => !line.startsWith('*'))).toEqual([
        `evaluate app ${value}`,
        `got ${value}`,
      ])
    }
  })

  it('drops what only its broken version imported, which is evaluated anew when it comes back', async () => {
    const app = (value: number, more = '', imports = '') => `${imports}
export const value = ${value}
${more}`
    const part = "import './part.js'"
    const story = new HealingStory(
      {
        'server.js': `${asked}\n${started}`,
        'app.js': app(1),
        'part.js': told('part', 1),
      },
      { node },
    )
    await story.begin()
    await story.ask('app.js')
    for (const round of [10, 20, 30]) {
      await story.stale('app.js', app(round, "throw new Error('boom')", part))
      expect(await story.ask('app.js')).toContain('evaluate part 1')
      await story.stale('app.js', app(round + 1))
      expect(await story.update('app.js')).toEqual([
        'dispose part 1',
        '* prune part.js',
        '* update app.js',
      ])
      await story.stale('app.js', app(round + 2, '', part))
      expect(await story.update('app.js')).toEqual(['evaluate part 1', '* update app.js'])
      await story.stale('app.js', app(round + 3))
      expect(await story.update('app.js')).toContain('dispose part 1')
    }
  })
})
