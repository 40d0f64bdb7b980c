import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { RunnerStatus } from '../src/status.ts'
import type { StatusReport } from '../src/status-command.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'

const bin = fileURLToPath(new URL('../bin/hot-runner.js', import.meta.url))

const files = {
  'server.js': `import http from 'node:http'
import './config.js'
const server = http.createServer(async (_, response) => {
  const { default: text } = await import('./app.js').catch((error) => ({ default: String(error) }))
  response.end(text)
})
server.listen(Number(process.env.PORT), '127.0.0.1')`,
  'config.js': '',
  'app.js': "export { text as default } from './text.js'",
  'text.js': "export const text = 'one'",
  'sub/readme.txt': '',
}

/** Environment that keeps the sockets of a test to itself. */
function caches(session: Session): Record<string, string> {
  return { XDG_CACHE_HOME: session.project.path('cache') }
}

async function running(program: Record<string, string> = files, args: string[] = []) {
  const session = new Session(program)
  await session.run([...args, 'server.js'], { env: caches(session) })
  return session
}

interface Answer {
  code: number
  report: StatusReport
  error: string
}

function ask(
  session: Session,
  {
    args = [],
    directory = session.project.directory,
  }: { args?: string[]; directory?: string } = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [bin, 'status', ...args],
      { cwd: directory, env: { ...process.env, ...caches(session) } },
      (error, stdout, stderr) => {
        const report = stdout === '' ? { live: false, runners: [] } : JSON.parse(stdout)
        resolve({ code: Number(error?.code ?? 0), report: report as StatusReport, error: stderr })
      },
    )
  })
}

/** The one runner's status, and the exit code. */
async function statusOf(
  session: Session,
  ...args: string[]
): Promise<RunnerStatus & { code: number }> {
  const { code, report, error } = await ask(session, { args })
  const [runner] = report.runners
  if (!runner || report.runners.length > 1)
    throw new Error(`${code} ${JSON.stringify(report)} ${error}`)
  expect(report.live).toBe(runner.live)
  return { ...runner, code }
}

const socketsIn = (session: Session) => session.project.path('cache/hot-hook/runners')

test('asked right after the start, a save, a mistake and its healing, it says how things stand then', async () => {
  await using session = await running()
  const { project } = session
  // The runner itself has to be there.
  await session.see('starting')
  expect(await statusOf(session)).toEqual({
    code: 0,
    live: true,
    state: 'running',
    runnerPid: session.pid,
    directory: project.directory,
    script: project.path('server.js'),
    process: {
      pid: expect.any(Number),
      startedAt: expect.any(Number),
      starts: 1,
      listening: [{ address: '127.0.0.1', port: session.port }],
    },
    lastSave: null,
    lastUpdate: expect.objectContaining({ event: 'start' }),
    pending: [],
    failures: [],
  })
  expect(await session.get()).toBe('one')

  project.save('text.js', "export const text = 'two'")
  expect(await statusOf(session)).toMatchObject({
    code: 0,
    lastSave: { event: 'invalidate', files: [project.path('text.js')] },
    pending: [project.path('app.js'), project.path('text.js')],
  })
  expect(await session.get()).toBe('two')
  expect(await statusOf(session)).toMatchObject({
    code: 0,
    lastUpdate: { event: 'update', files: [project.path('text.js')] },
    pending: [],
  })

  project.save('text.js', 'export const text = = 3')
  expect(await session.get()).toContain('SyntaxError')
  expect(await statusOf(session)).toMatchObject({
    code: 1,
    live: false,
    state: 'running',
    pending: [],
    failures: [
      {
        event: 'error',
        file: project.path('text.js'),
        message: expect.stringContaining('SyntaxError'),
        location: { file: project.path('text.js'), line: 1 },
        frame: expect.stringContaining('> 1 | export const text = = 3'),
      },
    ],
  })
  project.save('text.js', "export const text = 'three'")
  expect(await session.get()).toBe('three')
  expect(await statusOf(session)).toMatchObject({ code: 0, live: true, failures: [], pending: [] })
})

