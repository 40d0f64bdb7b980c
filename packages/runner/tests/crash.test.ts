import { mkdirSync, renameSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'

const waiting = 'waiting for a save'

describe('a crash is survived', () => {
  test('an exception at start stays on screen, and a save of the file brings the server back', async () => {
    await using session = new Session({
      'server.js': `${server('one')}\nthrow new Error('broken')`,
    })
    await session.run(['server.js'])
    await session.see('Error: broken')
    await session.see('crashed (exit code 1)')
    await session.see(waiting)
    session.project.save('server.js', server('two'))
    await session.see('up two')
    expect(await session.get()).toMatch(/^two /)
    expect(session.output).toContain('Error: broken')
  })

  test('a syntax error in an imported file is healed by a save of that file', async () => {
    await using session = new Session({
      'server.js': server('one', "import './lib/part.js'"),
      'lib/part.js': 'const = 3',
    })
    await session.run(['server.js'])
    await session.see('SyntaxError')
    await session.see(waiting)
    session.project.save('lib/part.js', 'export {}')
    await session.see('lib/part.js was saved')
    await session.see('up one')
  })

  test('a syntax error in TypeScript is healed by a save', async () => {
    await using session = new Session({ 'server.ts': 'let x: = 3' })
    await session.run(['server.ts'])
    await session.see(waiting)
    session.project.save('server.ts', server('typed', 'let x: number = 3; void x'))
    await session.see('up typed')
  })

  test('a missing import is healed when the file appears, in a directory that was missing too', async () => {
    await using session = new Session({ 'server.js': server('one', "import './new/deep/part.js'") })
    await session.run(['server.js'])
    await session.see('ERR_MODULE_NOT_FOUND')
    await session.see(waiting)
    session.project.save('new/deep/part.js', 'export {}')
    await session.see('up one')
  })

  test('a file outside of the package that the error names is watched', async () => {
    await using other = new Session({ 'part.js': `throw new Error('from outside')` })
    await using session = new Session({
      'server.js': server('one', `import ${JSON.stringify(other.project.path('part.js'))}`),
    })
    await session.run(['server.js'])
    await session.see(waiting)
    other.project.save('part.js', 'export {}')
    await session.see('up one')
  })

  test('process.exit(1) and a signal are crashes', async () => {
    await using session = new Session({ 'server.js': 'process.exit(1)' })
    await session.run(['server.js'])
    await session.see('crashed (exit code 1)')
    await session.see(waiting)
    session.project.save('server.js', `process.kill(process.pid, 'SIGKILL')`)
    await session.see('crashed (killed by SIGKILL)')
    await session.see(waiting)
    session.project.save('server.js', server('two'))
    await session.see('up two')
  })

  test.each([
    ['an import of .js that is .ts', "import './part.js'", 'part.ts'],
    ['an import without extension', "import './part'", 'part.ts'],
    ['an import of a directory', "import './part'", 'part/index.ts'],
    ['syntax that is not only stripped', 'enum Color { Red }', 'part.ts'],
  ])('TypeScript that Node alone cannot load names a loader: %s', async (_, statement, file) => {
    await using session = new Session({
      'server.ts': `${statement}\nconsole.log('up')`,
      [file]: 'export {}',
    })
    await session.run(['server.ts'])
    await session.see('crashed (exit code 1)')
    await session.see('npm i -D tsx, then hot-runner --import=tsx server.ts')
    await session.see(waiting)
  })

  test('no loader is named for a file that is not there in any form', async () => {
    await using session = new Session({ 'server.ts': "import './part.js'" })
    await session.run(['server.ts'])
    await session.see('crashed (exit code 1)')
    await session.see(waiting)
    expect(session.output).not.toContain('npm i')
  })

  test('a crash long after the start, with a rejection nobody handles', async () => {
    await using session = new Session({
      'server.js': server(
        'one',
        `process.stdin.on('data', () => Promise.reject(new Error('late')))`,
      ),
    })
    await session.run(['server.js'])
    await session.see('up one')
    session.type('now\n')
    await session.see('Error: late')
    await session.see(waiting)
    session.project.save('server.js', server('two'))
    await session.see('up two')
  })

  test('an editor that writes a temporary file and renames it over is a save', async () => {
    await using session = new Session({ 'server.js': 'throw 1' })
    await session.run(['server.js'])
    await session.see(waiting)
    session.project.save('server.js.tmp', server('two'))
    renameSync(session.project.path('server.js.tmp'), session.project.path('server.js'))
    await session.see('up two')
  })

  test('a save made while the script was crashing is not lost', async () => {
    await using session = new Session({
      'server.js': `import './part.js'
await new Promise((resolve) => process.stdin.once('data', resolve))
throw new Error('old')`,
      'part.js': 'console.log("ready one")',
    })
    await session.run(['--import', './unhooked.js', 'server.js'])
    await session.see('crashed (exit code 1)')
    session.project.save('unhooked.js', '')
    await session.see('ready one')
  })

  test('a script that writes its own sources and crashes is not started for ever', async () => {
    await using session = new Session({
      'server.js': `import { writeFileSync } from 'node:fs'
writeFileSync(new URL('./generated.js', import.meta.url), String(Math.random()))
throw new Error('run ' + process.pid)`,
    })
    await session.run(['server.js'])
    // Three late saves in a row count, as they may be the user's; what follows does not.
    for (const _ of [1, 2, 3]) await session.see('generated.js was saved')
    await session.see(waiting)
    session.project.save('server.js', server('two'))
    await session.see('up two')
    expect(session.count('Error: run')).toBe(4)
  })

  /** Says so when it is about to end, and takes its time: what is saved then is saved late. */
  const ending = `process.on('exit', () => {
  console.log('ending')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
})
`

  test('a save that only a process before has missed does not start the script again', async () => {
    const config = (text: string) => `${text}\nexport const config = 1`
    await using session = new Session({
      'server.js': `import http from 'node:http'
import './config.js'
const server = http.createServer(async (_, response) => {
  response.end((await import('./app.js')).default)
})
server.listen(Number(process.env.PORT), () => console.log('up'))`,
      'config.js': config(''),
      'app.js': "export default 'one'",
    })
    await session.run(['server.js'])
    await session.see('up')
    expect(await session.get()).toBe('one')
    session.project.save('app.js', "export default 'two'")
    await session.see('app.js is new at its next import()')
    session.project.save('config.js', config("throw new Error('broken')"))
    await session.see(waiting)
    session.project.save('config.js', config('// good'))
    await session.see('config.js was saved')
    await session.see('up')
    expect(session.count('was saved')).toBe(1)
    expect(session.count('crashed')).toBe(1)
  })

  test('late saves in a row are all seen, also in a script that crashes each time', async () => {
    await using session = new Session({ 'server.js': `${ending}throw new Error('run 0')` })
    await session.run(['server.js'])
    for (const run of [1, 2, 3]) {
      await session.see('ending')
      session.project.save(
        'server.js',
        run === 3 ? server('healed') : `${ending}throw new Error('run ${run}')`,
      )
      await session.see('server.js was saved')
    }
    await session.see('up healed')
  })

  test('late saves are seen after each of many runs that were good', async () => {
    const crashing = (text: string) =>
      `${ending}${server(text)}\nprocess.stdin.on('data', () => { throw new Error('told to') })`
    await using session = new Session({ 'server.js': crashing('0') })
    await session.run(['server.js'])
    for (const run of [1, 2, 3, 4, 5]) {
      await session.see(`up ${run - 1}`)
      session.project.save('part.js', '')
      session.type('rs\n')
      await session.see(`up ${run - 1}`)
      session.type('crash\n')
      await session.see('Error: told to')
      session.project.save('server.js', crashing(String(run)))
    }
    await session.see('up 5')
  })

  test.each(['server.js', 'part.js'])(
    'a save of %s during a busy start-up that then throws is not lost',
    async (file) => {
      const busy = `console.log('busy')
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
throw new Error('old')`
      const entry = (text: string) => server(text, `import './part.js'`)
      await using session = new Session(
        file === 'server.js'
          ? { 'server.js': busy, 'part.js': '' }
          : { 'server.js': entry('one'), 'part.js': busy },
      )
      await session.run(['server.js'])
      for (const round of [1, 2, 3]) {
        await session.see('busy')
        const healed = file === 'server.js' ? entry('healed') : ''
        session.project.save(file, round === 3 ? healed : `${busy}\n// ${round}`)
        await session.see('Error: old')
        await session.see(`${file} was saved`)
      }
      await session.see(file === 'server.js' ? 'up healed' : 'up one')
    },
  )

  test('a port that is taken is one line, and a save tries again when it is free', async () => {
    await using session = new Session({ 'server.js': server('one') })
    const other = createServer()
    await session.run(['server.js'], {
      before: (port) => new Promise((resolve) => other.listen(port, () => resolve())),
    })
    await session.see(`server.js cannot listen: port ${session.port} is taken`)
    await session.see('free the port, then save a file')
    expect(session.output).not.toContain('EADDRINUSE')
    await new Promise((resolve) => other.close(resolve))
    session.project.save('server.js', server('two'))
    await session.see('up two')
  })

  test('--exit-on-crash ends with the exit code of the script', async () => {
    await using session = new Session({ 'server.js': 'process.exit(7)' })
    await session.run(['--exit-on-crash', 'server.js'])
    expect(await session.exit).toEqual({ code: 7, signal: null })
    expect(session.output).not.toContain(waiting)
  })

  test('files in node_modules and files that are no source do not start it', async () => {
    await using session = new Session({ 'server.js': 'throw 1' })
    mkdirSync(session.project.path('node_modules/x'), { recursive: true })
    await session.run(['server.js'])
    await session.see(waiting)
    session.project.save('node_modules/x/index.js', '')
    session.project.save('notes.txt', '')
    session.project.save('last.js', '')
    await session.see('last.js was saved')
    await session.see(waiting)
    expect(session.count('was saved')).toBe(1)
  })

  test('the directory that the project lies in may have any name', async () => {
    await using session = new Session({
      'node_modules/mine/package.json': '{ "type": "module" }',
      'node_modules/mine/server.js': 'throw 1',
    })
    await session.run(['node_modules/mine/server.js'])
    await session.see(waiting)
    session.project.save('node_modules/mine/other.js', '')
    await session.see('other.js was saved')
    await session.see(waiting)
  })

  test('polling finds a save where the system sends no events', async () => {
    await using session = new Session({ 'server.js': 'throw 1' })
    await session.run(['--poll=50', 'server.js'])
    await session.see(waiting)
    session.project.save('server.js', server('two', 'console.log(process.env.CHOKIDAR_USEPOLLING)'))
    await session.see('true')
    await session.see('up two')
  })
})

test('a crash loop: 50 alternating broken and good saves, the server is back after each good one', async () => {
  await using session = new Session({ 'server.js': server('start') })
  await session.run(['server.js'])
  await session.see('up start')
  const broken = ['null.none', 'throw new Error("no")', 'import "./missing.js"', 'process.exit(1)']
  for (let round = 0; round < 25; round++) {
    session.project.save('server.js', `${broken[round % broken.length]}\n// ${round}`)
    await session.see(waiting)
    session.project.save('server.js', server(`round${round}`))
    await session.see(`up round${round} `)
    expect(await session.get()).toMatch(new RegExp(`^round${round} `))
  }
})
