import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'

const fullReload = new URL('../../src/reload/full-reload.ts', import.meta.url).href
const logModule = new URL('../../src/log/log.ts', import.meta.url).href
const canRestart = process.platform !== 'win32'

let directory: string
const children = new Set<ChildProcess>()

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-restart-')))
})

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  children.clear()
  rmSync(directory, { recursive: true, force: true })
})

/** A program that knows whether it is its second start, and can restart itself. */
function program(body: string, name = 'app.mjs'): string {
  const marker = JSON.stringify(join(directory, 'started'))
  const source = `
    import { existsSync, writeFileSync } from 'node:fs'
    import { cannotRestartInPlace, prepareRestart } from ${JSON.stringify(fullReload)}
    import { Log } from ${JSON.stringify(logModule)}
    const isSecond = existsSync(${marker})
    writeFileSync(${marker}, '')
    const restart = async () => prepareRestart({ log: new Log('info') })()
    const say = (value) => console.log(JSON.stringify(value))
    ${body}
  `
  writeFileSync(join(directory, name), source)
  return name
}

function start(args: string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: directory, ...options })
  children.add(child)
  return child
}

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
  lines: Record<string, unknown>[]
}

async function outcome(child: ChildProcess): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(30_000) })
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  return { code, stdout, stderr, lines }
}

describe.runIf(canRestart)('a restart in place', () => {
  test('is the same process with the same arguments, whatever the program made of them', async () => {
    const app = program(`
      const { pid, argv, execArgv } = process
      say({ pid, argv: argv.slice(1), execArgv, cwd: process.cwd() })
      if (isSecond) process.exit(7)
      process.argv.length = 1
      process.execArgv.length = 0
      process.chdir('/')
      await restart()
    `)
    const child = start(['--stack-trace-limit=12', '--enable-source-maps', app, '--port', '80 80'])
    const { code, lines } = await outcome(child)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toEqual({
      pid: child.pid,
      argv: [join(directory, app), '--port', '80 80'],
      execArgv: ['--stack-trace-limit=12', '--enable-source-maps'],
      cwd: directory,
    })
    expect(lines[1]).toEqual(lines[0])
    expect(code).toBe(7)
  })

  test('loses no output that a pipe still buffers', async () => {
    const size = 4 * 1024 * 1024
    const app = program(`
      if (isSecond) {
        process.stdout.write('second')
      } else {
        process.stdout.write('a'.repeat(${size}))
        process.stderr.write('b'.repeat(${size}))
        await restart()
      }
    `)
    const { stdout, stderr } = await outcome(start([app]))
    expect(stdout.length).toBe(size + 'second'.length)
    expect(stdout.endsWith('second')).toBe(true)
    expect(stderr.match(/b+/)?.[0].length).toBe(size)
  })

  test('says nothing of execve on stderr and hides no warning of the application', async () => {
    const app = program(`
      process.emitWarning(isSecond ? 'after' : 'before')
      if (!isSecond) await restart()
    `)
    const { stderr, code } = await outcome(start([app]))
    expect(code).toBe(0)
    expect(stderr).toMatch(/Warning: before/)
    expect(stderr).toMatch(/Warning: after/)
    expect(stderr).not.toContain('execve')
  })

  test('frees the port that the server listened on', async () => {
    const port = await freePort()
    const app = program(`
      import { createServer } from 'node:http'
      const server = createServer((request, response) => {
        response.end(\`\${process.pid} \${isSecond ? 'second' : 'first'}\`)
        if (request.url === '/restart') void restart()
      })
      server.listen(${port}, '127.0.0.1', () => say({ listening: true }))
    `)
    const child = start([app])
    const url = `http://127.0.0.1:${port}`
    const listening = await linesOf(child)
    await listening(1)
    expect(await text(url)).toBe(`${child.pid} first`)
    await text(`${url}/restart`)
    await listening(2)
    expect(await text(url)).toBe(`${child.pid} second`)
  })

  test('gives .env files their new values, however they were loaded', async () => {
    writeFileSync(join(directory, '.env'), 'FROM_ENV=old\nSHADOWED=file\n')
    writeFileSync(join(directory, 'loaded.env'), 'FROM_LOADED=old\n')
    const app = program(`
      process.loadEnvFile('loaded.env')
      process.env.FROM_DOTENV ??= isSecond ? 'new' : 'old'
      const { FROM_ENV, FROM_LOADED, FROM_DOTENV, SHADOWED, FROM_SHELL } = process.env
      say({ FROM_ENV, FROM_LOADED, FROM_DOTENV, SHADOWED, FROM_SHELL })
      if (!isSecond) {
        writeFileSync('.env', 'FROM_ENV=new\\nSHADOWED=file2\\n')
        writeFileSync('loaded.env', 'FROM_LOADED=new\\n')
        await restart()
      }
    `)
    const env = { ...process.env, FROM_SHELL: 'a=b\nc', SHADOWED: 'shell' }
    const { lines } = await outcome(start(['--env-file', '.env', app], { env }))
    const shell = { FROM_SHELL: 'a=b\nc', SHADOWED: 'shell' }
    expect(lines).toEqual([
      { FROM_ENV: 'old', FROM_LOADED: 'old', FROM_DOTENV: 'old', ...shell },
      { FROM_ENV: 'new', FROM_LOADED: 'new', FROM_DOTENV: 'new', ...shell },
    ])
  })

  test('works in a process whose channel to its parent was closed', async () => {
    const app = program(`
      say({ isSecond, connected: process.connected === true })
      if (!isSecond) {
        process.disconnect()
        await restart()
      }
    `)
    const child = fork(join(directory, app), { cwd: directory, silent: true, execArgv: [] })
    children.add(child)
    const { lines, code } = await outcome(child)
    expect(lines).toEqual([
      { isSecond: false, connected: true },
      { isSecond: true, connected: false },
    ])
    expect(code).toBe(0)
  })

  test('fails, and leaves the process running, when Node.js itself was removed', async () => {
    const app = program(`
      Object.defineProperty(process, 'execPath', { value: '/no/such/node' })
      const { message } = await restart().catch((error) => error)
      say({ message, reason: cannotRestartInPlace() })
    `)
    const reason = '/no/such/node cannot be executed any more'
    const message = `Hot Hook cannot restart in place: ${reason}`
    const { lines, code } = await outcome(start([app]))
    expect(lines).toEqual([{ message, reason }])
    expect(code).toBe(0)
  })

  test('fails, and leaves the process where it was, when its first directory is gone', async () => {
    const app = program(`
      import { mkdirSync, rmSync } from 'node:fs'
      mkdirSync('../elsewhere')
      process.chdir('../elsewhere')
      rmSync('../first', { recursive: true })
      const { code } = await restart().catch((error) => error)
      say({ code, cwd: process.cwd() })
    `)
    mkdirSync(join(directory, 'first'))
    const child = start([join(directory, app)], { cwd: join(directory, 'first') })
    const { lines } = await outcome(child)
    expect(lines).toEqual([{ code: 'ENOENT', cwd: join(directory, 'elsewhere') }])
  })
})

