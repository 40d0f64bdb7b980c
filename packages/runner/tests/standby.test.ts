import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { freePort } from '../../hot-hook/tests/harness/free-port.ts'
import { linkHotHook, linkPackages, nodeBinary, nodes } from './support/packages.ts'
import { groupOf, isAlive } from './support/processes.ts'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'
import { followed, packageFiles, waiting } from './support/waiting.ts'

/** Says all that a program can see of how it was started. */
const describeItself = `
const { PORT, ...env } = process.env
const seen = {
  argv: process.argv, execArgv: process.execArgv, execPath: process.execPath, cwd: process.cwd(), env,
  parent: process.ppid, title: process.title, debugPort: process.debugPort,
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  globals: Object.getOwnPropertyNames(globalThis),
  symbols: Object.getOwnPropertySymbols(globalThis).map(String),
  hasChannel: process.connected, terminal: [process.stdin.isTTY, process.stdout.isTTY],
  main: mainOf(), readFile: String(readFileSync) + readFileSync.name,
  // What a loader reads and writes meanwhile is a matter of time.
  resources: process.getActiveResourcesInfo().filter((name) => !name.startsWith('FSReq')).sort(),
}
console.log('seen ' + JSON.stringify(seen))`
const module = `import http from 'node:http'
import { readFileSync } from 'node:fs'
import 'pack'
const mainOf = () => [import.meta.main, import.meta.url, import.meta.filename, typeof require]`
const script = `const http = require('node:http')
const { readFileSync } = require('node:fs')
require('pack')
const mainOf = () => [require.main === module, module.id, module.parent, __filename, process.mainModule === module]`
const listen = (version: string) =>
  `http.createServer((_, response) => response.end('${version} ' + process.pid)).listen(process.env.PORT, () => console.log('up ${version} ' + process.pid))`

