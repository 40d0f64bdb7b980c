import { describe, expect, it } from 'vitest'
import { asked, HealingStory, started, told } from '../../harness/healing-story.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const boom = "throw new Error('boom')"

/** Whenever it is told to, it imports the module, and lets that ask for what it asks for later. */
const asksLater = (get: string) => `process.on('message', async () => {
  try {
    const app = ${get}
    await app.ask?.()
    console.log('got', app.value)
  } catch (error) { console.log('got error', error.code ?? error.message) }
})
${started}`

const withoutEvents = (lines: string[]) => lines.filter((line) => !line.startsWith('*'))

describe.each(nodeMajors)('what is healed on Node %s', (node) => {
  it.each([
    ['import()', 'js', "await import('./app.js')", "import('./app.js')"],
    ['require()', 'cjs', "require('./app.cjs')", "require('./app.cjs')"],
  ])(
    'leaves who asks for it later with %s as it was evaluated',
    async (_, extension, get, later) => {
      const isEsm = extension === 'js'
      const app = (value: number, more = '') => `console.log('evaluate app ${value}')
${isEsm ? "export { ask } from './part.js'" : "exports.ask = require('./part.cjs').ask"}
${isEsm ? 'export const value =' : 'exports.value ='} ${value}
${more}`
      const part = (value: number) => `console.log('evaluate part ${value}')
${isEsm ? 'export const ask =' : 'exports.ask ='} () => ${later}`
      const [server, appFile, partFile] = ['server', 'app', 'part'].map(
        (name) => `${name}.${extension}`,
      ) as [string, string, string]
      const story = new HealingStory(
        { [server]: asksLater(get), [appFile]: app(1), [partFile]: part(1) },
        { node, entry: server },
      )
      await story.begin()
      await story.ask('app')
      for (const value of [2, 4, 6]) {
        await story.stale(partFile, part(value))
        await story.stale(appFile, app(value, boom))
        const broken = await story.ask('app')
        expect(broken).toContain(`evaluate part ${value}`)
        expect(broken.at(-1)).toBe('got error boom')
        await story.stale(appFile, app(value + 1))
        expect(withoutEvents(await story.ask('app'))).toEqual([
          `evaluate app ${value + 1}`,
          `got ${value + 1}`,
        ])
      }
    },
  )

  it('leaves no CommonJS that a cycle has evaluated with the empty exports of what failed', async () => {
    const story = new HealingStory(
      {
        'server.cjs': `process.on('message', async () => {
  await import('./b.cjs').catch(({ message }) => console.log('b:', message))
  try {
    console.log('got', require('./a.cjs').b.value)
  } catch (error) { console.log('got error', error.message) }
})
${started}`,
        'a.cjs': "exports.b = require('./b.cjs')",
        'b.cjs': "require('./a.cjs')\nexports.value = require('./dep.cjs').value",
        'dep.cjs': 'exports.value = 1',
      },
      { node, entry: 'server.cjs' },
    )
    await story.begin()
    expect(await story.ask('app')).toEqual(['got 1'])
    for (const value of [2, 3]) {
      await story.stale('dep.cjs', boom)
      expect((await story.ask('app')).slice(-2)).toEqual(['b: boom', 'got error boom'])
      await story.stale('dep.cjs', `exports.value = ${value}`)
      expect((await story.ask('app')).at(-1)).toBe(`got ${value}`)
    }
  })

  it('leaves CommonJS that ran before a file was missed as it was evaluated, and names it', async () => {
    const app = (value: number) => `exports.ask = require('./part.cjs').ask
require('./dep.cjs')
console.log('evaluate app ${value}')
exports.value = ${value}`
    const part = (value: number) => `console.log('evaluate part ${value}')
exports.ask = () => console.log('part ${value}')`
    const story = new HealingStory(
      {
        'server.cjs': asksLater("require('./app.cjs')"),
        'app.cjs': app(1),
        'part.cjs': part(1),
        'dep.cjs': '',
      },
      { node, entry: 'server.cjs' },
    )
    await story.begin()
    await story.ask('app')
    for (const value of [2, 3, 4]) {
      story.remove('dep.cjs')
      await story.until('a missing file', async () => {
        return (await story.ask('app')).at(-1)?.startsWith('got error')
      })
      await story.stale('part.cjs', part(value))
      expect(withoutEvents(await story.ask('app'))[0]).toBe(`evaluate part ${value}`)
      await story.stale('dep.cjs', '')
      await story.stale('app.cjs', app(value))
      const healed = await story.ask('app')
      if (!healed.some((line) => line.startsWith('* update'))) {
        healed.push(...(await story.tell(/^\* update/)))
      }
      expect(withoutEvents(healed)).toEqual([
        `evaluate app ${value}`,
        `part ${value}`,
        `got ${value}`,
      ])
      expect(healed).toContain('* update app.cjs dep.cjs part.cjs')
    }
  })

  it('leaves what was loaded beside it, where only its source says that it is a module', async () => {
    const bad = (value: number, more = '') => `export const value: number = ${value}\n${more}`
    const app = (bad: string) => told('app', 1, `import './good.js'\nimport './none/${bad}'`)
    const story = new HealingStory(
      {
        'server.js': `${asked}\n${started}`,
        'app.js': app('bad1.ts'),
        'good.js': told('good', 1),
        'none/package.json': '{}',
        ...Object.fromEntries([1, 2, 3].map((of) => [`none/bad${of}.ts`, bad(of, boom)])),
      },
      { node },
    )
    await story.begin()
    for (const of of [1, 2, 3]) {
      if (of > 1) {
        await story.stale('good.js', told('good', of))
        await story.stale('app.js', app(`bad${of}.ts`))
      }
      expect((await story.ask(`none/bad${of}.ts`)).at(-1)).toBe('got error boom')
      expect((await story.ask('app.js')).at(-1)).toBe('got error boom')
      await story.stale(`none/bad${of}.ts`, bad(of + 1))
      await story.ask(`none/bad${of}.ts`)
      expect((await story.ask('app.js')).at(-1)).toBe('got 1')
      expect(story.stdout.match(/^evaluate good/gm)).toHaveLength(of)
    }
  })

  it('leaves what ran before another module threw as it was evaluated, also when a file is missed then', async () => {
    const app = (value: number, more = '') =>
      told('app', value, "import './good.js'\nimport './dep.js'", more)
    const story = new HealingStory(
      {
        'server.js': `${asked}\n${started}`,
        'app.js': app(1),
        'good.js': told('good', 1),
        'dep.js': '',
      },
      { node },
    )
    await story.begin()
    await story.ask('app.js')
    for (const value of [2, 3, 4]) {
      await story.stale('good.js', told('good', value))
      await story.stale('app.js', app(value, boom))
      expect((await story.ask('app.js')).at(-1)).toBe('got error boom')
      story.remove('dep.js')
      await story.until('a missing file', async () => {
        return (await story.ask('app.js')).at(-1)?.includes('dep.js')
      })
      await story.stale('dep.js', '')
      await story.stale('app.js', app(value))
      expect((await story.ask('app.js')).at(-1)).toBe(`got ${value}`)
      expect(story.stdout.match(/^evaluate good/gm)).toHaveLength(value)
    }
  })

  it.each(['js', 'cjs', 'ts', 'cts'])(
    'is loaded when a file that it requires is there at last, in .%s',
    async (extension) => {
      const [server, app] = [`server.${extension}`, `app.${extension}`]
      const story = new HealingStory(
        { [server]: asksLater(`require('./${app}')`), [app]: 'exports.value = 0' },
        { node, entry: server, packageJson: { type: undefined } },
      )
      await story.begin()
      await story.ask('app')
      for (const value of [1, 2, 3]) {
        const part = `./part${value}.${extension}`
        await story.stale(app, `exports.value = require('${part}').value`)
        expect((await story.ask('app')).at(-1)).toBe('got error MODULE_NOT_FOUND')
        await story.stale(part, `exports.value = ${value}`)
        expect((await story.ask('app')).at(-1)).toBe(`got ${value}`)
        await story.stale(part, `exports.value = ${value}0`)
        expect((await story.ask('app')).at(-1)).toBe(`got ${value}0`)
      }
    },
  )

  it('is loaded once when a file that it imports is put back', async () => {
    const part = (value: number) =>
      `export const value = ${value}\nexport const ask = () => import('./app.js')`
    const story = new HealingStory(
      {
        'server.js': asksLater("await import('./app.js')"),
        'app.js': "console.log('evaluate app')\nawait 0\nexport { value, ask } from './part.js'",
        'part.js': part(1),
      },
      { node },
    )
    await story.begin()
    await story.ask('app')
    for (const value of [2, 3, 4]) {
      story.remove('part.js')
      await story.until('a missing file', async () => {
        return (await story.ask('app')).at(-1)?.startsWith('got error')
      })
      story.save('part.js', part(value))
      expect(withoutEvents(await story.ask('app'))).toEqual(['evaluate app', `got ${value}`])
      expect(withoutEvents(await story.ask('app'))).toEqual([`got ${value}`])
    }
  })

  it('leaves what was saved with it evaluated once, and calls back who accepts that', async () => {
    const story = new HealingStory(
      {
        'server.js': `import './good.js'
import './bad.js'
import.meta.hot.accept('./good.js', ({ value }) => console.log('accepted good', value))
import.meta.hot.accept('./bad.js', ({ value }) => console.log('accepted bad', value))
${started}`,
        'good.js': told('good', 1),
        'bad.js': told('bad', 1),
      },
      { node },
    )
    await story.begin()
    const broken = told('bad', 2, '', "throw new Error('boom')")
    const lines = await story.change({ 'good.js': told('good', 2), 'bad.js': broken })
    expect(lines).toContain('evaluate good 2')
    expect(lines.at(-1)).toBe('* error evaluate bad.js: boom')
    expect(await story.change({ 'bad.js': told('bad', 3) })).toEqual([
      'dispose bad 2',
      'evaluate bad 3',
      'accepted good 2',
      'accepted bad 3',
      '* update bad.js good.js',
    ])
    expect(await story.change({ 'good.js': told('good', 4) })).toEqual([
      'dispose good 2',
      'evaluate good 4',
      'accepted good 4',
      '* update good.js',
    ])
  })
})
