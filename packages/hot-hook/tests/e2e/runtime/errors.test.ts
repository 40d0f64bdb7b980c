import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const handler = (expression: string) =>
  `export default (_, response) => response.end(String(${expression}))`

/** How many lines of the log say that something could not be loaded. */
const complaints = (app: App) => app.stderr.split('could not be').length - 1

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each([
    {
      what: 'a syntax error',
      broken: 'export const value = 1\nexport const other = = 2\n',
      first: (file: string) => `${file}:2:22`,
      error: "SyntaxError: Unexpected token '='",
    },
    {
      what: 'a bracket that is never closed',
      broken: 'export const value = [1\nexport function other() {}\n',
      first: (file: string) => `${file}:2:`,
      error: 'SyntaxError: ',
    },
    {
      what: 'a missing import',
      broken: "import './missing.js'\nexport const value = 1\n",
      first: (file: string) => `Cannot find module '${file.replace('model', 'missing')}'`,
      error: 'ERR_MODULE_NOT_FOUND',
    },
    {
      what: 'a missing package',
      broken: "import 'not-installed'\nexport const value = 1\n",
      first: (file: string) => `Cannot find package 'not-installed' imported from ${file}`,
      error: 'ERR_MODULE_NOT_FOUND',
    },
    {
      what: 'an export that an importer still uses',
      broken: 'export const renamed = 1\n',
      first: (file: string) => `${file.replace('model', 'app')}:1`,
      error: "does not provide an export named 'value'",
    },
    {
      what: 'an exception when it is evaluated',
      broken: "export const value = 1\nthrow new Error('at start')\n",
      first: (file: string) => `at ${file}:2:7`,
      error: 'Error: at start',
      isEvaluated: true,
    },
  ])(
    '$what rejects the import() with the real error, and the next good save heals it',
    async ({ broken, first, error, isEvaluated }) => {
      const app = new App(
        {
          'server.js': serverImporting('./app.js', 'globalThis.disposals = 0').replace(
            'String(error',
            "disposals + ' ' + (error",
          ),
          'app.js': `import { value } from './model.js'\n${handler("value + ' ' + disposals")}`,
          'model.js': `export const value = 0
          import.meta.hot?.dispose(() => { globalThis.disposals++ })`,
        },
        { node },
      ).start()
      expect(await app.get()).toBe('0 0')
      app.save('model.js', broken)
      for (const _ of ['first', 'second']) {
        const { status, body } = await app.request()
        expect(status).toBe(500)
        // Only what throws when it is evaluated has got as far as to replace the old version.
        expect(body.slice(0, 2)).toBe(isEvaluated ? '1 ' : '0 ')
        expect(body).toContain(error)
        const place = first(app.path('model.js'))
        // The real place comes before any frame of Node's.
        const head = body.split(/^ +at .*node:internal/m)[0]?.replaceAll('file://', '')
        expect(head).toContain(place)
        expect(body).not.toContain('hot-hook=')
      }
      await app.output('could not be')
      expect(complaints(app)).toBe(1)
      app.save('model.js', 'export const value = 2')
      expect(await app.get()).toBe('2 1')
      app.save('model.js', 'export const value = 3')
      expect(await app.get()).toBe('3 1')
    },
  )

  it('an error in the first version is healed as well', async () => {
    const app = new App(
      { 'server.js': serverImporting('./app.js'), 'app.js': 'export default ) => {}' },
      { node },
    ).start()
    const { status, body } = await app.request()
    expect(status).toBe(500)
    expect(body).toContain('SyntaxError')
    app.save('app.js', "import './missing.js'")
    expect(await app.get()).toContain(`Cannot find module '${app.path('missing.js')}'`)
    app.save('app.js', handler('1'))
    expect(await app.get()).toBe('1')
    app.save('app.js', handler('2'))
    expect(await app.get()).toBe('2')
  })

  it('a module that was missing heals what imports it when it is created, however deep', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { value } from './model.js'\n${handler('value')}`,
        'model.js': 'export const value = 0',
      },
      { node },
    ).start()
    expect(await app.get()).toBe('0')
    app.save('model.js', "export { value } from './new/deep/value.js'")
    expect(await app.get()).toContain('ERR_MODULE_NOT_FOUND')
    app.save('new/deep/value.js', 'export const value = 1')
    await app.until('healed', async () => (await app.get()) === '1')
    app.save('new/deep/value.js', 'export const value = 2')
    expect(await app.get()).toBe('2')
  })

  it('a deleted file is an error that heals when it is put back', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { value } from './model.js'\n${handler('value')}`,
        'model.js': 'export const value = 0',
      },
      { node },
    ).start()
    expect(await app.get()).toBe('0')
    app.remove('model.js')
    await app.until('an error', async () => (await app.request()).status === 500)
    expect((await app.get()).replaceAll('file://', '')).toContain(app.path('model.js'))
    app.save('model.js', 'export const value = 0')
    expect(await app.get()).toBe('0')
    app.save('model.js', 'export const value = 1')
    expect(await app.get()).toBe('1')
  })
})

