import { describe, expect, it } from 'vitest'
import { type PassingOnQuestion, passOn } from '../../src/advice/pass-on.ts'
import { hasModuleSyntax, parseModule } from '../../src/loader/sources/lexer.ts'
import { applyAdvice } from '../harness/advice.ts'

const handler = 'export default (request, response) => response.end()'

/** The importer as it would be written, or why no line can be told. */
function advised(source: string, given: Partial<PassingOnQuestion> = {}): string {
  const passing = passOn({
    source,
    isCommonJs: false,
    dependency: handler,
    isDependencyCommonJs: false,
    isMeant: (specifier) => /^\.\.?\/app(\.[jt]s)?$/.test(specifier),
    lexer: { parseModule, hasModuleSyntax },
    ...given,
  })
  if (passing.kind !== 'lines') {
    const line = passing.kind === 'unclear' ? passing.line : undefined
    return [passing.kind, line].filter((part) => part !== undefined).join(' ')
  }
  const lines = passing.lines.map(
    ({ line, place, text }) => `  ${place === 'below' ? 'below ' : ''}line ${line}: ${text}`,
  )
  return applyAdvice(source, lines.join('\n'))
}

const accept = "import.meta.hot?.accept('./app.js')"
const top = "import app from './app.js'"

/** The line that uses an app, as it would be written. */
function use(line: string, dependency: string = handler, statement = top): string {
  const source = `${statement}\n${line}`
  const written = advised(source, { dependency })
  const head = `${statement}\n${accept}\n`
  return written.startsWith(head) ? written.slice(head.length) : written
}

const router =
  'import express from "express"\nconst router = express.Router()\nexport default router'

