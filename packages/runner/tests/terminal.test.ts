import { describe, expect, test } from 'vitest'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'

const enter = '\r'
const esc = '\x1b'
const listens = `process.stdin.on('data', (data) => console.log('got ' + JSON.stringify(String(data))))`

describe('keys on a terminal', () => {
  test('r restarts, rs and Enter is one restart too', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['server.js'])
    await session.see('press h for help')
    await session.see('up one')
    session.type('r')
    await session.see('restarting (r)')
    await session.see('up one')
    session.type(`rs${enter}`)
    await session.see('restarting (r)')
    await session.see('up one')
    session.type('h')
    await session.see('show this help')
    expect(session.count('up one')).toBe(3)
  })

  test('h shows the keys', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    session.type('h')
    await session.see(/r, or rs and Enter +restart/)
    await session.see(/q +quit/)
  })

  test('c clears the screen, and leaves what was there in the scrollback', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    session.type('c')
    await session.see(`${esc}[H${esc}[J`)
    expect(session.output).not.toContain(`${esc}[3J`)
  })

  test('q ends the script and the runner with exit code 0', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    session.type('q')
    expect(await session.exit).toEqual({ code: 0, signal: null })
  })

  test('q after a crash ends with the exit code of the script', async () => {
    await using session = new Session({ 'server.js': 'process.exit(4)' })
    await session.runOnTerminal(['server.js'])
    await session.see('waiting for a save')
    session.type('q')
    expect(await session.exit).toEqual({ code: 4, signal: null })
  })

  test('r starts a crashed script again', async () => {
    await using session = new Session({ 'server.js': 'throw new Error("first")' })
    await session.runOnTerminal(['server.js'])
    await session.see('waiting for a save')
    session.type('r')
    await session.see('Error: first')
    await session.see('waiting for a save')
  })

  test('Ctrl-C reaches the script as one SIGINT, which may shut down in its own way', async () => {
    const shutdown = `process.on('SIGINT', () => { console.log('interrupted'); setTimeout(process.exit, 100, 3) })`
    await using session = new Session({ 'server.js': server('one', shutdown) })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    session.type('\x03')
    expect(await session.exit).toEqual({ code: 3, signal: null })
    expect(session.count('interrupted')).toBe(1)
  })

  test('Ctrl-C reaches everybody in the foreground, as without raw mode', async () => {
    await using session = new Session({ 'server.js': server('one') })
    const neighbour = `node -e "process.on('SIGINT', () => { console.log('me too'); process.exit() }); setInterval(() => {}, 1000); console.log('ready')"`
    await session.terminal('sh', ['-c', `${neighbour} & ${session.command.join(' ')} server.js`])
    await session.seeAll('up one', 'ready', 'press h for help')
    session.type('\x03')
    await session.see('me too')
    await session.exit
  })

  test('any other line reaches the script, echoed and edited', async () => {
    await using session = new Session({ 'server.js': server('one', listens) })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    session.type('db')
    await session.see('db')
    session.type(`x\x7f grow${enter}`)
    await session.see('got "db grow\\n"')
    session.type(`${esc}[A`)
    session.type(`stop${enter}`)
    await session.see('got "stop\\n"')
  })

  test("after r, a line that begins with s is the script's", async () => {
    await using session = new Session({ 'server.js': server('one', listens) })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    session.type('r')
    await session.see('up one')
    session.type(`stop${enter}`)
    await session.see('got "stop\\n"')
    session.type('r')
    await session.see('up one')
    session.type(`start${enter}`)
    await session.see('got "start\\n"')
  })

  test('keys go on working when a script has changed the terminal', async () => {
    const change = `import { spawnSync } from 'node:child_process'
spawnSync('sh', ['-c', 'stty sane <&1'], { stdio: 'inherit' })
process.kill(process.pid, 'SIGKILL')`
    await using session = new Session({ 'server.js': change })
    await session.runOnTerminal(['server.js'])
    await session.see('waiting for a save')
    session.type('h')
    await session.see('show this help')
    session.type('q')
    await session.exit
  })

  test('--no-keys leaves the keyboard to the script, terminal and all', async () => {
    const own = `console.log('terminal ' + process.stdin.isTTY)\n${listens}`
    await using session = new Session({ 'server.js': server('one', own) })
    await session.runOnTerminal(['--no-keys', 'server.js'])
    await session.see('terminal true')
    await session.see('up one')
    session.type(`r${enter}`)
    await session.see('got "r\\n"')
    session.type('\x03')
    await session.exit
  })
})