test('a failure that is mended by a save of another file is none any more', async () => {
  await using session = await running()
  await session.see('listening on port')
  expect(await session.get()).toBe('one')
  session.project.save('text.js', "throw new Error('broken'); export const text = 1")
  expect(await session.get()).toContain('broken')
  expect(await statusOf(session)).toMatchObject({ code: 1, failures: [{ phase: 'evaluate' }] })
  session.project.save('app.js', "export default 'alone'")
  expect(await session.get()).toBe('alone')
  expect(await statusOf(session)).toMatchObject({ code: 0, failures: [] })
})

test('it waits for a full reload that a save has led to, until the new process listens', async () => {
  await using session = await running()
  await session.see('listening on port')
  const before = await statusOf(session)
  session.project.save('config.js', '// saved')
  const after = await statusOf(session)
  expect(after).toMatchObject({
    code: 0,
    state: 'running',
    lastSave: { event: 'full-reload', file: session.project.path('config.js') },
    process: { starts: 2, listening: [{ port: session.port }] },
  })
  expect(after.process?.pid).not.toBe(before.process?.pid)
})

test('a crash is told with its place, and the save that heals it is waited for', async () => {
  await using session = await running()
  await session.see('listening on port')
  session.project.save('config.js', "\n  throw new RangeError('too far')")
  expect(await statusOf(session)).toMatchObject({
    code: 1,
    state: 'crashed',
    process: null,
    failures: [
      {
        event: 'crash',
        code: 1,
        message: 'RangeError: too far',
        location: { file: session.project.path('config.js'), line: 2, column: 9 },
      },
    ],
  })
  session.project.save('config.js', '')
  expect(await statusOf(session)).toMatchObject({ code: 0, state: 'running', failures: [] })
})

test('a full reload that waits for a file that does not compile is not live', async () => {
  await using session = await running()
  await session.see('listening on port')
  session.project.save('config.js', 'const = 1')
  expect(await statusOf(session)).toMatchObject({
    code: 1,
    live: false,
    failures: [{ event: 'error', file: session.project.path('config.js') }],
  })
  session.project.save('config.js', '')
  expect(await statusOf(session)).toMatchObject({ code: 0, failures: [] })
})

test('a script that does not answer is told when the time is up', async () => {
  await using session = new Session({ 'server.js': "process.on('message', () => { for (;;); })" })
  await session.run(['server.js'], { env: caches(session), channel: true })
  await session.see(/\d+ file/)
  session.send('block')
  await until('the blocked script', async () => {
    const { state, code } = await statusOf(session, '--timeout=100')
    return state === 'blocked' && code === 1
  })
})

test('a script that starts for ever is told when the time is up', async () => {
  await using session = await running({
    'server.js': 'setInterval(() => {}, 1e6); await new Promise(() => {})',
  })
  await session.see('starting')
  expect(await statusOf(session, '--timeout=300')).toMatchObject({ code: 1, state: 'starting' })
})

test('paused, nothing is live and nothing waited for', async () => {
  await using session = new Session(files)
  await session.runOnTerminal(['server.js'], { env: caches(session) })
  await session.see('listening on')
  session.type('p')
  await session.see('paused')
  session.project.save('config.js', '// saved')
  expect(await statusOf(session)).toMatchObject({ code: 1, live: false, state: 'paused' })
})

test('with --handoff the old process serves until the new one does', async () => {
  await using session = await running(files, ['--handoff'])
  await session.see('listening on port')
  const before = await statusOf(session)
  session.project.save('config.js', '// saved')
  const after = await statusOf(session)
  expect(after).toMatchObject({ code: 0, process: { starts: 2 } })
  expect(after.process?.pid).not.toBe(before.process?.pid)
  session.project.save('config.js', 'throw 1')
  expect(await statusOf(session)).toMatchObject({
    code: 1,
    state: 'running',
    process: { starts: 2 },
    failures: [{ event: 'crash', oldServes: true }],
  })
})

