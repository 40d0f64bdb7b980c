import { expect } from 'vitest'
import { readPage } from '../pages.ts'
import { findBlock, type Story } from '../stage.ts'

const typescript = '{ "name": "app", "type": "module" }'

/** The other pages that are looked up. */
export const stories: Story[] = [
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
