import { expect } from 'vitest'
import { followed, packageFiles, waiting } from '../../../packages/runner/tests/support/waiting.ts'
import type { Story } from '../stage.ts'

const typescript = '{ "name": "app", "type": "module" }'

/** What the two pages of the runner show: a program with all of it. */
const withRunner = (page: string): Story => ({
  name: 'what hot-runner shows',
  page,
  blocks: ['console'],
  packages: ['express'],
  files: {
    'package.json': typescript,
    'server.ts': `import express from 'express'
import * as db from './db.ts'
import './jobs.ts'
import.meta.hot?.accept('./jobs.ts')

const api = express()
api.get('/health', db.health)
api.get('/', async (request, response) => {
  const { users } = await import('./app/users.ts')
  response.send(users)
})
api.listen(process.env.PORT)
`,
    'db.ts': "export const health = (request, response) => response.send('well')\n",
    'jobs.ts': '',
    'app/users.ts': "export const users = 'Ada'\n",
  },
  async play(stage) {
    await stage.serve('server.ts')
    await stage.session.see('accepts ./jobs.ts')
    expect(await stage.ask()).toBe('Ada')
    stage.edit('app/users.ts', 'Ada', 'Grace')
    await stage.session.see('is new at its next import')
    expect(await stage.ask()).toBe('Grace')
    await stage.updated()
    stage.edit('db.ts', 'well', 'very well')
    await stage.session.see(/full reload[\s\S]*listening on port/)
    stage.expectShown('console')
    expect(await stage.ask('/health')).toBe('very well')
  },
})

const restarting = 'export default (request, response) => response.end()'

/** The pages of the runner. */
export const stories: Story[] = [
  withRunner('docs/runner.md'),
  withRunner('packages/runner/README.md'),
  {
    name: 'what hot-runner doctor shows',
    page: 'docs/runner.md',
    blocks: ['console:2'],
    files: {
      'package.json': typescript,
      'server.ts': `import http from 'node:http'
import app from './app.ts'
import './jobs/index.ts'

http.createServer(app).listen(process.env.PORT ?? 3000)
`,
      // One imports the other: the order does not depend on which file is read first.
      'app.ts': `import './routes.ts'\n${restarting}`,
      'routes.ts': "import './users.ts'",
      'users.ts': "import './user-model.ts'",
      'user-model.ts': "import './db.ts'",
      'db.ts': "import './pool.ts'",
      'pool.ts': "import './config.ts'",
      'config.ts': "import './secrets.ts'",
      'secrets.ts': '',
      'jobs/index.ts': "import './mail.ts'\nimport './clean.ts'\nimport.meta.hot?.accept()",
      'jobs/mail.ts': '',
      'jobs/clean.ts': '',
    },
    async play(stage) {
      await stage.start('doctor', 'server.ts')
      await stage.session.exit
      stage.expectShown('console:2')
    },
  },
  {
    name: 'a Runner in a program',
    page: 'docs/runner.md',
    blocks: ['dev.mjs'],
    files: {
      'server.mjs': `import http from 'node:http'
http.createServer((request, response) => response.end('one')).listen(process.env.PORT)`,
    },
    async play(stage) {
      await stage.command('node', 'dev.mjs')
      await stage.session.see(`listening on ${stage.session.port}`)
      expect(await stage.ask()).toBe('one')
      stage.edit('server.mjs', 'one', 'two')
      await stage.session.see(/full reload .*server.mjs[\s\S]*listening on/)
      expect(await stage.ask()).toBe('two')
      stage.session.type('\x03')
      expect(await stage.session.exit).toEqual({ code: 0, signal: null })
    },
  },
  {
    name: 'a Runner in a program',
    page: 'packages/runner/README.md',
    blocks: ['dev.mjs'],
    files: {
      'server.mjs': `import http from 'node:http'
http.createServer((request, response) => response.end('one')).listen(process.env.PORT)
console.log('up')`,
    },
    async play(stage) {
      await stage.command('node', 'dev.mjs')
      await stage.session.see('up')
      stage.edit('server.mjs', 'one', 'two')
      await stage.session.see(/full reload .*server.mjs[\s\S]*up/)
      expect(await stage.ask()).toBe('two')
    },
  },
  {
    name: 'packages run in standby up to the first module of the program',
    page: 'docs/standby.md',
    blocks: ['server.js'],
    env: followed.env,
    files: {
      'package.json': typescript,
      'db.js': `import http from 'node:http'
export const db = (globalThis.db = 'one')
http.createServer((request, response) => response.end()).listen(process.env.PORT)`,
      ...packageFiles('express', 'export default undefined'),
      ...packageFiles('helmet', "console.log('helmet reads', globalThis.db); export default 1"),
    },
    async play(stage) {
      await stage.serve('server.js')
      const { pid, packages } = await waiting(stage.session)
      // Both streams end in one: which of the two lines is first is left to the machine.
      expect(stage.session.output).toContain('helmet reads one')
      expect(packages).toBe(1)
      stage.edit('db.js', 'one', 'two')
      await stage.session.seeAll(`standby: process ${pid} is used`, 'helmet reads two')
    },
  },
]