test('the runners of this directory, those above and below it, or all', async () => {
  await using session = await running()
  await session.see('listening on port')
  const elsewhere = session.project.path('../')
  expect((await ask(session, { directory: session.project.path('sub') })).code).toBe(0)
  expect((await ask(session, { directory: elsewhere })).code).toBe(0)
  mkdirSync(session.project.path('cache/other'))
  // A name that only begins alike is another directory.
  const sibling = `${session.project.directory}-2`
  mkdirSync(sibling)
  try {
    expect(await ask(session, { directory: sibling })).toMatchObject({
      code: 3,
      report: { live: false, runners: [] },
    })
    expect(
      (await ask(session, { directory: sibling, args: ['--all'] })).report.runners,
    ).toHaveLength(1)
  } finally {
    readdirSync(sibling)
    await import('node:fs/promises').then(({ rmdir }) => rmdir(sibling))
  }
})

test('the socket is of this user alone, and goes with the runner', async () => {
  await using session = await running()
  await session.see('starting')
  await statusOf(session)
  const directory = socketsIn(session)
  const [name = ''] = readdirSync(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
  session.signal('SIGTERM')
  await session.exit
  expect(readdirSync(directory)).toEqual([])
  expect(await ask(session)).toMatchObject({ code: 3, report: { runners: [] } })
})

test('what a runner that was killed has left is removed, and of another machine is not', async () => {
  await using session = await running()
  await session.see('starting')
  await statusOf(session)
  const directory = socketsIn(session)
  const [name = ''] = readdirSync(directory)
  session.signal('SIGKILL')
  await session.exit
  const other = createServer().listen(join(directory, '00000000-1.sock'))
  await new Promise((resolve) => other.once('listening', resolve))
  expect(readdirSync(directory)).toContain(name)
  expect((await ask(session)).code).toBe(3)
  expect(readdirSync(directory)).toEqual(['00000000-1.sock'])
  await new Promise((resolve) => other.close(resolve))
})

test('a directory that others can look into, or that is a link, is not used', async () => {
  await using session = new Session(files)
  const directory = socketsIn(session)
  mkdirSync(session.project.path('elsewhere'))
  mkdirSync(session.project.path('cache/hot-hook'), { recursive: true })
  symlinkSync(session.project.path('elsewhere'), directory)
  const temporary = session.project.path('temporary')
  mkdirSync(temporary)
  const env = { ...caches(session), TMPDIR: temporary }
  await session.run(['server.js'], { env })
  await session.see('listening on port')
  expect(readdirSync(session.project.path('elsewhere'))).toEqual([])
  const [own = ''] = readdirSync(temporary).filter((name) => name.startsWith('hot-hook-'))
  expect(readdirSync(join(temporary, own))).toHaveLength(1)
  chmodSync(join(temporary, own), 0o755)
  const answer = await new Promise((resolve) => {
    execFile(
      process.execPath,
      [bin, 'status'],
      { cwd: session.project.directory, env: { ...process.env, ...env } },
      (error) => resolve(error?.code),
    )
  })
  expect(answer).toBe(3)
})

test('where no socket can be made, the script runs all the same', async () => {
  await using session = new Session(files)
  const file = session.project.path('file')
  writeFileSync(file, '')
  await session.run(['server.js'], { env: { XDG_CACHE_HOME: file, TMPDIR: file } })
  await session.see('listening on port')
  expect(await session.get()).toBe('one')
  expect(existsSync(file)).toBe(true)
})

test.each([
  [
    ['--tiemout=5'],
    "Unknown option '--tiemout'. Usage: hot-runner status [--all] [--timeout=<ms>]",
  ],
  [['--timeout=soon'], '--timeout: expected a number of milliseconds, got "soon".'],
  [['server.js'], 'Usage: hot-runner status'],
])('%j is one clear line', async (args, message) => {
  await using session = new Session(files)
  const { code, error } = await ask(session, { args })
  expect(code).toBe(2)
  expect(error).toContain(`hot-runner: `)
  expect(error).toContain(message)
  expect(error.trimEnd().split('\n')).toHaveLength(1)
})
