import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** A server whose entry needs users.js, which its handler needs as well. */
const files = {
  'server.js': `import { hot } from 'hot-hook'
    import { db } from './lib/db.js'
    console.log('started', process.pid, db, process.argv.slice(2).join(' '))
    hot.on('full-reload', (event) => console.log('event', JSON.stringify(event)))
    ${serverImporting('./app.js')}`,
  'app.js': `import { users } from './users.js'
    import.meta.hot?.dispose(() => console.log('disposed app'))
    export default (_, response) => response.end(users)`,
  'users.js': "import { db } from './lib/db.js'\nexport const users = 'users of ' + db",
  'lib/db.js': "export const db = 'db1'",
}

const advice = [
  'lib/db.js is imported by server.js, which has to use the new one. It is hot with one of these in server.js:',
  "  line 3 uses it once: console.log('started', process.pid, db, process.argv.slice(2).join(' '))",
  "  import.meta.hot?.accept('./lib/db.js', (next) => { … }), which puts the new one in place of the old",
  "  import('./lib/db.js') in the function that handles a request or a job, and nowhere else",
]

describe.each(nodeMajors)('a full reload on Node %s', (node) => {
  it('restarts in place: the same pid and arguments, the new code, the path in the log', async () => {
    const app = new App(files, { node, scriptArguments: ['--flag', 'two words'] }).start()
    expect(await app.get()).toBe('users of db1')
    const { pid } = app.child
    await app.output(`started ${pid} db1 --flag two words`)
    app.save('lib/db.js', "export const db = 'db2'")
    await app.output(`started ${pid} db2 --flag two words`)
    await app.until('the new server', () => app.stdout.split('listening on').length === 3)
    const port = Number(/listening on (\d+)\n$/.exec(app.stdout)?.[1])
    expect((await app.request('/', port)).body).toBe('users of db2')
    expect(app.stdout.split('\n')[2]).toBe(
      `event ${JSON.stringify({
        file: app.path('lib/db.js'),
        chain: [app.path('lib/db.js'), app.path('server.js')],
        reason: 'it is the entry',
        advice: advice.join('\n'),
      })}`,
    )
    expect(app.stdout.split('\n')[3]).toBe('disposed app')
    expect(app.stderr.split('\n  ')).toEqual([
      '[hot-hook] lib/db.js changed: full reload, lib/db.js → server.js (entry)',
      ...advice,
      'hot-runner doctor shows the whole picture\n',
    ])
    // The process that came is as hot as the one that went.
    app.save('users.js', files['users.js'].replace('users of', 'people of'))
    expect((await app.request('/', port)).body).toBe('people of db2')
  })

  it('follows a save of .env and reads it anew', async () => {
    const app = new App(
      {
        'server.js': "setInterval(() => {}, 1e9); console.log('A is', process.env.A)",
        '.env': 'A=1',
      },
      { node, nodeArguments: ['--env-file=.env', '--import', 'hot-hook/register'] },
    ).start()
    await app.output('A is 1')
    app.save('.env', 'A=2')
    await app.output('A is 2')
    app.saveByRename('.env', 'A=3')
    await app.output('A is 3')
    expect(
      app.stderr.split('\n').filter((line) => !line.startsWith('[hot-hook] .env changed')),
    ).toEqual([''])
  })
})

it('with a parent is a message, and the program goes on until the parent ends it', async () => {
  const app = new App(files, { hasParent: true }).start()
  expect(await app.get()).toBe('users of db1')
  app.save('lib/db.js', "export const db = 'db2'")
  expect(await app.message('hot-hook:full-reload')).toEqual({
    type: 'hot-hook:full-reload',
    path: app.path('lib/db.js'),
    shouldBeReloadable: false,
    chain: [app.path('lib/db.js'), app.path('server.js')],
    reason: 'it is the entry',
    advice: advice.join('\n'),
  })
  await app.output('full reload, lib/db.js → server.js (entry)')
  expect(await app.get()).toBe('users of db1')
  expect(app.stdout.match(/^started/gm)).toHaveLength(1)
  app.save('lib/db.js', "export const db = 'db3'")
  const isReload = ({ type }: { type: string }) => type === 'hot-hook:full-reload'
  await app.until('the second', () => app.messages.filter(isReload).length === 2)
})

