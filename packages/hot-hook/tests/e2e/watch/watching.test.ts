import { closeSync, openSync, readFileSync, utimesSync, writeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import {
  invalidated,
  invalidations,
  load,
  started,
  waiting,
} from '../../harness/waiting-program.ts'

const handler = (expression: string) =>
  `export default (_, response) => response.end(String(${expression}))`

it('a save is noticed before anybody asks, and said to the parent with what it made stale', async () => {
  const app = await started()
  app.save('model.js', 'export const value = 1')
  await invalidated(app, 1)
  expect(app.messages.find(({ type }) => type === 'hot-hook:invalidated')).toEqual({
    type: 'hot-hook:invalidated',
    paths: [app.path('model.js'), app.path('app.js')],
    files: [app.path('model.js')],
    modules: [app.path('model.js'), app.path('app.js')],
    boundaries: [app.path('app.js')],
  })
  await load(app, 1)
})

it('fifty saves by rename are fifty updates', async () => {
  const app = await started()
  for (let count = 1; count <= 50; count++) {
    app.saveByRename('model.js', `export const value = ${count}`)
    await invalidated(app, count)
  }
  await load(app, 50)
  expect(new Set(invalidations(app))).toEqual(new Set(['model.js app.js']))
  expect(invalidations(app)).toHaveLength(50)
})

it('fifty saves in place are fifty updates', async () => {
  const app = await started()
  for (let count = 1; count <= 50; count++) {
    app.save('model.js', `export const value = ${count}`)
    await invalidated(app, count)
  }
  await load(app, 50)
  expect(invalidations(app)).toHaveLength(50)
})

it('saves that come together are one update', async () => {
  const app = await started({
    'app.js': "export { value } from './model.js'\nimport './other.js'",
    'other.js': '',
  })
  app.save('model.js', 'export const value = 1')
  app.save('other.js', '// changed')
  app.save('app.js', "import './other.js'\nexport { value } from './model.js'")
  await invalidated(app, 1)
  await load(app, 1)
  expect(invalidations(app).map((names) => names.split(' ').sort().join(' '))).toEqual([
    'app.js model.js other.js',
  ])
})

it('a file that is deleted and created again is one change', async () => {
  const app = await started()
  app.remove('model.js')
  app.save('model.js', 'export const value = 1')
  await invalidated(app, 1)
  await load(app, 1)
  expect(invalidations(app)).toEqual(['model.js app.js'])
})

it('a deletion that lasts is a change, and so is the return', async () => {
  const app = await started()
  app.remove('model.js')
  await invalidated(app, 1)
  app.save('model.js', 'export const value = 0')
  await invalidated(app, 2)
  await load(app, 0)
})

it('a file that is truncated and filled a moment later is never loaded empty', async () => {
  const app = await started()
  const loads = (value: number) => app.stdout.split(`value ${value}\n`).length - 1
  await load(app, 0)
  for (let count = 1; count <= 20; count++) {
    const file = openSync(app.path('model.js'), 'w')
    app.child.send('load')
    await app.until('the old value again', () => loads(count - 1) === 2)
    writeSync(file, `export const value = ${count}`)
    closeSync(file)
    await invalidated(app, count)
    await load(app, count)
  }
  expect(app.stderr).not.toContain('could not be')
})

it('a save that leaves the content as it was does nothing', async () => {
  const app = await started()
  const same = readFileSync(app.path('model.js'), 'utf8')
  app.save('model.js', same)
  app.saveByRename('model.js', same)
  utimesSync(app.path('app.js'), new Date(), new Date())
  // What comes after it is noticed: the others were looked at by then.
  app.save('model.js', 'export const value = 1')
  await invalidated(app, 1)
  await load(app, 1)
  app.save('model.js', 'export const value = 2')
  await invalidated(app, 2)
  expect(invalidations(app)).toEqual(['model.js app.js', 'model.js app.js'])
})

it('a save is told once, also when an import() has noticed it first', async () => {
  const app = await started()
  for (let count = 1; count <= 10; count++) {
    app.save('model.js', `export const value = ${count}`)
    await load(app, count)
  }
  app.save('app.js', "export { value } from './model.js' // the last one")
  await app.until('the last one', () => invalidations(app).at(-1) === 'app.js')
  expect(invalidations(app)).toEqual([...Array(10).fill('model.js app.js'), 'app.js'])
})

it('a save while the program starts, before anything is watched, is not lost', async () => {
  const app = waiting({
    'server.js': `
      await import('./app.js')
      console.log('read')
      // Nothing else can happen in this process until the file is there.
      const { existsSync } = await import('node:fs')
      while (!existsSync('go')) {}
      setInterval(() => {}, 1e9)`,
  }).start()
  await app.output('read')
  app.save('model.js', 'export const value = 1')
  app.save('go', '')
  const { path } = await app.message('hot-hook:full-reload')
  expect(path).toBe(app.path('model.js'))
})

it('a module that is imported late is watched, and its directory may be new', async () => {
  const app = await started()
  app.save('new/late.js', 'export const value = 1')
  app.save('app.js', "export { value } from './new/late.js'")
  await load(app, 1)
  const before = invalidations(app).length
  app.save('new/late.js', 'export const value = 2')
  await invalidated(app, before + 1)
  await load(app, 2)
})

it('a file that nobody imports any more is watched no longer', async () => {
  const app = await started()
  app.save('app.js', 'export const value = 1')
  await load(app, 1)
  await app.output('reloaded in')
  const before = invalidations(app).length
  app.save('model.js', 'export const value = 9')
  app.save('app.js', 'export const value = 2')
  await load(app, 2)
  expect(invalidations(app).slice(before)).toEqual(['app.js'])
})

it('files of ignored packages are neither hot nor watched, those of included ones are', async () => {
  const app = await started(
    {
      'app.js': "export { value } from 'mine'\nexport { value as other } from 'other'",
      'node_modules/mine/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/mine/index.js': 'export const value = 0',
      'node_modules/other/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/other/index.js': 'export const value = 0',
    },
    { hotHook: { include: ['node_modules/mine/**'] } },
  )
  app.save('node_modules/other/index.js', 'export const value = 1')
  app.save('node_modules/mine/index.js', 'export const value = 2')
  await load(app, 2)
  await invalidated(app, 1)
  expect(invalidations(app)).toEqual(['index.js app.js'])
})

it('a server in a directory with characters that globs and URLs know is hot as well', async () => {
  const app = new App(
    {
      'a [b] (c) #d %20 ?/server.js': serverImporting('./app.js'),
      'a [b] (c) #d %20 ?/app.js': handler('1'),
      'a [b] (c) #d %20 ?/package.json': '{ "type": "module", "hotHook": { "reload": [".env"] } }',
    },
    { entry: 'a [b] (c) #d %20 ?/server.js', hasParent: true },
  ).start()
  expect(await app.get()).toBe('1')
  app.save('a [b] (c) #d %20 ?/app.js', handler('2'))
  expect(await app.get()).toBe('2')
  app.save('a [b] (c) #d %20 ?/.env', 'A=1')
  await app.message('hot-hook:full-reload')
})

it.each(
  nodeMajors.flatMap((node) =>
    ['--no-experimental-require-module', '--preserve-symlinks'].map((flag) => ({ node, flag })),
  ),
)('a save is noticed with $flag on Node $node', async ({ node, flag }) => {
  const app = await started({}, { node, nodeArguments: [flag, '--import', 'hot-hook/register'] })
  app.save('model.js', 'export const value = 1')
  await invalidated(app, 1)
  await load(app, 1)
})