describe('the terminal is given back as it was', () => {
  const shell = (session: Session) =>
    `trap : INT; before=$(stty -g); ${session.command.join(' ')} server.js; echo code=$?; [ "$(stty -g)" = "$before" ] && echo same || echo changed`

  test.for([
    ['q', 'q'],
    ['Ctrl-C', '\x03'],
  ] as const)('after %s', async ([, key]) => {
    await using session = new Session({ 'server.js': server('one') })
    await session.terminal('sh', ['-c', shell(session)])
    await session.see('up one')
    session.type(key)
    await session.see('code=')
    await session.see('same')
  })

  test.for(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('after %s', async (signal) => {
    await using session = new Session({ 'server.js': server('one') })
    await session.terminal('sh', ['-c', shell(session)])
    await session.see('up one')
    const runner = session
      .processes()
      .find(({ command }) => /^\S+node \S+hot-runner\.js server\.js/.test(command))
    process.kill(runner?.pid ?? 0, signal)
    await session.see('code=')
    await session.see('same')
  })

  test('when the script ends by itself', async () => {
    await using session = new Session({ 'server.js': 'setTimeout(() => {}, 300)' })
    await session.terminal('sh', ['-c', shell(session)])
    await session.see('code=0')
    await session.see('same')
  })

  test('while it is suspended with Ctrl-Z; fg takes it up again', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.terminal('bash', ['--norc', '--noprofile', '-i'])
    session.type(`${session.command.join(' ')} server.js${enter}`)
    const [, pid] = await session.see(/up one (\d+)/)
    session.type('\x1a')
    await session.see('Stopped')
    session.type(`echo alive-$((40 + 2))${enter}`)
    await session.see('alive-42')
    session.type(`fg${enter}`)
    await session.see('fg')
    expect(await session.get()).toBe(`one ${pid}`)
    session.type('q')
    // What is typed before the runner has ended is still typed to the runner.
    await until(
      'the end',
      () => !session.processes().some(({ command }) => /hot-runner\.js/.test(command)),
    )
    session.type(`exit${enter}`)
    await session.exit
  })

  test('when it goes on in the background after Ctrl-Z', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.terminal('bash', ['--norc', '--noprofile', '-i'])
    session.type(`${session.command.join(' ')} server.js${enter}`)
    const [, pid] = await session.see(/up one (\d+)/)
    session.type('\x1a')
    await session.see('Stopped')
    session.type(`bg${enter}`)
    await session.see(/server\.js &/)
    expect(await session.get()).toBe(`one ${pid}`)
    session.type(`jobs${enter}`)
    await session.see(/Running +.*server\.js/)
    session.type(`fg${enter}`)
    await session.see('fg')
    await until('the keys', () => {
      session.type('h')
      return session.output.includes('show this help')
    })
    session.type('q')
    await until(
      'the end',
      () => !session.processes().some(({ command }) => /hot-runner\.js/.test(command)),
    )
    session.type(`exit${enter}`)
    await session.exit
  })

  test('in the background it leaves the terminal alone', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.terminal('bash', ['--norc', '--noprofile', '-i'])
    session.type(`${session.command.join(' ')} server.js &${enter}`)
    await session.see(/up one (\d+)/)
    session.type(`jobs${enter}`)
    await session.see(/Running +.*server\.js/)
    session.type(`kill %1; wait; exit${enter}`)
    await session.exit
  })
})

describe('what is on the screen', () => {
  test('a crash stays on it, also with --clear-screen', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['--clear-screen', 'server.js'])
    await session.see('up one')
    session.project.save('server.js', 'throw new Error("look at me")')
    await session.see('look at me')
    await session.see('waiting for a save')
    session.project.save('server.js', server('two'))
    await session.see('up two')
    const afterError = session.output.split('look at me').at(-1)
    expect(afterError).not.toContain(`${esc}[J`)
    session.type('r')
    await session.see(`${esc}[H${esc}[J`)
    await session.see('up two')
  })

  test('colours on a terminal, none with NO_COLOR, none in a pipe', async () => {
    const colour = `${esc}[3`
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['server.js'])
    await session.see('up one')
    expect(session.output).toContain(colour)
    await using plain = new Session({ 'server.js': server('one') })
    await plain.runOnTerminal(['server.js'], { env: { NO_COLOR: '1' } })
    await plain.see('up one')
    expect(plain.output).not.toContain(colour)
    await using piped = new Session({ 'server.js': server('one') })
    await piped.run(['server.js'])
    await piped.see('up one')
    expect(piped.output).not.toContain(esc)
  })

  test('lines carry the time', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.run(['server.js'])
    await session.see(/\[hot-runner\] \d\d:\d\d:\d\d starting server\.js\n/)
    await session.see(/\[hot-runner\] \d\d:\d\d:\d\d listening on port \d+ after \d+ ms\n/)
  })

  test('the script sees a terminal on stdout, and a change of its size', async () => {
    const size = `console.log('wide ' + process.stdout.columns)
process.stdout.on('resize', () => console.log('resized ' + process.stdout.columns))`
    await using session = new Session({ 'server.js': server('one', size) })
    await session.runOnTerminal(['server.js'])
    await session.see('wide 120')
    await session.see('up one')
    session.resize(90, 30)
    await session.see('resized 90')
  })
})

describe('how much of a program is hot', () => {
  const hot = {
    'server.js': server('one', `import './app.js'`),
    'app.js': 'import.meta.hot?.accept()',
  }

  test('is told once on a terminal, without a runner', async () => {
    await using session = new Session(hot)
    const register = import.meta.resolve('hot-hook/register')
    await session.terminal(process.execPath, ['--import', register, 'server.js'])
    await session.see('[hot-hook] 2 files, 0 boundaries, app.js accepts itself')
  })

  test('is told once by the runner, also when the script has started again', async () => {
    await using session = new Session(hot)
    await session.runOnTerminal(['server.js'])
    await session.see('2 files, 0 boundaries, app.js accepts itself')
    session.type('r')
    await session.see('restarting (r)')
    await session.see('listening on')
    expect(session.count('2 files')).toBe(1)
    expect(session.count('[hot-hook]')).toBe(0)
  })
})
