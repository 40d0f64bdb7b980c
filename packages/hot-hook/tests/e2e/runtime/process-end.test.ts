import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

describe.each(nodeMajors)('on Node %s', (node) => {
  it('a program that has nothing more to do ends, with its own code and output only', async () => {
    const app = new App(
      {
        'server.js': `import { text } from './text.js'
          await import('./lazy.js')
          setTimeout(async () => {
            await import('./later.js')
            console.log(text)
            process.exitCode = 3
          }, 20)`,
        'text.js': "export const text = 'done'",
        'lazy.js': '',
        'later.js': '',
      },
      { node },
    ).start()
    expect(await app.exit()).toBe(3)
    expect(app.stdout).toBe('done\n')
    expect(app.stderr).toBe('')
  })

  it('so does one with a parent, and with reload files to watch, and after an update', async () => {
    const app = new App(
      {
        '.env': 'A=1',
        'server.js': `import { writeFileSync } from 'node:fs'
          setTimeout(async () => {
            const load = () => import('./value.js')
            const first = (await load()).value
            writeFileSync('value.js', 'export const value = 2')
            console.log(first, (await load()).value)
          }, 20)`,
        'value.js': 'export const value = 1',
      },
      { node, hasParent: true },
    ).start()
    expect(await app.exit()).toBe(0)
    expect(app.stdout).toBe('1 2\n')
    expect(app.stderr).toMatch(/^\[hot-hook\] value\.js changed: 1 module reloaded in [\d.]+ ms\n$/)
  })

  it('a program that only listens to its parent lives until it listens no longer', async () => {
    const app = new App(
      {
        'server.js': `process.on('message', function listener(message) {
            process.send('got ' + message)
            if (message === 'stop') process.off('message', listener)
          })
          process.send('up')`,
      },
      { node, hasParent: true },
    ).start()
    const said = (text: string) =>
      app.until(text, () => app.messages.some((message) => String(message) === text))
    await said('up')
    app.child.send('one')
    await said('got one')
    app.child.send({ type: 'hot-hook:file-changed', path: 'nothing.js' })
    app.child.send('stop')
    await said('got stop')
    expect(await app.exit()).toBe(0)
  })
})

it('an exception that the program does not catch ends it as it does without Hot Hook', async () => {
  const app = new App({
    'server.js': "import './fails.js'",
    'fails.js': "\nthrow new Error('at start')",
  }).start()
  expect(await app.exit()).toBe(1)
  expect(app.stderr).toContain(`file://${app.path('fails.js')}:2\nthrow new Error('at start')`)
  expect(app.stderr).not.toContain('[hot-hook]')
})

it('SIGTERM ends a server', async () => {
  const app = new App({
    'server.js':
      "import http from 'node:http'\nhttp.createServer().listen(0, () => console.log('up'))",
  }).start()
  await app.output('up')
  app.child.kill('SIGTERM')
  expect(await app.exit()).toBe('SIGTERM')
})
