import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const handler = (text: string) => `export default (_, response) => response.end('${text}')`
const files = { 'server.js': serverImporting('./app.js'), 'app.js': handler('one') }

/** Starts hot reloading in the program itself. */
const initialising = (call: string) => `import { hot } from 'hot-hook'
  await ${call}
  await import('./server.js')`

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each([
    ['node --import hot-hook/register', {}, {}],
    [
      'hot.init(import.meta.url)',
      { 'main.js': initialising('hot.init(import.meta.url)') },
      { entry: 'main.js', nodeArguments: [] },
    ],
    [
      'hot.init(import.meta.url, options)',
      { 'main.js': initialising("hot.init(import.meta.url, { reload: ['.env'], log: 'info' })") },
      { entry: 'main.js', nodeArguments: [] },
    ],
    [
      'hot.init({ root: import.meta.filename }), the form of 1.x',
      {
        'main.js': initialising(
          'hot.init({ root: import.meta.filename, boundaries: ["./app.js"], restart: [".env"] })',
        ),
      },
      { entry: 'main.js', nodeArguments: [] },
    ],
    [
      'both at once',
      { 'main.js': initialising('hot.init(import.meta.url)') },
      { entry: 'main.js' },
    ],
    [
      'init twice',
      { 'main.js': initialising('hot.init(import.meta.url); await hot.init({ log: "info" })') },
      { entry: 'main.js' },
    ],
  ] as [string, Record<string, string>, AppOptions][])(
    '%s makes a program hot, once, with an empty stderr',
    async (_, more, options) => {
      const app = new App({ ...files, ...more }, { node, hasParent: true, ...options }).start()
      expect(await app.get()).toBe('one')
      expect(app.stderr).toBe('')
      app.save('app.js', handler('two'))
      expect(await app.get()).toBe('two')
      app.save('.env', 'A=1')
      await app.message('hot-hook:full-reload')
      // The log comes on another way than the message.
      await app.output('(it matches "reload")\n')
      const sent = app.messages.map(({ type }) => type)
      expect(sent.filter((type) => type === 'hot-hook:invalidated')).toHaveLength(1)
      expect(sent.filter((type) => type === 'hot-hook:full-reload')).toHaveLength(1)
      expect(app.stderr.replace(/[\d.]+ ms/, 'n ms')).toBe(
        '[hot-hook] app.js changed: 1 module reloaded in n ms\n[hot-hook] .env changed: full reload, .env (it matches "reload")\n',
      )
    },
  )

  it('hot.init({ root }), the form of 1.x, takes globs from the directory of the entry', async () => {
    const app = new App(
      {
        'src/main.js': initialising(
          'hot.init({ root: import.meta.filename, boundaries: ["./app.js"], restart: ["settings"] })',
        ),
        'src/server.js': files['server.js'],
        'src/app.js': handler('one'),
      },
      { node, entry: 'src/main.js', nodeArguments: [], hasParent: true },
    ).start()
    expect(await app.get()).toBe('one')
    for (const text of ['two', 'three', 'four']) {
      app.save('src/app.js', handler(text))
      expect(await app.get()).toBe(text)
    }
    for (const count of [1, 2, 3]) {
      app.save('src/settings', `A=${count}`)
      await app.until('full reloads', () => {
        const reloads = app.messages.filter(({ type }) => type === 'hot-hook:full-reload')
        return (
          reloads.length === count && reloads.every(({ path }) => path === app.path('src/settings'))
        )
      })
    }
  })

  it('needs no package.json', async () => {
    const app = new App(
      { 'server.mjs': serverImporting('./app.mjs'), 'app.mjs': handler('one') },
      { node, entry: 'server.mjs' },
    )
    app.remove('package.json')
    app.start()
    expect(await app.get()).toBe('one')
    app.save('app.mjs', handler('two'))
    expect(await app.get()).toBe('two')
  })

  it('without it import.meta.hot is undefined and hot.dump() is empty', async () => {
    const app = new App(
      {
        'server.js': `import { hot } from 'hot-hook'
          console.log(import.meta.hot, await hot.dump(), hot.explain('server.js').outcome)
          hot.on('update', () => {})`,
      },
      { node, nodeArguments: [] },
    ).start()
    expect(await app.exit()).toBe(0)
    expect(app.stdout).toBe('undefined [] not-loaded\n')
    expect(app.stderr).toBe(
      '[hot-hook] warning: hot.explain() knows nothing before hot.init() [HOT_HOOK_NOT_STARTED]\n',
    )
  })
})