describe.each(nodes)('on Node %s', (node) => {
  const settings = { ...followed, node: nodeBinary(node) }

  test.for([
    { kind: 'an ES module', file: 'server.js', type: 'module', head: module, packages: 1 },
    { kind: 'a CommonJS module', file: 'server.js', type: 'commonjs', head: script, packages: 0 },
    { kind: 'TypeScript', file: 'server.mts', type: 'commonjs', head: module, packages: 1 },
    {
      kind: 'TypeScript under tsx',
      file: 'server.ts',
      type: 'module',
      head: `enum Kind { A }\n${module}`,
      packages: 1,
      args: ['--import=tsx'],
    },
    {
      kind: 'CommonJS under tsx',
      file: 'server.ts',
      type: 'commonjs',
      head: `enum Kind { A }\n${script}`,
      packages: 0,
      args: ['--import=tsx'],
    },
  ])(
    'a full reload of $kind goes to the process that waits, which the script cannot tell',
    async ({ file, type, head, packages, args = [] }) => {
      const source = (version: string) => [head, describeItself, listen(version)].join('\n')
      await using session = new Session({
        'package.json': JSON.stringify({ type }),
        [file]: source('v1'),
        ...packageFiles('pack', 'export const pack = 1'),
      })
      linkPackages(session.project, 'tsx')
      await session.run([...args, '--no-warnings', file, 'an argument'], settings)
      const [, first = ''] = await session.see(/seen (.*)/)
      const waits = await waiting(session)
      expect(waits.packages).toBe(packages)
      session.project.save(file, source('v2'))
      const [[, second = ''] = [], [, pid] = []] = await session.seeAll(/seen (.*)/, /up v2 (\d+)/)
      expect(pid).toBe(waits.pid)
      expect(JSON.parse(second)).toEqual(JSON.parse(first))
      expect(await session.get()).toBe(`v2 ${pid}`)
    },
  )

  test('a server that is reloaded eight times answers with what was saved', async () => {
    await using session = new Session({
      'server.js': `import http from 'node:http'
import { a } from './a.js'
import { b } from './b.js'
http.createServer((_, response) => response.end(a + b)).listen(process.env.PORT, () => console.log('up ' + a + b + ' ' + process.pid))`,
      'a.js': `export { c as a } from './c.js'`,
      'b.js': `export const b = 'b0'`,
      'c.js': `export const c = 'c0'`,
    })
    await session.run(['server.js'], settings)
    await session.see('up c0b0')
    for (let reload = 1; reload <= 8; reload++) {
      const waits = reload % 2 === 1 ? await waiting(session) : undefined
      const name = reload % 3 === 0 ? 'b' : 'c'
      session.project.save(`${name}.js`, `export const ${name} = '${name}${reload}'`)
      const [, text, pid] = await session.see(/up (\S+) (\d+)/)
      expect(text).toContain(`${name}${reload}`)
      expect(await session.get()).toBe(text)
      if (waits) expect(pid).toBe(waits.pid)
    }
  })

  test('what it imports after the reload is what its graph shows, and is hot', async () => {
    const source = (imports: string) => `import http from 'node:http'
import { hot } from 'hot-hook'
${imports}
http.createServer(async (request, response) => {
  const { page } = await import('./page.js')
  const modules = await hot.dump()
  response.end(page() + ' ' + modules.map(({ path, dependencies }) => path + ':' + dependencies).sort().join(' '))
}).listen(process.env.PORT, () => console.log('up ' + process.pid))`
    await using session = new Session({
      'server.js': source(`import './one.js'`),
      'one.js': `import './deep.js'`,
      'two.js': `import './deep.js'`,
      'deep.js': 'export {}',
      'page.js': `import { word } from './word.js'\nexport const page = () => word`,
      'word.js': `export const word = 'old'`,
    })
    linkHotHook(session.project)
    await session.run(['server.js'], settings)
    await session.see('up ')
    const { pid } = await waiting(session)
    session.project.save('server.js', source(`import './two.js'`))
    await session.see(`up ${pid}`)
    expect(await session.get()).toBe(
      'old deep.js: page.js:word.js server.js:two.js,page.js two.js:deep.js word.js:',
    )
    session.project.save('word.js', `export const word = 'new'`)
    await until('the new word', async () => (await session.get()).startsWith('new '))
    expect(session.count('up ')).toBe(2)
  })

  test('what it accepts, CommonJS and data are new in it, and hot as ever', async () => {
    await using session = new Session({
      'server.js': `import http from 'node:http'
import { tell } from './store.js'
http.createServer((_, response) => response.end(tell())).listen(process.env.PORT, () => console.log('up ' + process.pid))`,
      'store.js': `import { data } from './data.js'
import { old } from './old.cjs'
import config from './config.json' with { type: 'json' }
import.meta.hot?.accept('./data.js')
export const tell = () => [data, old, config.name].join(' ')`,
      'data.js': `export const data = 'data1'`,
      'old.cjs': `exports.old = 'old1'`,
      'config.json': '{ "name": "name1" }',
    })
    await session.run(['--no-warnings', 'server.js'], settings)
    await session.see('up ')
    const saves = [
      ['data.js', `export const data = 'data2'`, 'data2 old1 name1'],
      ['old.cjs', `exports.old = 'old2'`, 'data2 old2 name1'],
      ['data.js', `export const data = 'data3'`, 'data3 old2 name1'],
      ['config.json', '{ "name": "name2" }', 'data3 old2 name2'],
      ['data.js', `export const data = 'data4'`, 'data4 old2 name2'],
    ] as const
    for (const [file, text, answer] of saves) {
      const isHot = file === 'data.js'
      const waits = isHot ? undefined : await waiting(session)
      session.project.save(file, text)
      if (waits) await session.see(`up ${waits.pid}`)
      await until(answer, async () => (await session.get()) === answer)
    }
    expect(session.count('up ')).toBe(3)
  })

  test('what it has compiled is in the cache for the next start', async () => {
    await using session = new Session({
      'server.js': server('v1', `import './own.js'`),
      'own.js': 'export const own = () => 1',
    })
    const cache = session.project.path('cache')
    await session.run(['server.js'], {
      ...settings,
      env: { ...settings.env, NODE_COMPILE_CACHE: cache },
    })
    await session.see('up v1')
    expect(existsSync(cache) ? filesIn(cache) : []).toEqual([])
    await waiting(session)
    await until('files in the cache', () => filesIn(cache).length > 0)
  })

  test('what it takes to see whether TypeScript compiles that a loader compiles is in it', async () => {
    const script = (version: string) => `import http from 'node:http'
const hasCompiler: boolean = process.moduleLoadList.some((name) => name.includes('amaro'))
http.createServer().listen(process.env.PORT, () => console.log('up ${version} ' + hasCompiler))`
    await using session = new Session({ 'server.ts': script('v1') })
    linkPackages(session.project, 'tsx')
    await session.run(['--import', 'tsx', 'server.ts'], settings)
    await session.see('up v1 false')
    await waiting(session)
    session.project.save('server.ts', script('v2'))
    await session.see('up v2 true')
  })

  test('with --handoff the process that waits gets no request before it is taken', async () => {
    await using session = new Session({ 'server.js': server('v1') })
    await session.run(['--handoff', 'server.js'], settings)
    const [, first] = await session.see(/up v1 (\d+)/)
    const { pid } = await waiting(session)
    const answers = await Promise.all(Array.from({ length: 20 }, () => session.get()))
    expect(new Set(answers)).toEqual(new Set([`v1 ${first}`]))
    session.project.save('server.js', server('v2'))
    await session.seeAll(`up v2 ${pid}`, `process ${pid} serves now`)
    await until('the answer of the new one', async () => (await session.get()) === `v2 ${pid}`)
  })

  test('the inspector is opened when it is taken, on the same port, and not before', async () => {
    const port = await freePort()
    const source = (version: string) =>
      server(version, `console.log('options ' + process.execArgv.join(' '))`)
    await using session = new Session({ 'server.js': source('v1') })
    await session.run([`--inspect=127.0.0.1:${port}`, 'server.js'], settings)
    const listening = `Debugger listening on ws://127.0.0.1:${port}`
    await session.see(listening)
    const [first] = await session.see(/options .*/)
    const { pid } = await waiting(session)
    expect(session.count('Debugger listening')).toBe(1)
    session.project.save('server.js', source('v2'))
    const [, [second] = []] = await session.seeAll(listening, /options .*/, `up v2 ${pid}`)
    expect(second).toBe(first)
    expect(session.output).not.toContain('in use')
  })
})

