import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'

const bin = fileURLToPath(new URL('../bin/hot-runner.js', import.meta.url))

const files = {
  'server.js': `import http from 'node:http'
import app from './app.js'
import { config } from './config.js'
console.log('said by the script', config)
http.createServer(app).listen(Number(process.env.PORT))
`,
  'app.js': `import './users.js'\nimport './job.js'\nexport default (request, response) => response.end()`,
  'users.js': '',
  'config.js': `import './names.js'\nexport const config = 'red'`,
  'names.js': '',
  'job.js': 'import.meta.hot?.accept()',
  'later.js': '',
}

const advice = [
  'app.js is imported by server.js. It is hot with these lines in server.js:',
  '  line 5: http.createServer((...args) => app(...args)).listen(Number(process.env.PORT))',
  "  below line 3: import.meta.hot?.accept('./app.js')",
]

/** What a command prints, and how it ends. */
async function ask(session: Session, args: string[]) {
  await session.run(args)
  const exit = await session.exit
  return { ...exit, output: session.output }
}

describe('hot-runner doctor', () => {
  test('tells what a save of each file does, grouped by what would make it hot', async () => {
    await using session = new Session(files)
    const { code, output } = await ask(session, ['doctor', 'server.js'])
    expect(output).toBe(`6 files: a save of 1 is hot, of 5 restarts

2 files restart: app.js, users.js
  ${advice.join('\n  ')}

2 files restart: config.js, names.js
  config.js is imported by server.js, which has to use the new one. It is hot with one of these in server.js:
    line 4 uses it once: console.log('said by the script', config)
    import.meta.hot?.accept('./config.js', (next) => { … }), which puts the new one in place of the old
    import('./config.js') in the function that handles a request or a job, and nowhere else

1 file restarts: server.js
  server.js is the entry, which starts everything and is not hot itself:
    move what changes to a module of its own, and import() that in the function that handles a request or a job

What is loaded by a later import() is not among them.
`)
    expect(code).toBe(0)
    await session.expectNothingLeft()
  })

  test('as data, for the main of the package', async () => {
    await using session = new Session({
      ...files,
      'package.json': '{"type":"module","main":"server.js"}',
    })
    const { code, output } = await ask(session, ['doctor', '--json'])
    const { hot, restart, files: explained } = JSON.parse(output)
    expect({ code, hot, restart }).toEqual({ code: 0, hot: 1, restart: 5 })
    expect(explained.find(({ file }: { file: string }) => file.endsWith('users.js'))).toEqual({
      file: session.project.path('users.js'),
      outcome: 'full-reload',
      boundaries: [],
      chain: ['users.js', 'app.js', 'server.js'].map((name) => session.project.path(name)),
      advice: advice.join('\n'),
    })
  })

  test('asks the script that a runner runs here, and starts none', async () => {
    await using session = new Session({
      ...files,
      'server.js': `${files['server.js']}\nprocess.on('message', () => import('./later.js'))`,
    })
    const env = { XDG_CACHE_HOME: session.project.path('cache') }
    await session.run(['server.js'], { env, channel: true })
    await session.see('listening on port')
    await session.see(/\d+ files/)
    session.send('go on')
    const answers = async (...args: string[]) =>
      execFileSync(process.execPath, [bin, ...args], {
        cwd: session.project.directory,
        env: { ...process.env, ...env },
        encoding: 'utf8',
      })
    await until('what is loaded by now', async () =>
      (await answers('explain', 'later.js')).includes('A save of later.js is hot'),
    )
    for (const script of [[], ['server.js'], [session.project.path('server.js')]]) {
      expect(await answers('doctor', ...script)).toMatch(/^7 files: a save of 2 is hot/)
    }
    expect(session.count('said by the script')).toBe(1)
    // Another script is started.
    session.project.save('other.js', 'setInterval(() => {}, 1e6)')
    expect(await answers('doctor', 'other.js')).toMatch(/^1 file: a save of 0 is hot/)
  })

  test('a port that is taken is one line', async () => {
    await using session = new Session(files)
    const other = createServer()
    await session.run(['doctor', 'server.js'], {
      before: (port) => new Promise((resolve) => other.listen(port, resolve)),
    })
    expect((await session.exit).code).toBe(2)
    other.close()
    expect(session.output).toContain(
      `hot-runner: server.js cannot listen: port ${session.port} is taken. Stop what listens there`,
    )
  })

  test('says why it cannot tell', async () => {
    await using session = new Session({ 'server.js': `throw new Error('not today')` })
    const { code, output } = await ask(session, ['doctor', 'server.js'])
    expect(code).toBe(2)
    expect(output).toContain('server.js ended with exit code 1 before it could be asked\n')
    expect(output).toContain('Error: not today')
  })

  test.each([
    [
      ['doctor'],
      'Which script? No hot-runner runs here, and package.json names no "main": hot-runner doctor server.ts',
    ],
    [['doctor', 'no.js'], 'does not exist'],
    [['explain'], 'explain needs a file: hot-runner explain app.ts'],
    [['explain', 'no.js', 'server.js'], 'There is no file '],
  ])('%j is one clear line', async (args, text) => {
    await using session = new Session({ 'server.js': '' })
    const { code, output } = await ask(session, args)
    expect(code).toBe(2)
    expect(output).toMatch(/^hot-runner: .*\n$/)
    expect(output).toContain(text)
  })
})

describe('hot-runner explain', () => {
  test.each([
    [
      'users.js',
      `A save of users.js restarts the process: users.js → app.js → server.js\n  ${advice.join('\n  ')}\n`,
    ],
    ['job.js', 'A save of job.js is hot, it stops at job.js.\n'],
    [
      'later.js',
      'later.js is not loaded by the program, or not yet: a save of it does nothing until it is.\n',
    ],
  ])('%s', async (file, text) => {
    await using session = new Session(files)
    const args = ['explain', '--import', 'data:text/javascript,', file, 'server.js']
    const { code, output } = await ask(session, args)
    expect(output).toBe(text)
    expect(code).toBe(0)
  })

  test('as data', async () => {
    await using session = new Session({ 'server.js': server('one') })
    const { output } = await ask(session, ['explain', '--json', 'server.js', 'server.js'])
    expect(JSON.parse(output)).toMatchObject({
      file: session.project.path('server.js'),
      outcome: 'full-reload',
    })
  })
})