it("'hot' is in import.meta of every module, also inside of node_modules", async () => {
  const app = new App({
    'server.js': `import inside from 'package'
      console.log('hot' in import.meta, typeof import.meta.hot.dispose, inside)`,
    'node_modules/package/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/package/index.js': "export default 'hot' in import.meta",
  }).start()
  await app.exit()
  expect(app.stdout).toBe('true function true\n')
})

it('a file that was loaded before Hot Hook and changes is said in the log, once', async () => {
  const app = new App(
    {
      ...files,
      'main.js': `import { hot } from 'hot-hook'
        import { early } from './early.js'
        await hot.init(import.meta.url)
        await import('./server.js')`,
      'early.js': 'export const early = 1',
      'app.js':
        "import { early } from './early.js'\nexport default (_, response) => response.end(String(early))",
    },
    { entry: 'main.js', nodeArguments: [], hasParent: true },
  ).start()
  expect(await app.get()).toBe('1')
  for (const value of [2, 3]) {
    app.save('early.js', `export const early = ${value}`)
    await app.output('early.js was loaded before Hot Hook')
    expect(await app.get()).toBe('1')
  }
  app.save(
    'app.js',
    "import { early } from './early.js'\nexport default (_, response) => response.end('new ' + early)",
  )
  expect(await app.get()).toBe('new 1')
  app.save('main.js', `${readFileSync(app.path('main.js'), 'utf8')}\n// changed`)
  await app.output('main.js was loaded before Hot Hook')
  expect(app.stderr.split('early.js was loaded').length).toBe(2)
})

it('options that are given later replace those given before, the others stay', async () => {
  const app = new App(
    {
      ...files,
      'server.js': `import { hot } from 'hot-hook'
        await hot.init({ reload: ['later.txt'] })
        ${files['server.js']}`,
      'other.txt': '',
    },
    { hotHook: { reload: ['first.txt'], log: 'debug' }, hasParent: true },
  ).start()
  expect(await app.get()).toBe('one')
  app.save('first.txt', 'changed')
  app.save('later.txt', 'changed')
  const { path } = await app.message('hot-hook:full-reload')
  expect(path).toBe(app.path('later.txt'))
  app.save('app.js', handler('two'))
  await app.output('[hot-hook] stale: ')
})

it("a package's command has the options and the root of where it was started", async () => {
  const app = new App(
    {
      'node_modules/framework/package.json': '{ "type": "module", "exports": "./command.js" }',
      'node_modules/framework/command.js': `import http from 'node:http'
const { default: handle } = await import(process.cwd() + '/' + process.argv[2])
http.createServer(handle).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
      'app.js': "export default (_, response) => response.end('app')",
      'config.yml': '1',
    },
    {
      entry: 'node_modules/framework/command.js',
      scriptArguments: ['app.js'],
      hotHook: { reload: ['config.yml'] },
      hasParent: true,
    },
  ).start()
  expect(await app.get()).toBe('app')
  app.save('config.yml', '2')
  await app.output('config.yml changed: full reload, config.yml')
  app.save('app.js', '// new')
  await app.output('app.js → node_modules/framework/command.js')
})

it("1.x's hot.init({ root }) beside the register leaves the globs of package.json as they are", async () => {
  const app = new App(
    {
      'bin/start.js': `import { hot } from 'hot-hook'
await hot.init({ root: import.meta.filename })
await import('../src/index.js')`,
      'src/index.js': files['server.js'],
      'src/app.js': handler('one'),
    },
    { entry: 'bin/start.js', hotHook: { boundaries: ['./src/app.js'] }, hasParent: true },
  ).start()
  expect(await app.get()).toBe('one')
  for (const text of ['two', 'three', 'four']) {
    app.save('src/app.js', handler(text))
    expect(await app.get()).toBe(text)
  }
  expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
})