test('a storm of saves uses one, and the next is started when it is quiet', async () => {
  await using session = new Session({ 'server.js': server('v0') })
  await session.run(['server.js'], followed)
  await session.see('up v0')
  const { pid } = await waiting(session)
  for (let save = 1; save <= 10; save++) session.project.save('server.js', server(`v${save}`))
  await session.see(`up v10 ${pid}`)
  const next = await waiting(session)
  expect(isAlive(Number(next.pid))).toBe(true)
  expect(session.count('is used')).toBe(1)
})

test('what is typed goes to the script, and not to the process that waits', async () => {
  const source = (version: string) =>
    server(version, `process.stdin.on('data', (text) => console.log('${version} got ' + text))`)
  await using session = new Session({ 'server.js': source('v1') })
  await session.run(['server.js'], followed)
  await session.see('up v1')
  const { pid } = await waiting(session)
  session.type('hello\n')
  await session.see('v1 got hello')
  session.project.save('server.js', source('v2'))
  await session.see(`up v2 ${pid}`)
  session.type('world\n')
  await session.see('v2 got world')
  expect(session.count(' got ')).toBe(2)
})

test('with a package that is given with -r, the packages of the script are loaded all the same', async () => {
  await using session = new Session({
    'server.js': server('v1', `import 'pack'`),
    ...packageFiles('pack', 'export {}'),
    ...packageFiles('setup', 'globalThis.isSetUp = true', 'commonjs'),
  })
  await session.run(['-r', './node_modules/setup/index.js', 'server.js'], followed)
  await session.see('up v1')
  const { pid, packages } = await waiting(session)
  expect(packages).toBe(1)
  session.project.save(
    'server.js',
    server('v2', `import 'pack'`, `console.log('set up: ' + globalThis.isSetUp)`),
  )
  await session.seeAll('set up: true', `up v2 ${pid}`)
})

