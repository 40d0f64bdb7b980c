import { describe, expect, it, onTestFinished } from 'vitest'
import { Example } from '../../harness/example.ts'
import { freePort } from '../../harness/free-port.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** An example that is served over HTTP: what is asked, edited and answered. */
interface Served {
  name: string
  path: string
  first: string
  /** Each is hot: no process is started. */
  edits: [file: string, from: string, to: string, path: string, answer: string][]
}

const served: Served[] = [
  {
    name: 'express-typescript',
    path: '/users',
    first: '["Ada","Grace"]',
    edits: [
      [
        'src/services/users.ts',
        "'COBOL' },",
        "'COBOL' },\n  { name: 'Edsger', language: 'ALGOL' },",
        '/users',
        '["Ada","Grace","Edsger"]',
      ],
      [
        'src/routes/users.ts',
        'no user',
        'nobody called',
        '/users/x',
        '{"error":"nobody called x"}',
      ],
      ['src/app.ts', 'Welcome', 'Hello', '/', 'Hello'],
    ],
  },
  {
    name: 'express-commonjs',
    path: '/users',
    first: '["Ada","Grace"]',
    edits: [
      ['models/users.js', "'Grace'", "'Grace', 'Edsger'", '/users', '["Ada","Grace","Edsger"]'],
      ['routes/users.js', 'json(users)', 'json(users.length)', '/users', '3'],
      ['app.js', 'Welcome', 'Hello', '/', 'Hello'],
    ],
  },
  {
    name: 'fastify-autoload',
    path: '/users',
    first: '["Ada","Grace"]',
    edits: [
      [
        'routes/users/index.js',
        "'Grace'",
        "'Grace', 'Edsger'",
        '/users',
        '["Ada","Grace","Edsger"]',
      ],
      ['plugins/greet.js', 'Hello', 'Hi', '/', 'Hi, world'],
      ['routes/root.js', "'world'", "'everybody'", '/', 'Hi, everybody'],
    ],
  },
  {
    name: 'koa',
    path: '/',
    first: 'Generators were a fine idea\nThen came await',
    edits: [
      ['articles.js', 'Then came', 'Now we', '/', 'Generators were a fine idea\nNow we await'],
      ['app.js', "'\\n'", "' / '", '/', 'Generators were a fine idea / Now we await'],
      ['articles.js', 'fine', 'good', '/', 'Generators were a good idea / Now we await'],
    ],
  },
  {
    name: 'nestjs',
    path: '/',
    first: 'cats: Tom, Felix',
    edits: [
      ['src/cats.service.ts', "'Felix'", "'Felix', 'Garfield'", '/', 'cats: Tom, Felix, Garfield'],
      ['src/cats.controller.ts', '`cats', '`CATS', '/', 'CATS: Tom, Felix, Garfield'],
      ['src/cats.service.ts', "'Tom'", "'Kitty'", '/', 'CATS: Kitty, Felix, Garfield'],
    ],
  },
  {
    name: 'react-ssr',
    path: '/',
    first: '<h1>Hello, <!-- -->Ada</h1><p>You asked for <!-- -->/</p>',
    edits: [
      ['components/greeting.tsx', 'Hello', 'Welcome', '/', '<h1>Welcome, <!-- -->Ada</h1>'],
      ['components/page.tsx', 'You asked for', 'This is', '/a', '<p>This is <!-- -->/a</p>'],
      ['components/greeting.tsx', 'Welcome', 'Hi', '/', '<h1>Hi, <!-- -->Ada</h1>'],
    ],
  },
  {
    name: 'monorepo/apps/api',
    path: '/prices/tea',
    first: 'EUR 2.50',
    edits: [
      ['packages/prices/src/format.ts', 'EUR', '€', '/prices/tea', '€ 2.50'],
      ['packages/prices/src/index.ts', 'tea: 2.5', 'tea: 2.75', '/prices/tea', '€ 2.75'],
      ['apps/api/app.ts', '/prices/:item', '/price/:item', '/price/tea', '€ 2.75'],
    ],
  },
]

describe.each(nodeMajors)('the examples as npm run dev starts them, on Node %s', (node) => {
  it.each(served)('$name: every edit is hot, the server stays', async (given) => {
    const port = await freePort()
    const app = new Example(given.name, 'dev', { node, env: { PORT: String(port) } }).start()
    // Nest's server listens anew.
    const ask = async (path: string) => (await app.request(path, port).catch(() => undefined))?.body
    const answers = (path: string, text: string) =>
      app.until(text, async () => (await ask(path))?.includes(text))
    await answers(given.path, given.first)
    for (const [file, from, to, path, answer] of given.edits) {
      app.edit(file, from, to)
      await answers(path, answer)
    }
    const lines = app.stdout + app.stderr
    expect(lines).not.toMatch(/full reload|could not|warning/i)
    expect(lines.match(/\[hot-runner\].* starting/g)).toHaveLength(1)
  })

  it('fastify-autoload: a route that comes and goes is hot', async () => {
    const app = new Example('fastify-autoload', 'dev', { node }).start()
    await app.get('/')
    app.save('routes/new.js', "export default async (app) => app.get('/new', async () => 'new')")
    await app.until('new route', async () => (await app.get('/new')) === 'new')
    app.remove('routes/new.js')
    await app.until('old route', async () => (await app.request('/new')).status === 404)
    expect(app.stdout + app.stderr).not.toContain('full reload')
  })

  it('adonisjs: a controller and its service are hot under its own dev server', async () => {
    const port = await freePort()
    const env = { PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'development' }
    const app = new Example('adonisjs', 'dev', { node, env }).start()
    // The dev server that is killed leaves the server running.
    onTestFinished(() => {
      for (const [, pid] of app.stdout.matchAll(/"pid":(\d+)/g))
        process.kill(Number(pid), 'SIGKILL')
    })
    const answers = (text: string) =>
      app.until(text, async () => {
        const answer = await app.request('/', port).catch(() => undefined)
        return answer?.body === text
      })
    await answers('notes: first, second')
    app.edit('app/services/note_service.ts', "'second'", "'second', 'third'")
    await answers('notes: first, second, third')
    app.edit('app/controllers/notes_controller.ts', '`notes', '`NOTES')
    await answers('NOTES: first, second, third')
    app.edit('app/services/note_service.ts', "'first'", "'FIRST'")
    await answers('NOTES: FIRST, second, third')
    expect(app.stdout.match(/"pid":\d+.*started HTTP server/g)).toHaveLength(1)
  })

  it('queue-worker: what waits is done by the new code', async () => {
    const app = new Example('queue-worker', 'dev', { node }).start()
    await app.output('job 1: 640 x 360')
    app.edit('images.js', 'width / 16) * 9', 'width / 4) * 3')
    await app.output(/job \d+: 640 x 480/)
    app.edit('jobs/resize.js', 'log(`job', 'log(`JOB')
    await app.output(/JOB \d+: 640 x 480/)
    expect(app.stdout.match(/worker started/g)).toHaveLength(1)
  })
})

describe('the examples as npm start runs them', () => {
  it.each(served)('$name answers', async ({ name, path, first }) => {
    const app = new Example(name, 'start').start()
    expect(await app.get(path)).toContain(first)
    expect(app.stderr).not.toContain('hot')
  })
})
