import { once } from 'node:events'
import { connect } from 'node:net'
import autocannon from 'autocannon'
import { expect, test } from 'vitest'
import { freePort } from '../../hot-hook/tests/harness/free-port.ts'
import { groupOf, isAlive } from './support/processes.ts'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'

const tookOver = /process (\d+) serves now, (\d+) is told to stop/

/** A save of the entry: Hot Hook asks for the full reload. */
const version = (number: number) => server(`v${number}`)

test('the new process takes over the port and the old one is told to stop', async () => {
  const shutdown = `process.on('SIGTERM', () => { console.log('shutdown ' + process.pid); process.exit() })`
  await using session = new Session({ 'server.js': server('v1', shutdown) })
  await session.run(['--handoff', 'server.js'])
  const [, first] = await session.see(/up v1 (\d+)/)
  session.project.save('server.js', server('v2', shutdown))
  const [[, second] = [], [, next, previous] = []] = await session.seeAll(
    /up v2 (\d+)/,
    tookOver,
    `shutdown ${first}`,
  )
  expect([next, previous]).toEqual([second, first])
  await until('the end of the old process', () => !isAlive(Number(first)))
  expect(await session.get()).toBe(`v2 ${second}`)
})

test('200 requests a second over 20 full reloads: none fails', async () => {
  await using session = new Session({ 'server.js': version(0) })
  await session.run(['--handoff', 'server.js'])
  await session.see('up v0')
  const bodies = new Set<string>()
  let stop = () => {}
  const load = new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url: `http://127.0.0.1:${session.port}`,
        connections: 10,
        overallRate: 200,
        // Far longer than it takes: it is stopped when the reloads are done.
        duration: 300,
        setupClient: (client) =>
          client.on('body', (body) => bodies.add(String(body).split(' ')[0] ?? '')),
      },
      (error, result) => (error ? reject(error) : resolve(result)),
    )
    stop = () => instance.stop()
  })
  for (let reload = 1; reload <= 20; reload++) {
    session.project.save('server.js', version(reload))
    await session.seeAll(`up v${reload} `, tookOver)
    await until(`an answer of v${reload}`, () => bodies.has(`v${reload}`))
  }
  stop()
  const result = await load
  expect(result.requests.total).toBeGreaterThan(200)
  expect({
    errors: result.errors,
    timeouts: result.timeouts,
    non2xx: result.non2xx,
  }).toEqual({ errors: 0, timeouts: 0, non2xx: 0 })
  expect(session.count('serves now')).toBe(20)
})

test('a new process that fails to start leaves the old one serving, and the next save tries again', async () => {
  await using session = new Session({ 'server.js': version(1) })
  await session.run(['--handoff', 'server.js'])
  const [, first] = await session.see(/up v1 (\d+)/)
  session.project.save('server.js', `throw new Error('not this one')`)
  await session.seeAll('not this one', 'the new process of server.js failed (exit code 1)')
  await session.see('the old one goes on serving')
  expect(await session.get()).toBe(`v1 ${first}`)
  session.project.save('server.js', version(3))
  await session.seeAll('up v3', tookOver)
  expect(await session.get()).toMatch(/^v3 /)
})

test('a request that the old process is answering gets its answer', async () => {
  const slow = (name: string) => `import http from 'node:http'
http.createServer((request, response) => {
  if (request.url !== '/slow') return response.end('${name}')
  console.log('asked ${name}')
  setTimeout(() => response.end('slow ${name}'), 1000)
}).listen(Number(process.env.PORT), () => console.log('up ${name}'))`
  await using session = new Session({ 'server.js': slow('v1') })
  await session.run(['--handoff', 'server.js'])
  await session.see('up v1')
  const answer = fetch(`http://127.0.0.1:${session.port}/slow`).then((response) => response.text())
  await session.see('asked v1')
  session.project.save('server.js', slow('v2'))
  await session.see(tookOver)
  expect(await session.get()).toBe('v2')
  expect(await answer).toBe('slow v1')
})