test('a restart that was asked for is a process that starts then', async () => {
  await using session = new Session({ 'server.js': server('v1') })
  await session.run(['server.js'], followed)
  await session.see('up v1')
  const { pid } = await waiting(session)
  session.type('rs\n')
  const [, next] = await session.see(/up v1 (\d+)/)
  expect(next).not.toBe(pid)
  await until('the end of the other', () => !isAlive(Number(pid)))
})

test('a script that has crashed is started in it by the next save', async () => {
  const source = (version: string) =>
    server(version, `process.stdin.on('data', () => { throw new Error('${version} crashes') })`)
  await using session = new Session({ 'server.js': source('v1') })
  await session.run(['server.js'], followed)
  await session.see('up v1')
  const { pid } = await waiting(session)
  session.type('go\n')
  await session.see('waiting for a save')
  session.project.save('server.js', source('v2'))
  await session.see(`up v2 ${pid}`)
})

test.for([{ args: ['--no-standby'] }, { args: ['--inspect-brk=0'] }, { args: ['--cpu-prof'] }])(
  'with $args nothing is started ahead',
  async ({ args }) => {
    const isStopped = args.some((argument) => argument.startsWith('--inspect-brk'))
    await using session = new Session({ 'server.js': server('v1') })
    await session.run([...args, 'server.js'], followed)
    await session.see(isStopped ? 'Debugger listening' : 'up v1')
    expect(session.output).toContain('standby: none, because')
  },
)

test('--standby=boot loads no packages, and the packages of a preload of the application neither', async () => {
  const files = {
    'server.js': server('v1', `import 'pack'`),
    'own.js': `globalThis.own = true`,
    ...packageFiles('pack', 'export {}'),
  }
  for (const args of [['--standby=boot'], ['--import=./own.js']]) {
    await using session = new Session(files)
    await session.run([...args, 'server.js'], followed)
    await session.see('up v1')
    const { pid, packages } = await waiting(session)
    expect(packages).toBe(0)
    session.project.save('server.js', server('v2', `import 'pack'`))
    await session.see(`up v2 ${pid}`)
  }
})

describe('no process is left behind', () => {
  test.for(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'when the runner gets %s while one waits',
    async (signal) => {
      await using session = new Session({ 'server.js': server('one') })
      await session.run(['server.js'], followed)
      await session.see('up one')
      const { pid } = await waiting(session)
      // A group of its own: nothing that a terminal sends reaches it.
      expect(groupOf(Number(pid))).toBe(Number(pid))
      session.signal(signal)
      expect(await session.exit).toEqual({ code: null, signal })
      await session.expectNothingLeft()
    },
  )

  test('when Ctrl-C is pressed while one waits', async () => {
    await using session = new Session({ 'server.js': server('one') })
    await session.runOnTerminal(['server.js'], followed)
    await session.see('up one')
    await waiting(session)
    session.type('\x03')
    await session.exit
    await session.expectNothingLeft()
  })

  test('when the script ends by itself while one waits', async () => {
    await using session = new Session({
      'server.js': server('one', `process.stdin.on('data', () => process.exit(0))`),
    })
    await session.run(['server.js'], followed)
    await session.see('up one')
    await waiting(session)
    session.type('end\n')
    expect(await session.exit).toEqual({ code: 0, signal: null })
    await session.expectNothingLeft()
  })
})

/** Files, not directories, below a directory. */
function filesIn(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}
