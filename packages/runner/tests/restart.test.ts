import { expect, test } from 'vitest'
import { isAlive } from './support/processes.ts'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'

/** What Hot Hook sends for a full reload, sent by the script when it reads `reload`. */
const asks = `process.stdin.on('data', (data) => {
  const [, times = 0] = /reload (\\d+)/.exec(data) ?? []
  for (let n = 0; n < times; n++) {
    process.send({ type: 'hot-hook:full-reload', path: process.cwd() + '/users.js',
      shouldBeReloadable: false, chain: ['users.js', 'db.js', 'server.js'].map((name) => process.cwd() + '/' + name) })
  }
})`

test('a full reload shows the path from the file to the entry and starts a new process', async () => {
  await using session = new Session({ 'server.js': server('one', asks) })
  await session.run(['server.js'])
  const [, first] = await session.see(/up one (\d+)/)
  session.type('reload 1\n')
  await session.see('full reload: users.js → db.js → server.js')
  const [, second] = await session.see(/up one (\d+)/)
  expect(second).not.toBe(first)
  expect(isAlive(Number(first))).toBe(false)
  expect(await session.get()).toBe(`one ${second}`)
})

test('a storm of restarts is one restart', async () => {
  await using session = new Session({ 'server.js': server('one', asks) })
  await session.run(['server.js'])
  await session.see('up one')
  session.type('reload 200\n')
  await session.see('up one')
  session.type('reload 1\n')
  await session.see('up one')
  expect(session.count('full reload:')).toBe(2)
  expect(session.count('up one')).toBe(3)
})

test("the application's own shutdown runs before the new process starts", async () => {
  const shutdown = `process.on('SIGTERM', () => {
  console.log('saving')
  setTimeout(() => { console.log('saved'); process.exit() }, 200)
})`
  await using session = new Session({ 'server.js': server('one', asks, shutdown) })
  await session.run(['server.js'])
  await session.see('up one')
  session.type('reload 1\n')
  await session.see('saving')
  await session.see('saved')
  await session.see('up one')
})

test('SIGKILL ends a process that does not end within the kill timeout', async () => {
  const deaf = `process.on('SIGTERM', () => console.log('not me'))`
  await using session = new Session({ 'server.js': server('one', asks, deaf) })
  await session.run(['--kill-timeout=200', 'server.js'])
  const [, first] = await session.see(/up one (\d+)/)
  session.type('reload 1\n')
  await session.see('not me')
  await session.see('up one')
  expect(isAlive(Number(first))).toBe(false)
})

test('a restart asked for while the old process ends is the same restart', async () => {
  const slow = `process.on('SIGTERM', () => { console.log('ending'); setTimeout(process.exit, 400) })`
  await using session = new Session({ 'server.js': server('one', asks, slow) })
  await session.run(['server.js'])
  await session.see('up one')
  session.type('rs\n')
  await session.see('ending')
  session.type('rs\n')
  await session.see('up one')
  session.type('reload 1\n')
  await session.see('up one')
  expect(session.count('restarting (rs)')).toBe(1)
  expect(session.count('up one')).toBe(3)
})

test('what the script started and left behind ends with it', async () => {
  const family = `import { spawn } from 'node:child_process'
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
console.log('child ' + child.pid)`
  await using session = new Session({ 'server.js': server('one', family, asks) })
  await session.run(['server.js'])
  const [, child] = await session.see(/child (\d+)/)
  await session.see('up one')
  session.type('reload 1\n')
  await session.see('up one')
  expect(isAlive(Number(child))).toBe(false)
})

test('the port of --inspect is free again at a restart', async () => {
  await using session = new Session({ 'server.js': server('one', asks) })
  await session.run(['server.js'])
  const inspect = `--inspect=${session.port + 1}`
  await using inspected = new Session({ 'server.js': server('one', asks) })
  await inspected.run([inspect, 'server.js'])
  await inspected.see(`Debugger listening on ws://127.0.0.1:${session.port + 1}`)
  await inspected.see('up one')
  inspected.type('reload 1\n')
  await inspected.see(`Debugger listening on ws://127.0.0.1:${session.port + 1}`)
  await inspected.see('up one')
  expect(inspected.output).not.toContain('address already in use')
})

