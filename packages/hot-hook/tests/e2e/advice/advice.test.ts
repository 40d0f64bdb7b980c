import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { applyAdvice } from '../../harness/advice.ts'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const types = '  for its types, once in the project: /// <reference types="hot-hook/import-meta" />'
const listen = "listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))"

interface Form {
  files: Record<string, string>
  /** Which of them the advice is about. */
  importer?: string
  saved?: string
  first: string
  /** What else it takes besides the lines. */
  options?: AppOptions
}

/** Applications as people write them: a save of `app` is a full reload, the advice makes it hot. */
const forms: Record<string, Form> = {
  'createServer(app)': {
    files: {
      'server.js': `import http from 'node:http'
import app from './app.js'

const server = http.createServer(app)
server.${listen}
`,
      'app.js': "export default (request, response) => response.end('one')",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
  },
  'createServer(app) that was started by another file': {
    files: {
      'server.js': "import './boot.js'",
      'boot.js': `import http from 'node:http'
import { app as handler } from './src/app.js'
const server = http.createServer({ keepAlive: true }, handler)
server.${listen}
`,
      'src/app.js': "export function app(request, response) { response.end('one') }",
    },
    importer: 'boot.js',
    saved: 'src/app.js',
    first: 'src/app.js is imported by boot.js. It is hot with these lines in boot.js:',
  },
  'createServer(app) in TypeScript': {
    files: {
      'server.ts': `#!/usr/bin/env node
import { createServer, type Server } from 'node:http'
import { app, type Options } from './app.ts'

const options: Options = {}
const server: Server = createServer(options, app)
server.${listen}
`,
      'app.ts': `import type { RequestListener } from 'node:http'
export interface Options { keepAlive?: boolean }
export const app: RequestListener = (request, response): void => { response.end('one') }
`,
    },
    importer: 'server.ts',
    saved: 'app.ts',
    first: 'app.ts is imported by server.ts. It is hot with these lines in server.ts:',
    options: { entry: 'server.ts' },
  },
  'a handler of an event': {
    files: {
      'server.js': `import http from 'node:http'
import * as app from './app.js'
const server = http.createServer()
server.on('request', app.handle)
server.${listen}
`,
      'app.js': "export const handle = async (request, response) => response.end('one')",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
  },
  'calls that are passed on already': {
    files: {
      'server.js': `import http from 'node:http'
import app from './app.js'
const server = http.createServer((request, response) => {
  app(request, response)
})
server.${listen}
`,
      'app.js': "export default (request, response) => response.end('one')",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
  },
  'const app = create()': {
    files: {
      'server.js': `import http from 'node:http'
import createApp from './app.js'
const app = await createApp({ port: 0 })
const server = http.createServer(app)
server.${listen}
`,
      'app.js': "export default async (options) => (request, response) => response.end('one')",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
  },
  'fetch: app.fetch': {
    files: {
      'server.js': `import http from 'node:http'
import app from './app.js'
const serve = ({ fetch }) => http.createServer(async (_, response) => response.end(await fetch()))
const server = serve({ fetch: app.fetch, port: 0 })
server.${listen}
`,
      'app.js': "export default { fetch: async () => 'one' }",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
  },
  'a job': {
    files: {
      'server.js': `import http from 'node:http'
import { job } from './app.js'
export const state = {}
const server = http.createServer((_, response) => response.end(globalThis.text))
setInterval(job, 10)
server.${listen}
`,
      'app.js': "export const job = () => { globalThis.text = 'one' }",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
  },
  'CommonJS: createServer(require)': {
    files: {
      'server.js': `const http = require('http')
const app = require('./app')
const server = http.createServer(app)
server.${listen}
`,
      'app.js': "module.exports = (request, response) => response.end('one')",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
    options: { packageJson: { type: undefined } },
  },
  'CommonJS: behind hot.init()': {
    files: {
      'main.js': `const { hot } = require('hot-hook')
hot.init(__filename)
require('./server')
`,
      'server.js': `const http = require('http')
const app = require('./app').app;
const server = http.createServer(app)
server.${listen}
`,
      'app.js': "exports.app = (request, response) => response.end('one')",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
    options: { packageJson: { type: undefined }, entry: 'main.js', nodeArguments: [] },
  },
  'behind hot.init()': {
    files: {
      'main.js': `import { hot } from 'hot-hook'
await hot.init(import.meta.url)
await import('./server.js')
`,
      'server.js': `import http from 'node:http'
import app from './app.js'
const server = http.createServer(app)
server.${listen}
`,
      'app.js': "export default (request, response) => response.end('one')",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
    options: { entry: 'main.js', nodeArguments: [] },
  },
  'CommonJS: names out of a module': {
    files: {
      'server.js': `'use strict'
const http = require('http')
const { handle: next, other } = require('./app')

const server = http.createServer(next)
server.on('x', other)
server.${listen}
`,
      'app.js':
        "exports.handle = (request, response) => response.end('one'); exports.other = () => {}",
    },
    first: 'app.js is imported by server.js. It is hot with these lines in server.js:',
    options: { packageJson: { type: 'commonjs' } },
  },
}

interface GeneralForm extends Omit<Form, 'first' | 'importer'> {
  /** What the advice says. */
  advice: string[]
  /** The files in which that is done. */
  applied: Record<string, string>
}

const inHandler = 'in the function that handles a request or a job'

/** Where no line can be told, the reader has to write it. */
const generalForms: Record<string, GeneralForm> = {
  'a callback that puts the new one in place': {
    files: {
      'server.js': `import http from 'node:http'
import { create } from './app.js'
let handle = create(http)
const server = http.createServer((...args) => handle(...args))
server.${listen}
`,
      'app.js': "export const create = () => (_, response) => response.end('one')",
    },
    advice: [
      'app.js is imported by server.js, which has to use the new one. It is hot with one of these in server.js:',
      '  line 3 uses it once: let handle = create(http)',
      "  import.meta.hot?.accept('./app.js', (next) => { … }), which puts the new one in place of the old",
      `  import('./app.js') ${inHandler}, and nowhere else`,
    ],
    applied: {
      'server.js': `import http from 'node:http'
import { create } from './app.js'
let handle = create(http)
const server = http.createServer((...args) => handle(...args))
server.${listen}
import.meta.hot?.accept('./app.js', (next) => { handle = next.create(http) })
`,
    },
  },
  'an import() in the handler': {
    files: {
      'server.ts': `import http from 'node:http'
import { App } from './app'
const server = http.createServer(new App().handler)
server.${listen}
`,
      'app.ts': `import type { ServerResponse } from 'node:http'
export class App { handler(_: unknown, response: ServerResponse) { response.end('one') } }`,
    },
    saved: 'app.ts',
    advice: [
      'app.ts is imported by server.ts, which has to use the new one. It is hot with one of these in server.ts:',
      "  module.hot?.accept('./app', (next) => { … }), which puts the new one in place of the old",
      `  import('./app') ${inHandler}, and nowhere else`,
      types,
    ],
    applied: {
      'server.ts': `import http from 'node:http'
const server = http.createServer(async (request, response) => {
  const { App } = await import('./app')
  new App().handler(request, response)
})
server.${listen}
`,
    },
    options: {
      entry: 'server.ts',
      packageJson: { type: 'commonjs' },
      nodeArguments: ['--import', 'tsx', '--import', 'hot-hook/register'],
      packagesFrom: fileURLToPath(new URL('../../../node_modules', import.meta.url)),
    },
  },
  'wiring in a helper': {
    files: {
      'server.js': `import http from 'node:http'
import { load } from './load.js'
const routes = {}
await load(routes)
const server = http.createServer((request, response) => routes.app(request, response))
server.${listen}
`,
      'load.js': `export async function load(routes) {
  const { default: app } = await import('./app.js')
  routes.app = app
}`,
      'app.js': "export default (_, response) => response.end('one')",
    },
    advice: [
      'app.js is loaded by load.js once, while the program starts. It is hot where it is asked for each time:',
      `  import('./app.js') ${inHandler}`,
    ],
    applied: {
      'load.js': `export async function load(routes) {
  routes.app = async (...args) => (await import('./app.js')).default(...args)
}`,
    },
  },
  'wiring where boundaries are given': {
    files: {
      'server.js': `import http from 'node:http'
const { default: app } = await import('./app.js')
const server = http.createServer(app)
server.${listen}
`,
      'app.js': "export default (_, response) => response.end('one')",
    },
    advice: [
      'app.js is loaded by server.js once, while the program starts. It is hot where it is asked for each time:',
      `  import('./app.js', { with: { hot: 'true' } }) ${inHandler}`,
    ],
    applied: {
      'server.js': `import http from 'node:http'
const server = http.createServer(async (request, response) => {
  const { default: app } = await import('./app.js', { with: { hot: 'true' } })
  app(request, response)
})
server.${listen}
`,
    },
    options: { hotHook: { boundaries: ['*.js', '!app.js', '!server.js'] } },
  },
  'CommonJS: wiring in a helper': {
    files: {
      'server.js': `const http = require('http')
const routes = {}
require('./load')(routes)
const server = http.createServer((request, response) => routes.app(request, response))
server.${listen}
`,
      'load.js': "module.exports = (routes) => { routes.app = require('./app') }",
      'app.js': "module.exports = (_, response) => response.end('one')",
    },
    advice: [
      'app.js is loaded by load.js once, while the program starts. It is hot where it is asked for each time:',
      `  require('./app') ${inHandler}`,
    ],
    applied: {
      'load.js':
        "module.exports = (routes) => { routes.app = (...args) => require('./app')(...args) }",
    },
    options: { packageJson: { type: undefined } },
  },
  'a module that is only run': {
    files: {
      'server.js': `import http from 'node:http'
import './app.js'
const server = http.createServer((_, response) => response.end(globalThis.text))
server.${listen}
`,
      'app.js': "globalThis.text = 'one'",
    },
    advice: [
      'app.js is only run by what imports it. It is hot if it accepts itself, in app.js:',
      '  import.meta.hot?.accept()',
      '  import.meta.hot?.dispose(() => { … }), which closes what it has opened',
    ],
    applied: { 'app.js': "globalThis.text = 'one'\nimport.meta.hot?.accept()" },
  },
  'an ignored package': {
    files: {
      'server.js': `import http from 'node:http'
import { ask } from '@scope/framework'
const server = http.createServer(async (_, response) => response.end((await ask()).default))
server.${listen}
`,
      'app.js': "export default 'one'",
      'node_modules/@scope/framework/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/@scope/framework/index.js':
        "export const ask = () => import(process.cwd() + '/app.js')",
    },
    advice: [
      'app.js is imported by node_modules/@scope/framework, which is ignored. If that asks for it each time, it is hot with:',
      '  "include": ["**/node_modules/@scope/framework/**"] in the options of Hot Hook',
    ],
    applied: {
      'package.json': JSON.stringify({
        type: 'module',
        hotHook: { include: ['**/node_modules/@scope/framework/**'] },
      }),
    },
  },
  'a module that declines': {
    files: {
      'server.js': `import http from 'node:http'
const server = http.createServer(async (_, response) => response.end((await import('./app.js')).default))
server.${listen}
`,
      'app.js': "export default 'one'\nimport.meta.hot?.decline()",
    },
    advice: [
      'app.js declines every change that reaches it:',
      '  line 2: import.meta.hot?.decline()',
    ],
    applied: { 'app.js': "export default 'one'" },
  },
}

/** Starts the application, and makes a save that is a full reload: what is advised. */
async function adviceFor({ files, saved = 'app.js' }: Form | GeneralForm, options: AppOptions) {
  const app = new App(files, options).start()
  await app.until('one', async () => (await app.get()) === 'one')
  app.save(saved, (files[saved] as string).replace('one', 'two'))
  const { advice } = (await app.message('hot-hook:full-reload')) as { advice: string }
  await app.dispose()
  return advice
}

/** Three saves of the file, and an answer of each. */
async function expectHot(
  files: Record<string, string>,
  saved: string,
  options: AppOptions,
): Promise<void> {
  const app = new App(files, options).start()
  await app.until('one', async () => (await app.get()) === 'one')
  for (const text of ['two', 'three', 'four']) {
    app.save(saved, (files[saved] as string).replace('one', text))
    await app.until(text, async () => (await app.get()) === text)
  }
  expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  expect(app.stderr.match(/could not be|warning/g)).toBeNull()
}

describe.each(nodeMajors)('the advice of a full reload on Node %s', (node) => {
  it.each(Object.entries(forms))('makes it hot: %s', async (_, form) => {
    const { files, importer = 'server.js', saved = 'app.js', first, options } = form
    const given = { node, hasParent: true, ...options }
    const advice = await adviceFor(form, given)
    expect(advice.split('\n')[0]).toBe(first)
    const applied = applyAdvice(files[importer] as string, advice)
    await expectHot({ ...files, [importer]: applied }, saved, given)
  })

  it.each(Object.entries(generalForms))('is right in general: %s', async (_, form) => {
    const { files, saved = 'app.js', advice, applied, options } = form
    const given = { node, hasParent: true, ...options }
    expect((await adviceFor(form, given)).split('\n')).toEqual(advice)
    await expectHot({ ...files, ...applied }, saved, given)
  })
})

const http = forms['createServer(app)'] as Form

it.each([
  ['nowhere', {}, true],
  ['in tsconfig.json', { 'tsconfig.json': '{ "types": ["hot-hook/import-meta"] }' }, false],
  ['in env.d.ts', { 'env.d.ts': '/// <reference types="hot-hook/import-meta" />' }, false],
  ['in another one', { 'tsconfig.json': '{}', 'env.d.ts': '' }, true],
])(
  'names the types that TypeScript needs when they are referred to %s',
  async (_, more, isTold) => {
    const { files, ...form } = forms['createServer(app) in TypeScript'] as Form
    const options = { ...form.options, hasParent: true }
    const advice = await adviceFor({ ...form, files: { ...files, ...more } }, options)
    expect(advice.split('\n').includes(types)).toBe(isTold)
  },
)

it('names no types where the file itself refers to them, nor in JavaScript', async () => {
  const { files, ...form } = forms['createServer(app) in TypeScript'] as Form
  const reference = '/// <reference types="hot-hook/import-meta" />'
  const server = (files['server.ts'] as string).replace('\n', `\n${reference}\n`)
  const typed = { ...form, files: { ...files, 'server.ts': server } }
  const options = { hasParent: true }
  expect(await adviceFor(typed, { ...form.options, ...options })).not.toContain('types')
  expect(await adviceFor(forms['createServer(app)'] as Form, options)).not.toContain('types')
})

it('says of the entry itself how it is divided, unless what it starts is hot already', async () => {
  const app = new App(
    {
      'server.js': `import http from 'node:http'
import app from './app.js'
const server = http.createServer((...args) => app(...args))
server.${listen}
`,
      'app.js': "export default (request, response) => response.end('one')",
    },
    { hasParent: true },
  ).start()
  await app.until('one', async () => (await app.get()) === 'one')
  const path = app.path('server.js')
  app.save('server.js', '// saved')
  expect(await app.message('hot-hook:full-reload')).toMatchObject({
    path,
    advice: expect.stringMatching(/^server\.js is the entry/),
  })
  app.save('server.js', "import.meta.hot?.accept('./app.js')")
  const isReload = ({ type }: { type: string }) => type === 'hot-hook:full-reload'
  await app.until('another one', () => app.messages.filter(isReload).length === 2)
  expect(app.messages.filter(isReload)[1]).not.toHaveProperty('advice')
  await app.dispose()

  const hot = new App(
    {
      'server.js': `import http from 'node:http'
import app from './app.js'
import.meta.hot?.accept('./app.js')
const server = http.createServer((...args) => app(...args))
server.${listen}
`,
      'app.js': "export default (request, response) => response.end('one')",
    },
    { hasParent: true },
  ).start()
  await hot.until('one', async () => (await hot.get()) === 'one')
  hot.save('server.js', '// saved')
  expect(await hot.message('hot-hook:full-reload')).not.toHaveProperty('advice')
})

it('is said once for the same two modules, also after restarts in place', async () => {
  const server = `console.log('advised', process.env.HOT_HOOK_ADVISED)\n${http.files['server.js']}`
  const app = new App({ ...http.files, 'server.js': server }).start()
  await app.get()
  for (const [index, text] of ['two', 'three', 'four'].entries()) {
    app.save('app.js', (http.files['app.js'] as string).replace('one', text))
    await app.until(text, () => app.stdout.match(/listening/g)?.length === index + 2)
  }
  const line = '[hot-hook] app.js changed: full reload, app.js → server.js (entry)'
  expect(app.stderr.split('\n')).toEqual([
    line,
    '  app.js is imported by server.js. It is hot with these lines in server.js:',
    '    line 5: const server = http.createServer((...args) => app(...args))',
    "    below line 3: import.meta.hot?.accept('./app.js')",
    '  hot-runner doctor shows the whole picture',
    line,
    line,
    '',
  ])
  expect(app.stdout.match(/advised .*/g)).toEqual(Array(4).fill('advised undefined'))
})

it('is in the event and in hot.explain(), where there is one', async () => {
  const app = new App(
    {
      ...http.files,
      'server.js': `import { hot } from 'hot-hook'
hot.on('full-reload', ({ advice }) => console.log('event', JSON.stringify(advice)))
${http.files['server.js']}
for (const file of ['app.js', 'server.js', '.env', 'wrong.js']) {
  console.log('explain', JSON.stringify(hot.explain(file).advice?.split('\\n')[0]))
}`,
    },
    { hasParent: true },
  ).start()
  await app.get()
  app.save('app.js', '// 2')
  await app.output(/^event .*/m)
  const text = 'app.js is imported by server.js. It is hot with these lines in server.js:'
  expect(app.stdout.match(/^explain .*/gm)).toEqual([
    `explain "${text}"`,
    'explain "server.js is the entry, which starts everything and is not hot itself:"',
    'explain undefined',
    'explain undefined',
  ])
  expect(app.stdout).toContain(`event "${text}\\n`)
  app.save('.env', 'A=1')
  await app.output('event undefined')
})