test('a request on a connection that was idle gets its answer from the old process, and no other', async () => {
  await using session = new Session({ 'server.js': version(1) })
  await session.run(['--handoff', 'server.js'])
  const [, first] = await session.see(/up v1 (\d+)/)
  const connection = connect(session.port, '127.0.0.1').setEncoding('utf8')
  let answer = ''
  connection.on('data', (text) => {
    answer += text
  })
  const ask = async () => {
    answer = ''
    connection.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until('an answer', () => answer.includes(`v1 ${first}`) || connection.readableEnded)
    expect(answer).toContain(`v1 ${first}`)
  }
  await ask()
  session.project.save('server.js', version(2))
  await session.see(tookOver)
  // The old process learns a moment later that it has been replaced.
  do await ask()
  while (!/connection: close/i.test(answer))
  if (!connection.readableEnded) await once(connection, 'end')
})

test('a script that listens nowhere is restarted as without --handoff', async () => {
  const job = (name: string) => `console.log('${name} ' + process.pid); setInterval(() => {}, 1000)`
  await using session = new Session({ 'job.js': job('one') })
  await session.run(['--handoff', 'job.js'])
  const [, first] = await session.see(/one (\d+)/)
  session.project.save('job.js', job('two'))
  await session.see(/two (\d+)/)
  expect(isAlive(Number(first))).toBe(false)
})

test('the inspector moves to the new process, on the same port', async () => {
  const port = await freePort()
  await using session = new Session({ 'server.js': version(1) })
  await session.run(['--handoff', `--inspect=127.0.0.1:${port}`, 'server.js'])
  const listening = `Debugger listening on ws://127.0.0.1:${port}`
  await session.see(listening)
  await session.see('up v1')
  session.project.save('server.js', version(2))
  await session.see(listening)
  await session.see(tookOver)
  session.project.save('server.js', 'throw 1')
  await session.see('goes on serving')
  await session.see(listening)
  expect(session.output).not.toContain('address already in use')
})

test('a crash of the serving process is waited on as without --handoff', async () => {
  const fragile = `process.stdin.on('data', () => { throw new Error('gone') })`
  await using session = new Session({ 'server.js': server('v1', fragile) })
  await session.run(['--handoff', 'server.js'])
  await session.see('up v1')
  session.type('x\n')
  await session.see('server.js crashed (exit code 1)')
  await session.see('waiting for a save')
  session.project.save('server.js', version(2))
  await session.see('up v2')
})

test('a script of a handoff leads its own process group, so a Ctrl-C reaches it once', async () => {
  const shutdown = `process.on('SIGINT', () => { console.log('interrupted'); setTimeout(process.exit, 100, 0) })`
  await using session = new Session({ 'server.js': server('v1', shutdown) })
  await session.terminal('sh', [
    '-c',
    `trap : INT; ${session.command.join(' ')} --handoff --no-keys server.js; echo code=$?`,
  ])
  const [, pid] = await session.see(/up v1 (\d+)/)
  expect(groupOf(Number(pid))).toBe(Number(pid))
  session.type('\x03')
  await session.see('code=0')
  expect(session.count('interrupted')).toBe(1)
})

test('a script that ends while the old process is still answering leaves nothing behind', async () => {
  const slow = (extra: string) => `import http from 'node:http'
http.createServer((request, response) => {
  console.log('asked')
  ${extra}
}).listen(Number(process.env.PORT), () => console.log('up ' + process.pid))`
  await using session = new Session({ 'server.js': slow('') })
  await session.run(['--handoff', 'server.js'])
  await session.see('up ')
  const unanswered = session.get().catch(() => 'none')
  await session.see('asked')
  session.project.save('server.js', slow('process.exit(0)'))
  await session.see(tookOver)
  await session.get().catch(() => {})
  expect(await session.exit).toEqual({ code: 0, signal: null })
  expect(await unanswered).toBe('none')
  await session.expectNothingLeft()
})
