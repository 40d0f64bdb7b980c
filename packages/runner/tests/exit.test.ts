import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'

/** As the first process of a container: one that no signal ends by itself. */
const asFirst = ['--pid', '--fork', '--mount-proc']
const canBeFirst = spawnSync('unshare', [...asFirst, 'true']).status === 0

describe('a script that ends by itself ends the runner', () => {
  test('with exit code 0', async () => {
    await using session = new Session({ 'job.js': `console.log('done')` })
    await session.run(['job.js'])
    expect(await session.exit).toEqual({ code: 0, signal: null })
    expect(session.output).toContain('done')
  })

  test('by the signal that somebody sent to the script', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.run(['server.js'])
    const [, pid] = await session.see(/up one (\d+)/)
    process.kill(Number(pid), 'SIGTERM')
    expect(await session.exit).toEqual({ code: null, signal: 'SIGTERM' })
  })

  test('with the code the script chose when it was told to end', async () => {
    await using session = new Session({
      'server.js': server('one', `process.on('SIGTERM', () => process.exit(5))`),
    })
    await session.run(['server.js'])
    await session.see('up one')
    session.signal('SIGTERM')
    expect(await session.exit).toEqual({ code: 5, signal: null })
  })

  test('when its stdin ends, which reaches it as it was', async () => {
    await using session = new Session({
      'job.js': `let text = ''
for await (const chunk of process.stdin) text += chunk
console.log('read ' + text.length + ' ' + text.slice(0, 7))`,
    })
    await session.run(['job.js'])
    session.type('first\n')
    session.type('x'.repeat(300_000))
    session.closeInput()
    await session.see('read 300006 first\nx')
    expect(await session.exit).toEqual({ code: 0, signal: null })
  })
})

describe('a script that ends well because it read its entry in the middle of a save', () => {
  test('is started again with what was saved', async () => {
    await using session = new Session({
      'ending.cjs': `process.on('exit', () => {
  console.log('ending')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
})`,
      'server.js': '',
    })
    await session.run(['-r', './ending.cjs', 'server.js'])
    await session.see('ending')
    session.project.save('server.js', server('one'))
    await session.see('server.js was saved: starting again')
    await session.see('up one')
  })

  test('survives a storm of saves in place', async () => {
    await using session = new Session({ 'server.js': server('start') })
    await session.run(['server.js'])
    await session.see('up start')
    for (const round of [1, 2, 3]) {
      for (let save = 0; save < 40; save++) {
        session.project.save('server.js', '')
        await wait(5)
        session.project.save('server.js', server(`storm${round}.${save}`))
        await wait(20)
      }
      await session.see(`up storm${round}.39`)
    }
  })

  test('is not started for ever when it writes its entry itself', async () => {
    await using session = new Session({
      'job.js': `import { appendFileSync } from 'node:fs'
appendFileSync(import.meta.filename, '\\n// ' + process.pid)
console.log('done')
// Before Hot Hook in it sees that: it would be a full reload.
process.exit()`,
    })
    await session.run(['job.js'])
    expect(await session.exit).toEqual({ code: 0, signal: null })
  })
})

test('a runner that waits after a crash ends by the signal it gets', async () => {
  await using session = new Session({ 'server.js': 'throw 1' })
  await session.run(['server.js'])
  await session.see('waiting for a save')
  session.signal('SIGINT')
  expect(await session.exit).toEqual({ code: null, signal: 'SIGINT' })
})

test('a script that ignores the signal is killed after the kill timeout, and the runner ends by the signal', async () => {
  await using session = new Session({
    'server.js': server('one', `process.on('SIGINT', () => console.log('no'))`),
  })
  await session.run(['--kill-timeout=200', 'server.js'])
  await session.see('up one')
  session.signal('SIGINT')
  await session.see('no')
  expect(await session.exit).toEqual({ code: null, signal: 'SIGINT' })
})

test.skipIf(!canBeFirst)('the first process of a container tells the script to end', async () => {
  await using session = new Session({
    'server.js': server(
      'one',
      `process.on('SIGTERM', () => server.close(() => { console.log('closed'); process.exit(0) }))`,
    ),
  })
  await session.terminal('unshare', [...asFirst, ...session.command, 'server.js'])
  await session.see('up one')
  const children = readFileSync(`/proc/${session.pid}/task/${session.pid}/children`, 'utf8')
  process.kill(Number(children), 'SIGTERM')
  await session.see('closed')
  expect(await session.exit).toEqual({ code: 0, signal: null })
})
