import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'

const handler = (text: string) => `export default (_, response) => response.end('${text}')`
/** Answers with what hot.explain says of these files. */
const explaining = (...files: string[]) => `import { hot } from 'hot-hook'
  export default async (_, response) => response.end(JSON.stringify(
    ${JSON.stringify(files)}.map((file) => hot.explain(file).outcome)))`

describe('boundaries', () => {
  it('replaces the rule: only these files and imports with { hot } are boundaries', async () => {
    const app = new App(
      {
        'server.js': `await import('./routes/at-start.js')
          ${serverImporting('./routes/app.js')}`,
        'routes/at-start.js': 'export {}',
        'routes/app.js': `await import('../plain.js')
          await import('../marked.js', { with: { hot: 'true' } })
          await import('../by-meta.js', import.meta.hot?.boundary)
          const lazy = () => import('../lazy.js')
          const answer = async (_, response) => {
            await lazy()
            const { hot } = await import('hot-hook')
            response.end(JSON.stringify(['routes/app.js', 'routes/at-start.js', 'plain.js',
              'lazy.js', 'marked.js', 'by-meta.js'].map((file) => {
                const { boundaries, outcome } = hot.explain(file)
                return outcome + boundaries.map((path) => ' ' + path.split('/').at(-1))
              })))
          }
          export default answer`,
        'plain.js': '',
        'lazy.js': '',
        'marked.js': '',
        'by-meta.js': '',
      },
      { hotHook: { boundaries: ['routes/**'] } },
    ).start()
    expect(JSON.parse(await app.get())).toEqual([
      'hot app.js',
      'hot at-start.js',
      'hot app.js',
      'hot app.js',
      'hot marked.js',
      'hot by-meta.js',
    ])
    expect(app.stderr).toBe('')
  })

  it('given as [] leaves no boundary but those imported with { hot }', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import('./marked.js', { with: { hot: 'true' } })
          ${explaining('app.js', 'marked.js')}`,
        'marked.js': '',
      },
      { hotHook: { boundaries: [] } },
    ).start()
    expect(JSON.parse(await app.get())).toEqual(['full-reload', 'hot'])
  })

  it('an import with { hot } at the top level is a boundary, and gets a new version when asked again', async () => {
    const app = new App({
      'server.js': `import http from 'node:http'
        const boundary = { with: { hot: 'true' } }
        let { value } = await import('./value.js', boundary)
        http.createServer(async (_, response) => {
          response.end(value + ' ' + (await import('./value.js', boundary)).value)
        }).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
      'value.js': 'export const value = 1',
    }).start()
    expect(await app.get()).toBe('1 1')
    app.save('value.js', 'export const value = 2')
    expect(await app.get()).toBe('1 2')
  })

  it('JSON with both attributes is hot', async () => {
    const app = new App({
      'server.js': serverImporting('./app.js'),
      'app.js': `export default async (_, response) => {
        const { default: data } = await import('./data.json', { with: { type: 'json', hot: 'true' } })
        const { default: same } = await import('./data.json', { with: { type: 'json' } })
        response.end(data.value + (data === same))
      }`,
      'data.json': '{ "value": "one " }',
    }).start()
    expect(await app.get()).toBe('one true')
    app.save('data.json', '{ "value": "two " }')
    expect(await app.get()).toBe('two true')
    app.save('data.json', '{ "value": ')
    const { status, body } = await app.request()
    expect(status).toBe(500)
    expect(body).toContain('data.json')
    expect(body).not.toContain('hot-hook=')
    app.save('data.json', '{ "value": "three " }')
    expect(await app.get()).toBe('three true')
  })
})

describe('throwWhenBoundariesAreNotDynamicallyImported', () => {
  const files = {
    'server.js': serverImporting('./app.js'),
    'app.js': `import './controllers/users.js'\n${handler('fine')}`,
    'controllers/users.js': '',
  }

  it('makes a static import of a boundary an error that names both', async () => {
    const app = new App(files, {
      hotHook: {
        boundaries: ['app.js', 'controllers/**'],
        throwWhenBoundariesAreNotDynamicallyImported: true,
      },
    }).start()
    const { status, body } = await app.request()
    expect(status).toBe(500)
    expect(body).toContain(
      `The boundary "./controllers/users.js" must be imported with import() from ${app.path('app.js')}`,
    )
    app.save('app.js', `import('./controllers/users.js')\n${handler('fine')}`)
    expect(await app.get()).toBe('fine')
  })

  it('is off by default; the parent is told that such a file should be reloadable', async () => {
    const app = new App(
      { ...files, 'server.js': `import './app.js'\n${files['server.js']}` },
      { hotHook: { boundaries: ['controllers/**'] }, hasParent: true },
    ).start()
    expect(await app.get()).toBe('fine')
    app.save('controllers/users.js', '// changed')
    expect(await app.message('hot-hook:full-reload')).toEqual({
      type: 'hot-hook:full-reload',
      path: app.path('controllers/users.js'),
      shouldBeReloadable: true,
      chain: [app.path('controllers/users.js'), app.path('app.js'), app.path('server.js')],
      reason: 'it is the entry',
      advice: expect.stringMatching(/^controllers\/users\.js is only run by what imports it\./),
    })
  })
})

