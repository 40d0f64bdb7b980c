import { describe, expect, test } from 'vitest'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'

const busy = `process.stdin.on('data', () => { console.log('busy'); while (true); })`
const family = `import { spawn } from 'node:child_process'
spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'ignore' })`

// Every session checks at its end that nothing is left; these only choose how the runner goes.
describe('no process is left behind', () => {
  test.for(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'when the runner gets %s',
    async (signal) => {
      await using session = new Session({ 'server.js': server('one') })
      await session.run(['server.js'])
      await session.see('up one')
      session.signal(signal)
      expect(await session.exit).toEqual({ code: null, signal })
      await session.expectNothingLeft()
    },
  )

  test('when the runner is killed and the script blocks its event loop', async () => {
    await using session = new Session({ 'server.js': server('one', busy) })
    await session.run(['--kill-timeout=300', 'server.js'])
    await session.see('up one')
    session.type('block\n')
    await session.see('busy')
    session.signal('SIGKILL')
    await session.exit
    await session.expectNothingLeft()
  })

  test('when the runner is killed and nobody stands guard', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.run(['server.js'])
    await session.see('up one')
    const guard = session.processes().find(({ command }) => command.includes('hot-runner-guard'))
    process.kill(guard?.pid ?? 0, 'SIGKILL')
    session.signal('SIGKILL')
    await session.exit
    await session.expectNothingLeft()
  })

  test('when the runner is killed and the script has a child that ignores SIGTERM', async () => {
    await using session = new Session({ 'server.js': server('one', family) })
    await session.run(['--kill-timeout=300', 'server.js'])
    await session.see('up one')
    session.signal('SIGKILL')
    await session.exit
    await session.expectNothingLeft()
  })

  test('when the runner is stopped and the script has a child that ignores SIGTERM', async () => {
    await using session = new Session({ 'server.js': server('one', family) })
    await session.run(['--kill-timeout=300', 'server.js'])
    await session.see('up one')
    session.signal('SIGTERM')
    await session.exit
    await session.expectNothingLeft()
  })

  test('when the runner is killed the script still shuts down in its own way', async () => {
    await using session = new Session({
      'server.js': server(
        'one',
        `import { writeFileSync } from 'node:fs'
process.on('SIGTERM', () => { writeFileSync('shutdown.txt', 'yes'); process.exit() })`,
      ),
    })
    await session.run(['server.js'])
    await session.see('up one')
    session.signal('SIGKILL')
    await session.expectNothingLeft()
    expect(session.project.read('shutdown.txt')).toBe('yes')
  })

  test('when the terminal goes away', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    session.hangUp()
    await session.exit
    await session.expectNothingLeft()
  })

  test('when the terminal goes away from a runner that a shell started', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.terminal('sh', ['-c', `${session.command.join(' ')} server.js; true`])
    await session.see('up one')
    session.hangUp()
    await session.exit
    await session.expectNothingLeft()
  })

  test('with --handoff, when the runner is killed', async () => {
    await using session = new Session({ 'server.js': server('one', busy) })
    await session.run(['--handoff', '--kill-timeout=300', 'server.js'])
    await session.see('up one')
    session.type('block\n')
    await session.see('busy')
    session.signal('SIGKILL')
    await session.exit
    await session.expectNothingLeft()
  })
})