it.each([
  ['onFullReload', false],
  ['onFullReload', true],
  ['onFullReloadAsked', false],
])(
  '%s is called instead of restarting (with a parent: %s), each time',
  async (option, hasParent) => {
    const entry = `import { hot } from 'hot-hook'
    await hot.init(import.meta.url, {
      ${option}: ({ file, chain, reason }) =>
        console.log('asked', [file, ...chain].map((path) => path.split('/').at(-1)).join(' '), reason),
    })
    await import('./server.js')`
    const app = new App(
      { ...files, 'main.js': entry },
      { entry: 'main.js', nodeArguments: [], hasParent },
    ).start()
    expect(await app.get()).toBe('users of db1')
    app.save('lib/db.js', "export const db = 'db2'")
    await app.output('asked db.js db.js server.js main.js it is the entry')
    if (hasParent) await app.message('hot-hook:full-reload')
    app.save('.env', 'A=1')
    await app.output('asked .env .env it matches "reload"')
    expect(await app.get()).toBe('users of db1')
    expect(app.stdout.match(/^started/gm)).toHaveLength(1)
  },
)

it('an exception in onFullReload is reported and ends nothing', async () => {
  const app = new App(
    {
      'main.js': `import { hot } from 'hot-hook'
        await hot.init(import.meta.url, { onFullReload() { throw new Error('mine') } })
        await import('./server.js')`,
      ...files,
    },
    { entry: 'main.js', nodeArguments: [] },
  ).start()
  expect(await app.get()).toBe('users of db1')
  app.save('lib/db.js', "export const db = 'db2'")
  await app.output(/\[hot-hook\] onFullReload failed \[HOT_HOOK_ON_FULL_RELOAD\]\nError: mine/)
  expect(await app.get()).toBe('users of db1')
})

it('waits for the dispose handlers, also async ones, importers first', async () => {
  const app = new App({
    'server.js': `import './lib/db.js'
      import.meta.hot?.dispose(() => console.log('disposed server'))
      console.log('started')
      setInterval(() => {}, 1e9)`,
    'lib/db.js': `import.meta.hot?.dispose(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      console.log('disposed db')
    })`,
  }).start()
  await app.output('started')
  app.save('lib/db.js', "console.log('new db')")
  await app.until('restart', () => app.stdout.split('started').length === 3)
  expect(app.stdout.split('\n').slice(0, 5)).toEqual([
    'started',
    'disposed server',
    'disposed db',
    'new db',
    'started',
  ])
})

it('a program that crashed by a full reload of broken code ends with its own error', async () => {
  const app = new App(files).start()
  expect(await app.get()).toBe('users of db1')
  app.save('lib/db.js', 'export const db = none()')
  expect(await app.exit()).toBe(1)
  expect(app.stderr).toContain(`${app.path('lib/db.js')}:1`)
  expect(app.stderr).toContain('ReferenceError')
})

it('a long path names both ends and counts the middle', async () => {
  const chain = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`m${index}.js`, `import './m${index + 1}.js'`]),
  )
  const app = new App(
    {
      'server.js': "import './m0.js'\nsetInterval(() => {}, 1e9)\nconsole.log('started')",
      ...chain,
      'm30.js': '',
    },
    { hasParent: true },
  ).start()
  await app.output('started')
  app.save('m30.js', '// changed')
  await app.output(
    'm30.js changed: full reload, m30.js → m29.js → m28.js → m27.js → m26.js → m25.js → … 20 more … → m4.js → m3.js → m2.js → m1.js → m0.js → server.js (entry)',
  )
})
