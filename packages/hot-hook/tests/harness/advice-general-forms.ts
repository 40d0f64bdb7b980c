import { fileURLToPath } from 'node:url'
import { type Form, listen, types } from './advice-forms.ts'

export interface GeneralForm extends Omit<Form, 'first' | 'importer'> {
  /** What the advice says. */
  advice: string[]
  /** The files in which that is done. */
  applied: Record<string, string>
}

const inHandler = 'in the function that handles a request or a job'

/** Where no line can be told, the reader has to write it. */
export const generalForms: Record<string, GeneralForm> = {
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
      packagesFrom: fileURLToPath(new URL('../../node_modules', import.meta.url)),
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
