import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const files = {
  'server.js': `import http from 'node:http'
import { hot } from 'hot-hook'
const server = http.createServer(hot.handler(() => import('./app.js')))
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
  'app.js': `import { list } from './routes/users.js'
export default (request, response) => response.end(list())`,
  'routes/users.js': `import data from './data.json' with { type: 'json' }

export function list() {
  return data.names
}
`,
  'routes/data.json': '{ "names": "Ada" }',
}

interface Broken {
  file: string
  source: string
  report: object
}

const chain = ['app.js', 'routes/users.js']

/** What is saved, and what is said of it. */
const broken: Record<string, Broken> = {
  'that does not compile': {
    file: 'routes/users.js',
    source: files['routes/users.js'].replace('data.names', 'data.+names'),
    report: {
      name: 'SyntaxError',
      message: "Unexpected token '+'",
      file: 'routes/users.js',
      line: 4,
      column: 15,
      frame: `  2 |
  3 | export function list() {
> 4 |   return data.+names
    |               ^
  5 | }
  6 |`,
      chain,
    },
  },
  'that throws': {
    file: 'routes/users.js',
    source: `${files['routes/users.js']}open()\nfunction open() {\n  throw new RangeError('no such port')\n}`,
    report: {
      name: 'RangeError',
      message: 'no such port',
      file: 'routes/users.js',
      line: 8,
      column: 9,
      frame: expect.stringContaining("> 8 |   throw new RangeError('no such port')\n"),
      chain,
      stack: expect.stringContaining('at open'),
    },
  },
  'that imports what is not there': {
    file: 'routes/users.js',
    source: `${files['routes/users.js']}import './nope.js'\n`,
    report: {
      message: expect.stringContaining('Cannot find module'),
      file: 'routes/users.js',
      line: 6,
      column: 8,
      chain,
    },
  },
  'that imports a package that is not there': {
    file: 'routes/users.js',
    source: `${files['routes/users.js']}import no from "no-such-package/part"\n`,
    report: {
      message: expect.stringContaining("Cannot find package 'no-such-package'"),
      file: 'routes/users.js',
      line: 6,
      column: 16,
      chain,
    },
  },
  'without what another file imports': {
    file: 'routes/users.js',
    source: files['routes/users.js'].replace('list', 'all'),
    report: {
      name: 'SyntaxError',
      message: expect.stringContaining("export named 'list'"),
      file: 'app.js',
      line: 1,
      column: 10,
      chain: ['app.js'],
    },
  },
  'of JSON': {
    file: 'routes/data.json',
    source: '{\n  "names": "Ada",\n  "more": 1 2\n}',
    report: {
      name: 'SyntaxError',
      file: 'routes/data.json',
      line: 3,
      column: 13,
      frame: expect.stringContaining('> 3 |   "more": 1 2\n'),
      chain: [...chain, 'routes/data.json'],
    },
  },
  'without an app': {
    file: 'app.js',
    source: 'export const app = () => {}',
    report: {
      name: 'TypeError',
      message:
        "hot.handler() expects the module's default export to be a function (request, response), an " +
        'Express, Koa or Fastify app, or an object with fetch(request); it exports only app',
      file: 'app.js',
      chain: ['app.js'],
    },
  },
  'that throws what is no error': {
    file: 'app.js',
    source: "throw 'just a text'",
    report: { name: 'Error', message: 'just a text', file: 'app.js', chain: ['app.js'] },
  },
}

async function ask(app: App, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${await app.port()}/`, { headers, method })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe.each(nodeMajors)('an app that cannot be loaded, Node %s', (node) => {
  it.each(Object.entries(broken))('a save %s is told with its place, and once', async (_, save) => {
    const { file, source, report } = save
    const app = new App(files, { node }).start()
    expect(await app.get()).toBe('Ada')
    app.save(file, source)
    for (const _ of [1, 2]) {
      const answer = await ask(app, { accept: 'application/json' })
      expect(answer.status).toBe(500)
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(JSON.parse(answer.text)).toMatchObject({ error: report })
    }
    app.save(file, files[file as keyof typeof files])
    expect(await app.get()).toBe('Ada')
    await app.output('reloaded in')
    expect(app.stderr.match(/could not be/g)).toHaveLength(1)
  })

  it('is told as HTML, JSON or text, whatever is asked for', async () => {
    const app = new App({ ...files, 'app.js': 'export default 1 +' }, { node }).start()
    const typeFor = async (accept?: string) => {
      const { status, headers } = await ask(app, accept === undefined ? {} : { accept })
      expect(status).toBe(500)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      return headers.get('content-type')
    }
    const html = 'text/html; charset=utf-8'
    const text = 'text/plain; charset=utf-8'
    // A browser, axios, curl and fetch().
    expect(await typeFor('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')).toBe(
      html,
    )
    expect(await typeFor('application/json, text/plain, */*')).toBe('application/json')
    expect(await typeFor('*/*')).toBe(text)
    expect(await typeFor('application/vnd.api+json')).toBe('application/json')
    expect(await typeFor('application/json;q=0.5, text/html')).toBe(html)
    expect(await typeFor('text/html;q=0, application/json;q=0.1')).toBe('application/json')

    const { text: said } = await ask(app)
    expect(said).toMatch(
      /^The app could not be loaded\.\n\nSyntaxError: .+\n\n {4}at app\.js:1:\d+\n/,
    )
    expect(said).toContain('\n> 1 | export default 1 +\n')
    expect((await ask(app, { accept: 'text/html' }, 'HEAD')).text).toBe('')
  })

  it('obeys nothing that an error says to a terminal', async () => {
    const source = "throw new Error('\\x1b[31mred\\x1b[0m \\x07bell \\u202eback')"
    const app = new App({ ...files, 'app.js': source }, { node }).start()
    const { text } = await ask(app)
    expect(text).toContain('Error: red \\x07bell \\u202eback\n')
    expect(text).not.toMatch(/[^\n\P{Cc}]|\u202e/u)
  })
})