describe('what passes its calls on', () => {
  it.each([
    ['createServer(app).listen(1)', 'createServer((...args) => app(...args)).listen(1)'],
    ['https.createServer({ key }, app)', 'https.createServer({ key }, (...args) => app(...args))'],
    [
      'serve({ fetch: app.fetch, port })',
      'serve({ fetch: (...args) => app.fetch(...args), port })',
    ],
    ["wss.on('connection', app)", "wss.on('connection', (...args) => app(...args))"],
    ['setInterval(app, 100)', 'setInterval((...args) => app(...args), 100)'],
    ["server.use('/x', log, app)", "server.use('/x', log, (...args) => app(...args))"],
    ["api.get('/x', app)", "api.get('/x', (...args) => app(...args))"],
    ['createServer((a, b) => app(a, b))', 'createServer((a, b) => app(a, b))'],
    ['createServer((a, b) => { app(a, b) })', 'createServer((a, b) => { app(a, b) })'],
  ])('%s', (line, expected) => {
    expect(use(line)).toBe(expected)
  })

  it('a router of Express', () => {
    expect(use('server.use(app)', router)).toBe('server.use((...args) => app(...args))')
  })

  it('functions of a controller', () => {
    const controller = 'export function list(request, response) {}'
    const namespace = "import * as app from './app.js'"
    expect(use("api.get('/', app.list)", controller, namespace)).toBe(
      "api.get('/', (...args) => app.list(...args))",
    )
    const named = "import { list as all } from './app.js'"
    expect(use("api.get('/', all)", controller, named)).toBe(
      "api.get('/', (...args) => all(...args))",
    )
  })

  it.each([
    [
      'express',
      'import express from "express"; const app = express(); export default app',
      '(...args) => app(...args)',
    ],
    [
      'Koa',
      'import Koa from "koa"; const app = new Koa(); export default app',
      '(...args) => app.callback()(...args)',
    ],
  ])('listen() of %s', (_, dependency, listener) => {
    const http = "import http from 'node:http'"
    expect(advised(`${top}\nconst server = app.listen(1, () => {})`, { dependency })).toBe(
      `${top}\n${http}\n${accept}\nconst server = http.createServer(${listener}).listen(1, () => {})`,
    )
    expect(advised(`${http}\n${top}\napp.listen(1)`, { dependency })).toBe(
      `${http}\n${top}\n${accept}\nhttp.createServer(${listener}).listen(1)`,
    )
  })

  it('code that would go on with the line below the import', () => {
    expect(advised(`${top} // the app\n;[1].map(log)\ncreateServer(app)`)).toBe(
      `${top} // the app\n${accept};\n;[1].map(log)\ncreateServer((...args) => app(...args))`,
    )
    expect(advised(`${top};\n(() => createServer(app))()`)).toBe(
      `${top};\n${accept};\n(() => createServer((...args) => app(...args)))()`,
    )
  })

  it('what a function makes', () => {
    const makes = (body: string) => `import express from 'express'
export function create(port) {
  const made: Express = express()
  ${body}
  return made
}`
    const named = "import { create } from './app.js'"
    const source = `${named}\nconst app: Express = create(1)\napp.listen(1)`
    const http = "import http from 'node:http'"
    const accepting = "import.meta.hot?.accept('./app.js', (next) => { app = next.create(1) })"
    expect(advised(source, { dependency: makes('made.use(x)') })).toBe(
      `${named}\n${http}\n${accepting}\nlet app: Express = create(1)\nhttp.createServer((...args) => app(...args)).listen(1)`,
    )
    expect(advised(source, { dependency: makes('made.use(() => { return x })') })).toBe(
      advised(source, { dependency: makes('') }),
    )
    expect(advised(source, { dependency: makes('if (x) { return other }') })).toBe('unclear 3')
    expect(advised(source.replace('(1)', '(io)'), { dependency: makes('') })).toBe('unclear 2')
    expect(advised(source, { dependency: makes('return other') })).toBe('unclear 3')
    const awaited = `${top}\nconst server = await app()\ncreateServer(server)\nserver.on('x')`
    expect(advised(awaited)).toBe('unclear 4')
    expect(advised(awaited.replace(/\n[^\n]*$/, ''))).toBe(
      [
        top,
        "import.meta.hot?.accept('./app.js', async (next) => { server = await next.default() })",
        'let server = await app()',
        'createServer((...args) => server(...args))',
      ].join('\n'),
    )
    for (const several of [
      'let a, made = app()',
      'const { made } = app()',
      'const made = app().x',
    ]) {
      expect(advised(`${top}\n${several}\ncreateServer(made)`)).toBe('unclear 2')
    }
    const given = { isCommonJs: true, dependency: 'module.exports = () => make()' }
    const deep = "const app = require('./app').a.b\nconst made = app()\ncreateServer(made)"
    expect(advised(deep, given)).toBe('unclear 2')
    expect(
      advised("const app = require('./app')\nconst made = app(1)\ncreateServer(made)", given),
    ).toBe(
      [
        "const app = require('./app')",
        "module.hot?.accept('./app', (next) => { made = next(1) })",
        'let made = app(1)',
        'createServer((...args) => made(...args))',
      ].join('\n'),
    )
  })

  it('what is exported under another name', () => {
    const renamed = 'const router = express.Router()\nexport { router as app }'
    expect(use('server.use(app)', renamed, "import { app } from './app.js'")).toBe(
      'server.use((...args) => app(...args))',
    )
  })

  it('what CommonJS requires: the name can be given a new value', () => {
    const given = { isCommonJs: true, dependency: 'module.exports = (a, b) => b.end()' }
    expect(advised("const app = require('./app')\ncreateServer(app)", given)).toBe(
      [
        "let app = require('./app')",
        "module.hot?.accept('./app', (next) => { app = next })",
        'createServer((...args) => app(...args))',
      ].join('\n'),
    )
    const member = { ...given, dependency: 'exports.app = (a, b) => b.end()' }
    expect(advised("var { app } = require('./app');\ncreateServer(app)", member)).toBe(
      [
        "var { app } = require('./app');",
        "module.hot?.accept('./app', (next) => { ({ app } = next) })",
        'createServer((...args) => app(...args))',
      ].join('\n'),
    )
    expect(advised("const app = require('./app').app\ncreateServer(app)", member)).toBe(
      [
        "let app = require('./app').app",
        "module.hot?.accept('./app', (next) => { app = next.app })",
        'createServer((...args) => app(...args))',
      ].join('\n'),
    )
  })
})

