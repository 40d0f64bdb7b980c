import { expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'

/** Prints every event, its paths relative to the program, as a line of JSON. */
const printing = `
import { hot } from 'hot-hook'
const short = (path) => path.slice(process.cwd().length + 1)
for (const name of ['invalidate', 'update', 'full-reload', 'prune', 'error']) {
  hot.on(name, (event) => console.log(JSON.stringify([name, event], (key, value) => {
    if (key === 'durationMs') return typeof value === 'number' && value > 0
    if (value instanceof Error) return value.name
    return typeof value === 'string' && value.startsWith(process.cwd()) ? short(value) : value
  })))
}`

const files = {
  'server.js': serverImporting('./app.js', printing),
  'app.js': "import { text } from './text.js'\nexport default (_, response) => response.end(text)",
  'text.js': "import './other.js'\nexport const text = '1'",
  'other.js': '',
}

function events(app: App): unknown[] {
  return app.stdout
    .split('\n')
    .filter((line) => line.startsWith('['))
    .map((line) => JSON.parse(line))
}

it('a save is an invalidate event, the import() after it an update event', async () => {
  const app = new App(files, { hasParent: true }).start()
  expect(await app.get()).toBe('1')
  app.save('text.js', "import './other.js'\nexport const text = '2'")
  await app.message('hot-hook:invalidated')
  await app.output('["invalidate"')
  expect(events(app)).toEqual([
    ['invalidate', { files: ['text.js'], modules: ['text.js', 'app.js'], boundaries: ['app.js'] }],
  ])
  expect(await app.get()).toBe('2')
  await app.output('["update"')
  const [, [, update]] = events(app) as [unknown, [string, { modules: string[] }]]
  expect({ ...update, modules: update.modules.toSorted() }).toEqual({
    files: ['text.js'],
    modules: ['app.js', 'text.js'],
    boundaries: ['app.js'],
    durationMs: true,
  })
  // The log comes on another way than the events.
  await app.output(/modules reloaded in .*\n/)
  expect(app.stderr).toMatch(/^\[hot-hook\] text\.js changed: 2 modules reloaded in \d+\.\d ms\n$/)
})

it('the first load of a boundary is no update', async () => {
  const app = new App(files).start()
  expect(await app.get()).toBe('1')
  expect(await app.get()).toBe('1')
  expect(events(app)).toEqual([])
  expect(app.stderr).toBe('')
})

it('what nobody imports any more is a prune event, once, and leaves the graph', async () => {
  const app = new App(files).start()
  expect(await app.get()).toBe('1')
  app.save('text.js', "export const text = '2'")
  expect(await app.get()).toBe('2')
  await app.output('["prune"')
  app.save('text.js', "import './other.js'\nexport const text = '3'")
  expect(await app.get()).toBe('3')
  app.save('other.js', 'throw 0')
  expect((await app.request()).status).toBe(500)
  app.save('other.js', '// fine again')
  expect(await app.get()).toBe('3')
  const pruned = events(app).filter((event) => (event as unknown[])[0] === 'prune')
  expect(pruned).toEqual([['prune', { file: 'other.js' }]])
})

it('a broken save is one error event with the module, the error and the phase', async () => {
  const app = new App(files).start()
  expect(await app.get()).toBe('1')
  const errors = () => events(app).filter((event) => (event as unknown[])[0] === 'error')
  app.save('text.js', 'export const text = )')
  for (const _ of [1, 2]) expect((await app.request()).status).toBe(500)
  await app.until('an error', () => errors().length === 1)
  app.save('text.js', "import './missing.js'\nexport const text = '3'")
  for (const _ of [1, 2]) expect((await app.request()).status).toBe(500)
  await app.until('the second', () => errors().length === 2)
  app.save('text.js', "export const text = '3'\nthrow new TypeError('at start')")
  for (const _ of [1, 2]) expect((await app.request()).status).toBe(500)
  await app.until('the third', () => errors().length === 3)
  app.save('text.js', "export const text = '4'")
  expect(await app.get()).toBe('4')
  expect(errors()).toEqual([
    ['error', { file: 'text.js', error: 'SyntaxError', phase: 'load' }],
    ['error', { file: 'text.js', error: 'Error', phase: 'load' }],
    ['error', { file: 'text.js', error: 'TypeError', phase: 'evaluate' }],
  ])
  await app.output('["prune"')
  // Only modules are pruned, not the directory in which missing.js was waited for.
  const pruned = events(app).filter((event) => (event as unknown[])[0] === 'prune')
  expect(pruned).toEqual([['prune', { file: 'other.js' }]])
})

it('a handler that fails is reported and keeps no other from being called', async () => {
  const app = new App({
    ...files,
    'server.js': serverImporting(
      './app.js',
      `import { hot } from 'hot-hook'
      hot.on('update', () => { throw new Error('handler 1') })
      hot.on('update', async () => { throw new Error('handler 2') })
      const off = hot.on('update', () => console.log('never'))
      off()
      hot.on('update', () => console.log('handler 3'))`,
    ),
  }).start()
  await app.get()
  app.save('other.js', '// changed')
  expect(await app.get()).toBe('1')
  await app.output('handler 3')
  await app.output(
    '[hot-hook] a handler of "update" failed [HOT_HOOK_EVENT_HANDLER]\nError: handler 1',
  )
  await app.output(
    '[hot-hook] a handler of "update" failed [HOT_HOOK_EVENT_HANDLER]\nError: handler 2',
  )
  expect(app.stdout).not.toContain('never')
})

it('dump() shows the program and explain() what a save would do', async () => {
  const app = new App(
    {
      'server.js': serverImporting('./app.js', "import './config.js'"),
      'app.js': `import { hot } from 'hot-hook'
        import { text } from './lib/text.js'
        import 'package'
        export default async ({ url }, response) => {
          const ask = decodeURIComponent(url.slice(1))
          const answer = ask === 'dump' ? await hot.dump() : hot.explain(ask)
          response.end(JSON.stringify(answer))
        }`,
      'lib/text.js': "export const text = '1'",
      'config.js': '',
      'unused.js': '',
      'node_modules/package/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/package/index.js': 'export {}',
    },
    { hotHook: { reload: ['.env', 'settings/**'] } },
  ).start()
  const ask = async (question: string) =>
    JSON.parse(await app.get(`/${encodeURIComponent(question)}`))
  expect(await ask('dump')).toEqual([
    {
      path: 'server.js',
      boundary: false,
      reloadable: false,
      version: 0,
      dependencies: ['config.js', 'app.js'],
      dependents: [],
    },
    {
      path: 'config.js',
      boundary: false,
      reloadable: false,
      version: 0,
      dependencies: [],
      dependents: ['server.js'],
    },
    {
      path: 'app.js',
      boundary: true,
      reloadable: true,
      version: 0,
      dependencies: ['lib/text.js'],
      dependents: ['server.js'],
    },
    {
      path: 'lib/text.js',
      boundary: false,
      reloadable: true,
      version: 0,
      dependencies: [],
      dependents: ['app.js'],
    },
  ])
  const hot = {
    file: app.path('lib/text.js'),
    outcome: 'hot',
    boundaries: [app.path('app.js')],
    chain: [],
  }
  for (const given of [
    'lib/text.js',
    './lib/../lib/text.js',
    app.path('lib/text.js'),
    `file://${app.path('lib/text.js')}`,
    `file://${app.path('lib/text.js')}?hot-hook=3`,
  ]) {
    expect(await ask(given)).toEqual(hot)
  }
  const outcome = async (file: string) => {
    const { outcome, chain } = await ask(file)
    return [outcome, ...chain.map((path: string) => path.slice(app.directory.length + 1))]
  }
  expect(await outcome('config.js')).toEqual(['full-reload', 'config.js', 'server.js'])
  expect(await outcome('server.js')).toEqual(['full-reload', 'server.js'])
  expect(await outcome('.env')).toEqual(['full-reload', '.env'])
  expect(await outcome('settings/a.json')).toEqual(['full-reload', 'settings/a.json'])
  expect(await outcome('unused.js')).toEqual(['not-loaded'])
  expect(await outcome('node_modules/package/index.js')).toEqual(['ignored'])
  app.save('lib/text.js', "export const text = '2'")
  await ask('dump')
  const versions = (await ask('dump')).map(({ version }: { version: number }) => version > 0)
  expect(versions).toEqual([false, false, true, true])
})
