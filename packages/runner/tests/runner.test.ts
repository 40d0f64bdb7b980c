import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { Runner, type RunnerOptions, RunnerOptionsError } from '../dist/index.js'
import { isAlive } from './support/processes.ts'
import { Project } from './support/project.ts'
import { until } from './support/until.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const waits = `console.log('up'); setInterval(() => {}, 1000)`

function project(files: Record<string, string>): Project {
  const made = new Project(files)
  cleanups.push(() => made.remove())
  return made
}

function runnerOf(files: Record<string, string>, options: Partial<RunnerOptions> = {}) {
  const made = project(files)
  const runner = new Runner({ script: 'a.js', cwd: made.directory, stdio: 'pipe', ...options })
  let output = ''
  runner.on('start', ({ stdout }) => stdout?.on('data', (chunk) => (output += String(chunk))))
  cleanups.push(() => runner.stop())
  return { runner, project: made, see: (text: string) => until(text, () => output.includes(text)) }
}

describe('the programmatic API', () => {
  test('start, restart and stop, with their events', async () => {
    const { runner, see } = runnerOf({ 'a.js': waits })
    const pids: (number | undefined)[] = []
    runner.on('start', ({ pid, count }) => expect(pids.push(pid)).toBe(count))
    await runner.start()
    await see('up')
    expect(runner.pid).toBe(pids[0])
    const restarted = once(runner, 'restart')
    runner.restart('because')
    runner.restart('again')
    expect(await restarted).toEqual([{ reason: { kind: 'asked', text: 'because' } }])
    await until('the second start', () => pids.length === 2)
    const exited = once(runner, 'exit')
    expect(await runner.stop()).toEqual({ code: null, signal: 'SIGTERM' })
    expect(await exited).toEqual([{ code: null, signal: 'SIGTERM' }])
    expect(runner.pid).toBeUndefined()
    expect(pids.map((pid) => isAlive(pid ?? 0))).toEqual([false, false])
  })

  test('full reloads, updates, listening and messages of the application are events', async () => {
    const { runner } = runnerOf({
      'a.js': `import http from 'node:http'
http.createServer().listen(0, '127.0.0.1', () => {
  process.send({ type: 'mine' })
  process.send({ type: 'hot-hook:updated', files: ['/f'], modules: ['/f', '/g'], durationMs: 1.5 })
  process.send({ type: 'hot-hook:full-reload', path: '/f', shouldBeReloadable: true })
})`,
    })
    const events = Promise.all([
      once(runner, 'listening'),
      once(runner, 'message'),
      once(runner, 'update'),
      once(runner, 'fullReload'),
      once(runner, 'restart'),
    ])
    await runner.start()
    const [[listening], message, update, fullReload, restart] = await events
    expect(listening).toMatchObject({ address: '127.0.0.1', port: expect.any(Number) })
    expect(message).toEqual([{ type: 'mine' }])
    expect(update).toEqual([
      { files: ['/f'], modules: ['/f', '/g'], boundaries: [], durationMs: 1.5 },
    ])
    const reason = { path: '/f', chain: [], shouldBeReloadable: true, reason: '' }
    expect(fullReload).toEqual([reason])
    expect(restart).toEqual([{ reason: { kind: 'full-reload', ...reason } }])
  })

  test('a crash is an event; a save starts the script again', async () => {
    const { runner, project, see } = runnerOf({ 'a.js': 'process.exit(3)' })
    const crash = once(runner, 'crash')
    await runner.start()
    expect(await crash).toMatchObject([{ code: 3, signal: null, oldServes: false, waits: true }])
    expect(runner.crashed).toEqual({ code: 3, signal: null })
    project.save('a.js', waits)
    await see('up')
    expect(runner.crashed).toBeUndefined()
  })

  test('a script that ends by itself ends the runner', async () => {
    const { runner } = runnerOf({ 'a.js': '' })
    const exited = once(runner, 'exit')
    await runner.start()
    expect(await exited).toEqual([{ code: 0, signal: null }])
  })

  test('env and cwd reach the script, stdin through input', async () => {
    const { runner, see } = runnerOf(
      {
        'a.js': `console.log(process.env.COLOR, process.env.PATH, process.cwd())
process.stdin.on('data', (data) => console.log('got ' + data))`,
      },
      { env: { COLOR: 'red', PATH: undefined }, stdin: 'pipe' },
    )
    await runner.start()
    await see(`red undefined ${runner.options.cwd}`)
    runner.input.write('hello')
    await see('got hello')
    runner.restart()
    await once(runner, 'start')
    runner.input.write('world')
    await see('got world')
  })

  test('a runner is started once', async () => {
    const { runner } = runnerOf({ 'a.js': waits })
    await runner.start()
    await expect(runner.start()).rejects.toThrow('make a new one')
  })

  test('stop before start, and twice, resolves', async () => {
    const { runner } = runnerOf({ 'a.js': waits })
    expect(await runner.stop()).toEqual({ code: 0, signal: null })
    expect(await runner.stop()).toEqual({ code: 0, signal: null })
  })
})

test.for([
  [{ script: '' }, 'script: expected a path'],
  [{ script: 'none.js' }, 'none.js does not exist'],
  [{ cwd: '/no/such/place' }, 'cwd: there is no directory /no/such/place'],
  [{ killTimeout: Number.NaN }, 'killTimeout: expected a number of milliseconds'],
  [{ killTimeout: '5' }, 'killTimeout: expected a number of milliseconds'],
  [{ poll: 'x' }, 'poll: expected a number of milliseconds'],
  [{ handoff: 1 }, 'handoff: expected true or false, got 1'],
  [{ nodeArgs: 'x' }, 'nodeArgs: expected an array of strings, got "x"'],
  [{ scriptArgs: [1] }, 'scriptArgs: expected an array of strings'],
  [{ stdin: 'tty' }, `stdin: expected 'inherit', 'pipe' or 'ignore', got "tty"`],
  [{ nodeArgs: ['--watch'] }, '--watch cannot be used'],
  [{ killTimout: 1 }, 'Unknown option "killTimout". Known: script,'],
] as const)('a wrong option is one clear error: %j', ([wrong, message]) => {
  const { directory } = project({ 'a.js': '' })
  const options: object = { script: 'a.js', cwd: directory, ...wrong }
  expect(() => new Runner(options as RunnerOptions)).toThrow(RunnerOptionsError)
  const code = 'ERR_HOT_HOOK_RUNNER_OPTIONS'
  expect(() => new Runner(options as RunnerOptions)).toThrow(expect.objectContaining({ code }))
  expect(() => new Runner(options as RunnerOptions)).toThrow(message)
})