test('--env-file is read anew at every start', async () => {
  await using session = new Session({
    '.env': 'TINT=red',
    'server.js': server('one', asks, `console.log('color ' + process.env.TINT)`),
  })
  await session.run(['--env-file', '.env', 'server.js'])
  await session.see('color red')
  await session.see('up one')
  session.project.save('.env', 'TINT=blue')
  session.type('rs\n')
  await session.see('color blue')
})

test('messages that are malformed or none of ours change nothing', async () => {
  const noise = `for (const message of [null, 1, 'x', [], { type: 1 }, { type: 'hot-hook:full-reload' },
  { type: 'hot-hook:full-reload', path: 3 }, { type: 'hot-hook:invalidated', paths: 'x' },
  { type: 'hot-hook:updated' }, { type: 'hot-hook:loaded', paths: [1] }, { type: 'ready' }])
  process.send(message)`
  await using session = new Session({ 'server.js': server('one', noise, asks) })
  await session.run(['server.js'])
  await session.see('up one')
  session.type('reload 1\n')
  await session.see('up one')
  expect(session.count('full reload:')).toBe(1)
})

test('hot-hook:invalidated and hot-hook:updated are shown', async () => {
  const updates = `process.stdin.on('data', () => {
  process.send({ type: 'hot-hook:invalidated', paths: [process.cwd() + '/app/users.js'] })
  process.send({ type: 'hot-hook:updated', files: [process.cwd() + '/app/users.js'], modules: ['a', 'b', 'c'], durationMs: 2.13 })
})`
  await using session = new Session({ 'server.js': server('one', updates) })
  await session.run(['server.js'])
  await session.see('up one')
  session.type('now\n')
  await session.see('app/users.js is new at its next import()')
  await session.see('3 modules in 2.1 ms: app/users.js')
})

test('a script that closes its channel runs on, and still ends with the runner', async () => {
  await using session = new Session({ 'server.js': server('one', 'process.disconnect()') })
  await session.run(['server.js'])
  const [, pid] = await session.see(/up one (\d+)/)
  expect(await session.get()).toBe(`one ${pid}`)
  session.signal('SIGKILL')
  await until('the end of the script', () => !isAlive(Number(pid)))
})

test.each([
  ['', []],
  [' with --handoff', ['--handoff']],
])(
  'a runner that has a channel passes the messages of the application on, both ways%s',
  async (_, args) => {
    const echo = `process.on('message', (message) => process.send({ echo: message }))
process.send('hello')`
    await using session = new Session({ 'server.js': server('one', echo, asks) })
    await session.run([...args, 'server.js'], { channel: true })
    for (const round of [1, 2, 3]) {
      await session.see('up one')
      session.send({ round })
      await until(`answer ${round}`, () => session.messages.length === 2 * round)
      session.type(`reload ${round}\n`)
    }
    await session.see('up one')
    const expected = [1, 2, 3].flatMap((round) => ['hello', { echo: { round } }])
    expect(session.messages.slice(0, 6)).toEqual(expected)
  },
)

test('SIGUSR2 restarts', async () => {
  await using session = new Session({ 'server.js': server('one') })
  await session.run(['server.js'])
  for (const _ of [1, 2, 3]) {
    await session.see('up one')
    session.signal('SIGUSR2')
    await session.see('restarting (SIGUSR2)')
  }
  await session.see('up one')
})

test('--kill-signal is what the script gets at a restart and at the end', async () => {
  const says = `process.on('SIGINT', () => { console.log('got SIGINT'); process.exit(3) })`
  await using session = new Session({ 'server.js': server('one', says) })
  await session.run(['--kill-signal=SIGINT', 'server.js'])
  await session.see('up one')
  session.type('rs\n')
  await session.see('got SIGINT')
  await session.see('up one')
})
