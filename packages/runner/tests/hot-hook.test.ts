import { expect, test } from 'vitest'
import { linkPackages } from './support/packages.ts'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'

const boundary = `import http from 'node:http'
const server = http.createServer(async (request, response) => {
  const { default: app } = await import('./app.js')
  app(request, response)
})
server.listen(Number(process.env.PORT), () => console.log('up ' + process.pid))
`
const app = (text: string) => `import { word } from './word.js'
export default (request, response) => response.end('${text} ' + word)`

test('a save is hot: the process stays, the update is shown', async () => {
  await using session = new Session({
    'server.js': boundary,
    'app.js': app('one'),
    'word.js': `export const word = 'x'`,
  })
  await session.run(['server.js'])
  await session.see('up ')
  expect(await session.get()).toBe('one x')
  session.project.save('word.js', `export const word = 'y'`)
  await session.see('word.js is new at its next import()')
  expect(await session.get()).toBe('one y')
  await session.see(/2 modules in [\d.]+ ms: word\.js/)
  expect(session.count('up ')).toBe(1)
})

test.each([
  { name: 'Node', args: [] },
  { name: 'tsx', args: ['--import=tsx'] },
])(
  'a program that only accepts, under $name: each save is one line, and waits for no import()',
  async ({ args }) => {
    const word = (text: string) => `export const word: string = '${text}'`
    await using session = new Session({
      'server.ts': `import http from 'node:http'
import { word } from './word.ts'
import.meta.hot.accept('./word.ts')
http.createServer((_, response) => response.end(word))
  .listen(Number(process.env.PORT), () => console.log('up ' + process.pid))`,
      'word.ts': word('one'),
    })
    linkPackages(session.project, 'tsx')
    await session.run([...args, 'server.ts'])
    await session.see('up ')
    for (const text of ['two', 'three', 'four']) {
      session.project.save('word.ts', word(text))
      await session.see(/1 module in [\d.]+ ms: word\.ts/)
      expect(await session.get()).toBe(text)
    }
    expect(session.output).not.toContain('is new at its next import()')
    expect(session.count('ms: word.ts')).toBe(3)
    expect(session.count('up ')).toBe(1)
  },
)

test('a save that cannot be hot is a full reload, and its path is shown', async () => {
  await using session = new Session({
    'server.js': server('one', `import './db.js'`),
    'db.js': `import './users.js'`,
    'users.js': '',
  })
  await session.run(['server.js'])
  await session.see('up one')
  session.project.save('users.js', 'export {}')
  await session.see('full reload: users.js → db.js → server.js')
  await session.see('up one')
})

test('a full reload says what would make it hot, once for the same two modules', async () => {
  await using session = new Session({
    'server.js': `import http from 'node:http'
import app from './app.js'
http.createServer(app).listen(Number(process.env.PORT))
`,
    'app.js': app('one'),
    'word.js': `export const word = 'x'`,
  })
  await session.run(['server.js'])
  await session.see('listening on port')
  for (const word of ['y', 'z', 'y']) {
    session.project.save('word.js', `export const word = '${word}'`)
    await session.see('full reload: word.js → app.js → server.js')
    await session.see('listening on port')
  }
  const advice = [
    'app.js is imported by server.js. It is hot with these lines in server.js:',
    '  line 3: http.createServer((...args) => app(...args)).listen(',
    "  below line 2: import.meta.hot?.accept('./app.js')",
    'hot-runner doctor shows the whole picture',
  ]
  for (const line of advice) expect(session.count(`  ${line}`)).toBe(1)
})

test('a save of .env is a full reload', async () => {
  await using session = new Session({
    '.env': 'NAME=red',
    'server.js': server('one', `console.log('name ' + process.env.NAME)`),
  })
  await session.run(['--env-file=.env', 'server.js'])
  await session.see('name red')
  await session.see('up one')
  session.project.save('.env', 'NAME=blue')
  await session.see('full reload: .env')
  await session.see('name blue')
})

test('an application that calls hot.init itself', async () => {
  const hotHook = import.meta.resolve('hot-hook')
  await using session = new Session({
    'entry.js': `import { hot } from '${hotHook}'
await hot.init(import.meta.url)
await import('./server.js')`,
    'server.js': server('one', `import './db.js'`),
    'db.js': '',
  })
  await session.run(['entry.js'])
  await session.see('up one')
  session.project.save('db.js', 'export {}')
  await session.see('full reload: db.js → server.js')
  await session.see('up one')
  expect(session.count('full reload: db.js')).toBe(1)
})

test('--reload: files that restart, --ignore: files that do nothing, beside what is so anyway', async () => {
  await using session = new Session({
    'server.js': server('one', `import './generated/data.js'`),
    'generated/data.js': '',
    'config/a.txt': '',
    '.env': '',
  })
  const options = ['--reload', './config/*.txt', '--reload=*.sql', '--ignore', 'generated/**']
  await session.run([...options, 'server.js'])
  await session.see('up one')
  for (const file of ['config/a.txt', 'config/new.txt', 'query.sql', '.env']) {
    session.project.save('generated/data.js', `// ${file}`)
    session.project.save(file, `of ${file}`)
    await session.see(`full reload: ${file}`)
    await session.see('up one')
  }
  expect(session.output).not.toContain('data.js')
})

test('with --poll a save is found by looking', async () => {
  await using session = new Session({ 'server.js': server('one') })
  await session.run(['--poll=50', 'server.js'])
  await session.see('up one')
  session.project.save('server.js', server('two'))
  await session.see('up two')
})

test('a file that was loaded from outside of the package is watched after a crash', async () => {
  await using other = new Session({ 'part.js': 'export {}' })
  await using session = new Session({
    'server.js': `import ${JSON.stringify(other.project.path('part.js'))}; process.exit(1)`,
  })
  await session.run(['server.js'])
  await session.see('waiting for a save')
  other.project.save('part.js', 'export const saved = true')
  await session.see('part.js was saved')
})

test('files are shown by what can be printed of their names', async () => {
  const name = 'app \x1b]0;owned\x07 \n.js'
  const shown = 'app \\x1b]0;owned\\x07 \\n.js'
  await using session = new Session({
    'server.js': server('one', `import './${encodeURIComponent(name)}'`),
    [name]: '',
  })
  await session.run(['server.js'])
  await session.see('up one')
  for (const text of ['1', '2', '3']) {
    session.project.save(name, text)
    await session.see(`full reload: ${shown} → server.js`)
    await session.see('up one')
  }
  expect(session.output).not.toContain('\x1b')
})
