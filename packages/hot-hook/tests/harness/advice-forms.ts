import type { AppOptions } from './app.ts'

/** The line that names the types. */
export const types =
  '  for its types, once in the project: /// <reference types="hot-hook/import-meta" />'
/** Has a server listen, and say where. */
export const listen =
  "listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))"

export interface Form {
  files: Record<string, string>
  /** Which of them the advice is about. */
  importer?: string
  saved?: string
  first: string
  /** What else it takes besides the lines. */
  options?: AppOptions
}

/** Applications as people write them: a save of `app` is a full reload, the advice makes it hot. */
export const forms: Record<string, Form> = {
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
