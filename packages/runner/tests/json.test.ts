import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseCommand } from '../src/cli.ts'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'

const bin = fileURLToPath(new URL('../bin/hot-runner.js', import.meta.url))
const script = { 'server.js': "console.log('said'); process.exitCode = 0" }

function events(lines: string): string[] {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: string }).event)
}

test('--json=<file>: each event is a line of JSON, from the start to the end', async () => {
  await using session = new Session({ 'server.js': server('one') })
  await session.run(['--json=events.ndjson', 'server.js'])
  await session.seeAll('up one', 'listening on port', /\d+ file/)
  session.signal('SIGTERM')
  await session.exit
  const lines = session.project.read('events.ndjson')
  expect(events(lines).toSorted()).toEqual(['exit', 'hot', 'listening', 'start'])
  expect(events(lines).at(-1)).toBe('exit')
})

function start(session: Session, args: string[], stdio: ('pipe' | 'ignore')[]): ChildProcess {
  const { directory: cwd } = session.project
  const env = { ...process.env, HOT_RUNNER_TEST: cwd, PORT: '0' }
  return spawn(process.execPath, [bin, ...args], { cwd, env, stdio })
}

test('--json: stdout has the events alone, and what the script prints is on stderr', async () => {
  await using session = new Session(script)
  const child = start(session, ['--json', 'server.js'], ['ignore', 'pipe', 'pipe'])
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, error] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  expect(events(out).filter((event) => event !== 'hot')).toEqual(['start', 'exit'])
  expect(error).toContain('said\n')
})

test('--json=fd:3: the events go to an open descriptor', async () => {
  await using session = new Session(script)
  const child = start(session, ['--json=fd:3', 'server.js'], ['ignore', 'pipe', 'pipe', 'pipe'])
  const [, out, , pipe] = child.stdio
  if (!out || !pipe || !('read' in out) || !('read' in pipe)) throw new Error('no pipes')
  const [printed, lines] = await Promise.all([text(out), text(pipe), once(child, 'exit')])
  expect(events(lines).filter((event) => event !== 'hot')).toEqual(['start', 'exit'])
  expect(printed).toBe('said\n')
})

test('a descriptor of a file is written to as well', async () => {
  await using session = new Session(script)
  const file = session.project.path('events.ndjson')
  const descriptor = openSync(file, 'w')
  const { directory: cwd } = session.project
  const child = spawn(process.execPath, [bin, '--json=fd:3', 'server.js'], {
    cwd,
    env: { ...process.env, HOT_RUNNER_TEST: cwd },
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  })
  closeSync(descriptor)
  await once(child, 'exit')
  expect(events(readFileSync(file, 'utf8')).filter((event) => event !== 'hot')).toEqual([
    'start',
    'exit',
  ])
})

test('a reader that goes away does not end the script', async () => {
  await using session = new Session({
    'server.js': server('one', "import './config.js'"),
    'config.js': '',
  })
  const child = start(session, ['--json=fd:3', 'server.js'], ['ignore', 'ignore', 'pipe', 'pipe'])
  child.stdio[3]?.destroy()
  let printed = ''
  const restarted = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk) => {
      printed += String(chunk)
      if (/listening/.test(printed) && !/full reload/.test(printed))
        session.project.save('config.js', '// saved')
      if (/full reload[\s\S]*listening/.test(printed)) resolve()
    })
  })
  await restarted
  child.kill()
  await once(child, 'exit')
})

test.each([
  [['--json=', 'a.js'], '--json: expected a file or an open descriptor, as fd:3, got "".'],
  [['--json=fd:2', 'a.js'], '--json: expected a file or an open descriptor, as fd:3, got "fd:2".'],
  [['--json=fd:x', 'a.js'], '--json: expected a file or an open descriptor, as fd:3, got "fd:x".'],
])('%j is one clear line', (args, message) => {
  expect(() => parseCommand(args)).toThrow(message)
})

test.each([
  [
    '--json=no/such/directory/events.ndjson',
    /--json=no\/such\/directory\/events\.ndjson cannot be written to: ENOENT/,
  ],
  ['--json=fd:73', /--json=fd:73 cannot be written to: EBADF/],
])(
  '%s, which cannot be written to, is one clear line, and nothing is started',
  async (option, message) => {
    await using session = new Session(script)
    await session.run([option, 'server.js'])
    expect(await session.exit).toEqual({ code: 2, signal: null })
    expect(session.output).toMatch(message)
    expect(session.output.trimEnd().split('\n')).toHaveLength(1)
  },
)
