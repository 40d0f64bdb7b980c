import { expect } from 'vitest'
import { followed, packageFiles, waiting } from '../../../packages/runner/tests/support/waiting.ts'
import { readPage } from '../pages.ts'
import { findBlock, type Story } from '../stage.ts'

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

/** The pages that are looked up. */
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
    name: 'the path of a full reload, and what would have been hot',
    page: 'docs/how-it-decides.md',
    blocks: ['console'],
    files: {
      'package.json': typescript,
      'server.js': `import http from 'node:http'
import app from './app.js'

http.createServer(app).listen(process.env.PORT ?? 3000)
`,
      'app.js': `import { users } from './users.js'
export default (request, response) => response.end(users)`,
      'users.js': "export const users = 'Ada'",
    },
    async play(stage) {
      await stage.serve('server.js')
      stage.edit('users.js', 'Ada', 'Grace')
      await stage.session.see(/full reload[\s\S]*listening on port/)
      stage.expectShown('console')
    },
  },
  {
    name: 'accept a dependency',
    page: 'docs/import-meta-hot.md',
    blocks: ['server.mjs', 'handler.mjs'],
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('one')
      stage.edit('handler.mjs', 'one', 'two')
      await stage.updated()
      expect(await stage.ask()).toBe('two')
    },
  },
  {
    name: 'accept itself, dispose, data, watch',
    page: 'docs/import-meta-hot.md',
    blocks: ['job.mjs', 'database.mjs', 'watcher.mjs', 'counter.mjs', 'queries.mjs'],
    files: {
      'users.sql': 'SELECT 1',
      'routes/a.mjs': '',
      'main.mjs': `import http from 'node:http'
import './job.mjs'

http.createServer(async (request, response) => {
  const { counter } = await import('./counter.mjs')
  const { users, routes } = await import('./queries.mjs')
  const { database } = await import('./database.mjs')
  await import('./watcher.mjs')
  counter.visits++
  const rows = database.prepare(users).all()
  response.end(JSON.stringify({ visits: counter.visits, rows, routes }))
}).listen(process.env.PORT)
`,
    },
    async play(stage) {
      await stage.serve('main.mjs')
      await stage.session.see('working')
      const ask = async () => JSON.parse(await stage.ask())
      expect(await ask()).toEqual({ visits: 1, rows: [{ 1: 1 }], routes: ['a.mjs'] })
      stage.session.project.save('users.sql', 'SELECT 2')
      stage.session.project.save('routes/b.mjs', '')
      expect(await ask()).toEqual({ visits: 2, rows: [{ 2: 2 }], routes: ['a.mjs', 'b.mjs'] })
      stage.edit('counter.mjs', '{ visits: 0 }', '{ visits: -1 }')
      stage.edit('database.mjs', ':memory:', '')
      stage.edit('watcher.mjs', '60_000', '70_000')
      expect(await ask()).toMatchObject({ visits: 3, rows: [{ 2: 2 }] })
      stage.edit('job.mjs', 'working', 'still at it')
      await stage.session.see('still at it')
      expect(stage.session.output).not.toContain('failed')
    },
  },
  {
    name: 'the latest app, and an error in place of it',
    page: 'docs/handler.md',
    blocks: ['server.mjs', 'app.mjs', 'console'],
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('Hello')
      stage.edit('app.mjs', 'Hello', 'Hi')
      expect(await stage.ask()).toBe('Hi')
      stage.edit('app.mjs', "'Hi\\n')", "'Hello\\n'")
      const { text } = findBlock('docs/handler.md', 'console')
      expect(await stage.ask()).toBe(text.trim())
      const page = await stage.ask('/', { headers: { accept: 'text/html' } })
      expect(page).toContain('This page renews itself when a save mends it.')
      const json = JSON.parse(await stage.ask('/', { headers: { accept: 'application/json' } }))
      const named = [...readPage('docs/handler.md').text.matchAll(/\{ "error": \{ (.*) \} \}/g)]
      expect(named.map(([, names]) => names)).toEqual([
        Object.keys(json.error)
          .map((name) => `"${name}"`)
          .join(', '),
      ])
      stage.edit('app.mjs', "'Hello\\n'", "'Hi again\\n')")
      expect(await stage.ask()).toBe('Hi again')
      expect(stage.session.output).not.toContain('full reload')
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
  {
    name: 'options in the entry',
    page: 'docs/options.md',
    blocks: ['server.mjs'],
    files: { 'app.mjs': served('.mjs'), 'page.mjs': 'export const page = "one"', 'config/a': '' },
    async play(stage) {
      await stage.command('node', 'server.mjs')
      await stage.session.see('listening')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', 'one', 'two')
      expect(await stage.ask()).toBe('two')
      stage.session.project.save('config/a', 'changed')
      await stage.session.see(/config.a changed: full reload[\s\S]*listening/)
    },
  },
  {
    name: 'options in the entry of CommonJS',
    page: 'docs/options.md',
    blocks: ['server.cjs'],
    files: { 'app.cjs': served('.cjs'), 'page.cjs': 'exports.page = "one"' },
    async play(stage) {
      await stage.command('node', 'server.cjs')
      await stage.session.see('listening')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.cjs', 'one', 'two')
      await stage.answers('two')
    },
  },
  {
    name: 'events in the log',
    page: 'docs/seeing-what-happens.md',
    blocks: ['log-updates.mjs'],
    files: {
      'server.mjs': `import './log-updates.mjs'\n${served('.mjs')}`,
      'page.mjs': 'export const page = "one"',
    },
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', 'one', 'two')
      expect(await stage.ask()).toBe('two')
      await stage.session.see(/new code .*page.mjs/)
      stage.edit('page.mjs', '=', '= =')
      await stage.ask()
      await stage.session.see(/failed to load .*page.mjs/)
    },
  },
  {
    name: 'events of a program as records',
    page: 'docs/events.md',
    blocks: ['log-events.mjs'],
    files: {
      'server.mjs': `import './log-events.mjs'\n${served('.mjs')}`,
      'page.mjs': 'export const page = "one"',
    },
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', 'one', 'two')
      expect(await stage.ask()).toBe('two')
      await stage.session.see(/\{.*"event":"update".*page.mjs/)
    },
  },
  {
    name: 'events of a Runner as records',
    page: 'docs/events.md',
    blocks: ['dev.mjs'],
    files: { 'server.mjs': served('.mjs'), 'page.mjs': 'export const page = "one"' },
    async play(stage) {
      await stage.command('node', 'dev.mjs')
      await stage.session.see('listening')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', '=', '= =')
      await stage.ask()
      await stage.session.see(/SyntaxError[\s\S]*page.mjs/)
    },
  },
  {
    name: 'a timer is closed',
    page: 'docs/troubleshooting.md',
    blocks: ['job.mjs'],
    files: { 'main.mjs': "await import('./job.mjs')\nimport.meta.hot?.accept('./job.mjs')" },
    async play(stage) {
      await stage.start('main.mjs')
      await stage.session.see('tick')
      stage.edit('job.mjs', 'tick', 'tock')
      await stage.session.see('tock')
      await stage.session.see('tock')
      expect(stage.session.output.split('tock').slice(1).join()).not.toContain('tick')
    },
  },
  {
    name: 'a model is taken out of its registry',
    page: 'docs/troubleshooting.md',
    blocks: ['user.mjs'],
    packages: ['mongoose'],
    files: {
      'main.mjs': `import http from 'node:http'
http.createServer(async (request, response) => {
  const { User } = await import('./user.mjs')
  response.end(Object.keys(User.schema.paths).join(' '))
}).listen(process.env.PORT)`,
    },
    async play(stage) {
      await stage.serve('main.mjs')
      expect(await stage.ask()).toBe('name _id __v')
      stage.edit('user.mjs', 'name: String', 'name: String, age: Number')
      expect(await stage.ask()).toBe('name age _id __v')
      stage.edit('user.mjs', 'age', 'height')
      expect(await stage.ask()).toBe('name height _id __v')
    },
  },
  {
    name: 'NestJS, compiled as it is required',
    page: 'docs/coming-from/nestjs.md',
    blocks: ['src/main.ts'],
    packages: [
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/platform-express',
      '@swc-node/register',
      '@swc/core',
      'reflect-metadata',
      'rxjs',
      'typescript',
    ],
    files: {
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          module: 'commonjs',
          esModuleInterop: true,
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
        },
      }),
      'src/app.service.ts': `import { Injectable } from '@nestjs/common'

@Injectable()
export class AppService {
  hello() {
    return 'one'
  }
}
`,
      'src/app.controller.ts': `import { Controller, Get } from '@nestjs/common'
import { AppService } from './app.service'

@Controller()
export class AppController {
  constructor(private readonly service: AppService) {}

  @Get()
  hello() {
    return this.service.hello()
  }
}
`,
      'src/app.module.ts': `import { Module } from '@nestjs/common'
import { AppController } from './app.controller'
import { AppService } from './app.service'

@Module({ controllers: [AppController], providers: [AppService] })
export class AppModule {}
`,
    },
    async play(stage) {
      await stage.serve('-r', '@swc-node/register', 'src/main.ts')
      await stage.answers('one')
      stage.edit('src/app.service.ts', 'one', 'two')
      await stage.updated()
      await stage.answers('two')
      expect(stage.session.output).not.toContain('full reload')
    },
  },
  {
    name: 'the graph in a server of your own',
    page: 'docs/viewer.md',
    blocks: ['server.mjs', 'app.mjs', 'console'],
    packages: ['express', '@hot-hook/viewer'],
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('Hello')
      expect(await stage.ask('/graph')).toContain('Open the address that the terminal shows')
      const [, path = ''] = await stage.session.see(
        /\[hot-hook\] the graph: http:\/\/127\.0\.0\.1:\d+(\/graph\?token=\S+)/,
      )
      expect(await stage.ask(path)).toContain('<div id="app">')
      expect(await stage.ask(`${path}&view=graph`)).toContain('app.mjs')
      stage.edit('app.mjs', 'Hello', 'Bye')
      await stage.answers('Bye')
    },
  },
  {
    name: 'pages renew themselves',
    page: 'docs/refresh.md',
    blocks: ['page.mjs', 'server.mjs'],
    packages: ['express', '@hot-hook/viewer'],
    async play(stage) {
      await stage.serve('server.mjs')
      const page = await stage.ask()
      expect(
        page.match(/<script src="\/__hot-hook\/refresh\?view=refresh[^>]*><\/script>/g),
      ).toHaveLength(1)
      stage.edit('page.mjs', '<h1>Shop', '<h1>Store')
      expect(await stage.ask()).toContain('<h1>Store')
    },
  },
  {
    name: 'types of import.meta.hot',
    page: 'docs/getting-started.md',
    blocks: ['env.d.ts'],
    packages: ['typescript'],
    files: {
      'package.json': typescript,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: [],
        },
      }),
      'app.ts': "import.meta.hot?.accept('./dep.ts')\nexport {}",
    },
    async play(stage) {
      await stage.command('node', 'node_modules/typescript/bin/tsc', '-p', '.')
      expect(await stage.session.exit).toEqual({ code: 0, signal: null })
    },
  },
]

/** A server that asks for a page at each request. */
function served(extension: '.mjs' | '.cjs'): string {
  return `${extension === '.mjs' ? "import http from 'node:http'" : "const http = require('node:http')"}
http.createServer(async (request, response) => {
  try {
    const { page } = ${extension === '.mjs' ? 'await import' : 'require'}('./page${extension}')
    response.end(page)
  } catch (error) {
    response.end(String(error))
  }
}).listen(process.env.PORT, () => console.log('listening'))
`
}