describe.runIf(canRestart)('cannotRestartInPlace', () => {
  const ask = `
    import(${JSON.stringify(fullReload)}).then(async ({ cannotRestartInPlace, prepareRestart }) => {
      const reason = cannotRestartInPlace()
      const log = { debug() {} }
      const restart = async () => prepareRestart({ log })()
      const error = reason && (await restart().catch(({ message }) => message))
      console.log(JSON.stringify({ reason, error }))
    })
  `

  test('has no reason for a script', async () => {
    writeFileSync(join(directory, 'ask.mjs'), ask)
    expect((await outcome(start(['ask.mjs']))).lines).toEqual([{}])
  })

  test.each([[['-e', ask]], [['--eval', ask, 'argument']], [[`--eval=${ask}`]]])(
    'says that code from the command line cannot be (%#)',
    async (args) => {
      const reason = 'the program was given on the command line (--eval)'
      const error = `Hot Hook cannot restart in place: ${reason}`
      expect((await outcome(start(args))).lines).toEqual([{ reason, error }])
    },
  )

  test.each([[[]], [['-', 'argument']]])(
    'says that a program from stdin cannot be (%j)',
    async (args) => {
      const child = start(args)
      child.stdin?.end(ask)
      const { lines } = await outcome(child)
      expect(lines).toMatchObject([{ reason: 'the program came from stdin' }])
    },
  )

  test('says that a worker thread cannot be', async () => {
    writeFileSync(join(directory, 'ask.mjs'), ask)
    writeFileSync(
      join(directory, 'main.mjs'),
      `import { Worker } from 'node:worker_threads'
       new Worker(new URL('./ask.mjs', import.meta.url))`,
    )
    const { lines } = await outcome(start(['main.mjs']))
    expect(lines).toMatchObject([{ reason: 'this is a worker thread' }])
  })
})

/** Resolves when the program has said so many lines. */
async function linesOf(child: ChildProcess): Promise<(count: number) => Promise<void>> {
  let seen = 0
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen += text.split('\n').length - 1
  })
  return (count) => expect.poll(() => seen, { timeout: 20_000 }).toBe(count)
}

async function text(url: string): Promise<string> {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return response.text()
}
