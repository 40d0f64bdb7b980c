import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** Answers each path with the text of the file of that name. */
const router = `export default async ({ url }, response) => {
  const { text } = await import('./boundaries' + url + '.js')
  response.end(text())
}`

describe.each(nodeMajors)('on Node %s', (node) => {
  it('a module that several boundaries share is evaluated once a version, and only when asked for', async () => {
    const boundary = `import { value, count } from '../shared.js'
      export const text = () => value + ' ' + count()`
    const shared = (value: string) => `globalThis.evaluations = (globalThis.evaluations ?? 0) + 1
      export const value = '${value}'
      export const count = () => globalThis.evaluations`
    const app = new App(
      {
        'server.js': serverImporting('./router.js'),
        'router.js': router,
        'boundaries/a.js': boundary,
        'boundaries/b.js': boundary,
        'shared.js': shared('one'),
      },
      { node, hasParent: true },
    ).start()
    expect([await app.get('/a'), await app.get('/b')]).toEqual(['one 1', 'one 1'])
    app.save('shared.js', shared('two'))
    await app.message('hot-hook:invalidated')
    expect([await app.get('/b'), await app.get('/a')]).toEqual(['two 2', 'two 2'])
    app.save('shared.js', shared('three'))
    expect([await app.get('/a'), await app.get('/b')]).toEqual(['three 3', 'three 3'])
  })

  it('a boundary below a boundary is loaded again alone', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./outer.js', 'globalThis.log = []'),
        'outer.js': `log.push('outer')
          export default async (_, response) => {
            const { inner } = await import('./inner.js')
            response.end(inner + ': ' + log.splice(0).join(' '))
          }`,
        'inner.js':
          "import { text } from './text.js'\nlog.push('inner')\nexport const inner = text",
        'text.js': "log.push('text')\nexport const text = 'one'",
      },
      { node },
    ).start()
    expect(await app.get()).toBe('one: outer text inner')
    expect(await app.get()).toBe('one: ')
    app.save('text.js', "log.push('text')\nexport const text = 'two'")
    expect(await app.get()).toBe('two: text inner')
    app.save(
      'outer.js',
      `// new\n${'' /* same program */}log.push('outer')
          export default async (_, response) => {
            const { inner } = await import('./inner.js')
            response.end('new ' + inner + ': ' + log.splice(0).join(' '))
          }`,
    )
    expect(await app.get()).toBe('new two: outer')
  })

  it('only what changed and what is between it and the boundary is evaluated again', async () => {
    const module = (name: string, imports: string[] = []) =>
      `${imports.map((each) => `import './${each}.js'\n`).join('')}log.push('${name}')`
    const app = new App(
      {
        'server.js': serverImporting('./app.js', 'globalThis.log = []'),
        'app.js': `${module('app', ['left', 'right'])}
          export default (_, response) => response.end(log.splice(0).join(' '))`,
        'left.js': module('left', ['bottom', 'stays']),
        'right.js': module('right', ['bottom']),
        'bottom.js': module('bottom'),
        'stays.js': module('stays'),
      },
      { node },
    ).start()
    expect(await app.get()).toBe('bottom stays left right app')
    app.save('left.js', `${module('left', ['bottom', 'stays'])}\n`)
    expect(await app.get()).toBe('left app')
    app.save('bottom.js', `${module('bottom')}\n`)
    expect(await app.get()).toBe('bottom left right app')
  })

  it('an import cycle below a boundary is hot as a whole', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { even } from './even.js'
          export default (_, response) => response.end(String(even(10)))`,
        'even.js': `import { odd } from './odd.js'
          export const even = (n) => n === 0 ? 'even' : odd(n - 1)`,
        'odd.js': `import { even } from './even.js'
          export const odd = (n) => n === 0 ? 'odd' : even(n - 1)`,
      },
      { node },
    ).start()
    expect(await app.get()).toBe('even')
    app.save(
      'even.js',
      `import { odd } from './odd.js'
      export const even = (n) => n === 0 ? 'EVEN' : odd(n - 1)`,
    )
    expect(await app.get()).toBe('EVEN')
    app.save(
      'odd.js',
      `import { even } from './even.js'
      export const odd = (n) => n === 0 ? 'odd' : 'from odd ' + even(n - 1)`,
    )
    expect(await app.get()).toBe(`${'from odd '.repeat(5)}EVEN`)
  })
})

it("a query of the program's own makes another module of the same file, and both are hot", async () => {
  const app = new App({
    'server.js': serverImporting('./app.js'),
    'app.js': `const a = await import('./value.js?name=a')
      const b = await import('./value.js?name=b')
      import * as plain from './value.js'
      export default (_, response) => response.end(
        [a, b, plain].map(({ value, name }) => value + name).join(' ') + (a === b))`,
    'value.js': `export const value = 'one '
      export const name = new URL(import.meta.url).search`,
  }).start()
  expect(await app.get()).toBe('one ?name=a one ?name=b one false')
  app.save(
    'value.js',
    `export const value = 'two '
    export const name = new URL(import.meta.url).search`,
  )
  expect(await app.get()).toBe('two ?name=a two ?name=b two false')
})

it('an import of a new query each time is what the program asked for: a new instance', async () => {
  const app = new App({
    'server.js': serverImporting('./app.js', 'globalThis.count = 0'),
    'app.js': `export default async (_, response) => {
      const { instance, value } = await import('./value.js?' + count)
      response.end(value + instance)
    }`,
    'value.js': "export const value = 'one '\nexport const instance = ++count",
  }).start()
  expect([await app.get(), await app.get()]).toEqual(['one 1', 'one 2'])
  app.save('value.js', "export const value = 'two '\nexport const instance = ++count")
  expect([await app.get(), await app.get()]).toEqual(['two 3', 'two 4'])
})

it('a module that leaves the program and comes back is the file as it is then', async () => {
  const withModel = `import { value } from './model.js'
    export default (_, response) => response.end(value)`
  const app = new App({
    'server.js': serverImporting('./app.js'),
    'app.js': withModel,
    'model.js': "export const value = 'one'",
  }).start()
  expect(await app.get()).toBe('one')
  app.save('app.js', "export default (_, response) => response.end('without')")
  expect(await app.get()).toBe('without')
  app.save('model.js', "export const value = 'two'")
  app.save('app.js', withModel)
  expect(await app.get()).toBe('two')
  app.save('model.js', "export const value = 'three'")
  expect(await app.get()).toBe('three')
})

it('a namespace that the program kept stays as it was; the next import() is another one', async () => {
  const app = new App({
    'server.js': serverImporting('./app.js'),
    'app.js': `const kept = []
      export default async (_, response) => {
        const model = await import('./model.js')
        if (!kept.includes(model)) kept.push(model)
        response.end(kept.map(({ value }) => value).join(' '))
      }`,
    'model.js': 'export const value = 1',
  }).start()
  expect([await app.get(), await app.get()]).toEqual(['1', '1'])
  app.save('model.js', 'export const value = 2')
  expect([await app.get(), await app.get()]).toEqual(['1 2', '1 2'])
})