it('an error in one boundary leaves the others alone', async () => {
  const app = new App({
    'server.js': serverImporting('./router.js'),
    'router.js': `export default async ({ url }, response) => {
      const { text } = await (url === '/a' ? import('./a.js') : import('./b.js'))
      response.end(text)
    }`,
    'a.js': "export const text = 'a1'",
    'b.js': "export const text = 'b1'",
  }).start()
  expect([await app.get('/a'), await app.get('/b')]).toEqual(['a1', 'b1'])
  app.save('a.js', 'export const text = (')
  app.save('b.js', "export const text = 'b2'")
  expect((await app.request('/a')).status).toBe(500)
  expect(await app.get('/b')).toBe('b2')
  app.save('a.js', "export const text = 'a2'")
  expect(await app.get('/a')).toBe('a2')
})

it('a broken module among several that changed lets none of them run', async () => {
  const evaluated = (name: string, value: string) =>
    `globalThis.log.push('${name} ${value}')\nexport const ${name} = '${value}'`
  const app = new App({
    'server.js': serverImporting('./app.js', 'globalThis.log = []'),
    'app.js': `import { a } from './a.js'\nimport { b } from './b.js'
      ${handler("a + b + ': ' + log.splice(0).join(', ')")}`,
    'a.js': evaluated('a', '1'),
    'b.js': evaluated('b', '1'),
  }).start()
  expect(await app.get()).toBe('11: a 1, b 1')
  app.save('a.js', evaluated('a', '2'))
  app.save('b.js', 'export const b = {')
  expect((await app.request()).status).toBe(500)
  app.save('b.js', evaluated('b', '3'))
  expect(await app.get()).toBe('23: a 2, b 3')
})

it('the old functions that the program still holds go on to work while the new ones are broken', async () => {
  const app = new App({
    'server.js': serverImporting('./app.js', 'globalThis.kept = []'),
    'app.js': `import { value } from './model.js'
      kept.push(() => value)
      ${handler('kept.map((get) => get())')}`,
    'model.js': 'export const value = 1',
  }).start()
  expect(await app.get()).toBe('1')
  app.save('model.js', 'export const value = ')
  expect((await app.request()).status).toBe(500)
  app.save('model.js', 'export const value = 2')
  expect(await app.get()).toBe('1,2')
})

it('an unhandled rejection is not added: without a handler on the import the program decides', async () => {
  const app = new App({
    'server.js': `
      import http from 'node:http'
      http.createServer((_, response) => {
        import('./app.js').then(({ text }) => response.end(text), () => response.end('failed'))
      }).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
      process.on('unhandledRejection', (error) => console.log('unhandled', error))`,
    'app.js': "export const text = 'fine'",
  }).start()
  expect(await app.get()).toBe('fine')
  app.save('app.js', 'export const text = )')
  expect(await app.get()).toBe('failed')
  expect(await app.get()).toBe('failed')
  app.save('app.js', "export const text = 'healed'")
  expect(await app.get()).toBe('healed')
  expect(app.stdout).not.toContain('unhandled')
})