describe('no lines are told', () => {
  it.each([
    ['it is called once', 'app(server)', 'unclear 2'],
    ['it is set up before', "app.set('port', 1)\ncreateServer(app)", 'unclear 2'],
    ['it is exported', 'createServer(app)\nexport { app }', 'unclear 3'],
    ['a function of the same name', 'const f = (app) => app()', 'unclear 2'],
    ['a template', `console.log(\`\${app}\`)`, 'unclear 2'],
    ['a list', 'server.use([app])', 'unclear 2'],
    ['an event that comes once', "server.on('listening', app)", 'unclear 2'],
    ['a handler of one', "server.on('listening', () => app(server))", 'unclear 2'],
    ['a call that calls it once', 'server.register(app)', 'unclear 2'],
    ['a function that runs at once', 'const main = () => app()\nmain()', 'unclear 2'],
    ['nothing uses it', 'createServer(other)', 'only run'],
    ['a regular expression and a comment are no use', 'x = /app/.test(y) // app', 'only run'],
    ['it is accepted', `createServer(() => app())\n${accept}`, 'accepted'],
  ])('where %s', (_, rest, expected) => {
    expect(advised(`${top}\n${rest}`)).toBe(expected)
  })

  it.each([
    ['of errors, which Express tells by its parameters', '(error, request, response, next) => {}'],
    ['of errors in TypeScript', '(err: Error, _req: Request, res: Response, next: Next) => {}'],
    ['with `this`', 'function (a, b) { this.a = a }'],
    ['that nobody knows', 'make()'],
    ['that is a list', '[one, two]'],
  ])('for a handler %s', (_, handler) => {
    expect(advised(`${top}\nserver.use(app)`, { dependency: `export default ${handler}` })).toBe(
      'unclear 2',
    )
  })

  it.each([
    ['options', 'export default { key: 1 }', 'createServer(app)'],
    ['a queue that calls back', 'export default (job, done) => done()', "queue.process('x', app)"],
    ["Fastify's address", 'export default fastify()', 'const address = await app.listen({ port })'],
  ])('for %s', (_, dependency, line) => {
    expect(advised(`${top}\n${line}`, { dependency })).toBe('unclear 2')
  })

  it('for the namespace of CommonJS, which does not follow', () => {
    const source = "import * as app from './app.js'\napi.get('/', app.list)"
    const dependency = 'exports.list = (request, response) => {}'
    expect(advised(source, { dependency, isDependencyCommonJs: true })).toBe('unclear')
    expect(advised(source, { dependency })).toContain('...args')
  })

  it('where no line can be put below the import', () => {
    expect(advised(`${top}; const text = \`\n\`\ncreateServer(app)`)).toBe('unclear')
  })

  it('where statements are compiled to CommonJS, whose names do not follow', () => {
    expect(advised(`${top}\ncreateServer(app)`, { isCommonJs: true })).toBe('unclear')
  })

  it('where a module is only required to run it', () => {
    const source = "'use strict'\nrequire('./app')\nrequire('http').createServer()"
    expect(advised(source, { isCommonJs: true })).toBe('only run')
  })

  it.each([
    ["var a = 1, app = require('./app')\ncreateServer(app)"],
    ["const app = require('./app')(config)\ncreateServer(app)"],
    ["let app\nif (x) app = require('./app')\ncreateServer(app)"],
    ["const app = require('./app')\n  .create()\ncreateServer(app)"],
  ])('for another way to require: %s', (source) => {
    expect(advised(source, { isCommonJs: true })).toMatch(/^unclear/)
  })
})