describe('ignore and include', () => {
  it('ignored files are loaded as they are, and importing a hot one is a full reload', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { text } from './vendor/old.js'
          import './shared.js'
          ${explaining('app.js', 'vendor/old.js', 'shared.js')}`,
        'vendor/old.js': "import '../shared.js'\nexport const text = typeof import.meta.hot",
        'shared.js': '',
      },
      { hotHook: { ignore: ['vendor/**'] } },
    ).start()
    expect(JSON.parse(await app.get())).toEqual(['hot', 'ignored', 'full-reload'])
  })
})

describe('rootDirectory', () => {
  it('is what globs and dump() are relative to', async () => {
    const app = new App(
      {
        'src/server.js': serverImporting('./app.js'),
        'src/app.js': `import { hot } from 'hot-hook'
          export default async (_, response) =>
            response.end((await hot.dump()).map(({ path }) => path).join(' '))`,
      },
      {
        entry: 'src/server.js',
        hotHook: { rootDirectory: './src', reload: ['.env'] },
        hasParent: true,
      },
    ).start()
    expect(await app.get()).toBe('server.js app.js')
    app.save('.env', 'A=1')
    app.save('src/.env', 'A=1')
    expect(await app.message('hot-hook:full-reload')).toMatchObject({ path: app.path('src/.env') })
  })
})

describe('log', () => {
  it("'silent' says nothing, not even errors; the import() still rejects", async () => {
    const app = new App(
      { 'server.js': serverImporting('./app.js'), 'app.js': handler('one') },
      { hotHook: { log: 'silent' } },
    ).start()
    expect(await app.get()).toBe('one')
    app.save('app.js', 'export default )')
    expect((await app.request()).status).toBe(500)
    app.save('app.js', handler('two'))
    expect(await app.get()).toBe('two')
    app.child.kill()
    await app.exit()
    expect(app.stderr).toBe('')
  })

  it('NODE_DEBUG=hot-hook shows the detail whatever it is', async () => {
    const app = new App(
      { 'server.js': serverImporting('./app.js'), 'app.js': handler('one') },
      { hotHook: { log: 'silent' }, env: { NODE_DEBUG: 'hot-hook' } },
    ).start()
    await app.get()
    app.save('app.js', handler('two'))
    expect(await app.get()).toBe('two')
    await app.output('[hot-hook] stale: ')
  })
})

describe('a wrong option', () => {
  it.each([
    [{ relaod: ['.env'] }, 'relaod', "'reload'"],
    [{ reload: '.env' }, 'reload', 'a list of globs'],
    [{ root: 'missing.js' }, 'root', 'missing.js'],
    [{ log: 'loud' }, 'log', 'silent'],
  ])(
    '%j in package.json ends the process with one clear error before anything has run',
    async (hotHook, ...words) => {
      const app = new App({ 'server.js': "console.log('runs')" }, { hotHook }).start()
      expect(await app.exit()).toBe(1)
      expect(app.stdout).toBe('')
      for (const word of words) expect(app.stderr).toContain(word)
      expect(app.stderr).toContain('package.json')
    },
  )

  it('is found as well where Node is given the directory of the program', async () => {
    const app = new App(
      { 'index.js': "console.log('runs')" },
      { hotHook: { relaod: ['.env'] }, entry: '.' },
    ).start()
    expect(await app.exit()).toBe(1)
    expect(app.stdout).toBe('')
    expect(app.stderr).toContain('package.json')
  })

  it('given to hot.init rejects, and nothing is half set up', async () => {
    const app = new App(
      {
        'server.js': `import { hot } from 'hot-hook'
          await hot.init(import.meta.url, { wacth: false }).catch((error) => console.log(error.message))
          const { has } = await import('./other.js')
          console.log(has, await hot.dump())
          await hot.init(import.meta.url, { watch: false })
          console.log((await import('./third.js')).has)`,
        'other.js': "export const has = 'hot' in import.meta",
        'third.js': "export const has = 'hot' in import.meta",
      },
      { nodeArguments: [] },
    ).start()
    expect(await app.exit()).toBe(0)
    const [message, before, after] = app.stdout.split('\n')
    expect(message).toContain("'wacth'")
    expect(message).toContain("'watch'")
    expect(before).toBe('false []')
    expect(after).toBe('true')
  })
})
