import { pathToFileURL } from 'node:url'
import { expect } from 'vitest'
import { Debugger } from '../debugger.ts'
import type { Story } from '../stage.ts'
import { isHot, recipe } from './recipe.ts'

export const stories: Story[] = [
  recipe('express', ['server.mjs', 'app.mjs', 'users.mjs'], {
    packages: ['express'],
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('Welcome')
      expect(await stage.ask('/users')).toBe('["Ada","Grace"]')
      await isHot(stage, ['users.mjs', "'Grace'", "'Edsger'"], '["Ada","Edsger"]', '/users')
      await isHot(stage, ['app.mjs', 'Welcome', 'Hello'], 'Hello')
    },
  }),
  recipe('create-app', ['server.mjs', 'app.mjs'], {
    packages: ['express'],
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('one')
      await isHot(stage, ['app.mjs', "'one'", "'two'"], 'two')
      stage.edit('app.mjs', 'const app', "throw new Error('not today')\n  const app")
      await stage.session.see('full reload')
    },
  }),
  recipe('commonjs-express', ['server.js', 'app.js', 'users.js'], {
    packages: ['express'],
    async play(stage) {
      await stage.serve('server.js')
      expect(await stage.ask('/users')).toBe('["Ada","Grace"]')
      await isHot(stage, ['users.js', "'Grace'", "'Edsger'"], '["Ada","Edsger"]', '/users')
    },
  }),
  recipe('fastify-autoload', ['package.json', 'server.js', 'app.js', 'routes/users.js'], {
    packages: ['fastify', '@fastify/autoload'],
    async play(stage) {
      await stage.serve('server.js')
      expect(await stage.ask('/users')).toBe('["Ada","Grace"]')
      await isHot(stage, ['routes/users.js', "'Grace'", "'Edsger'"], '["Ada","Edsger"]', '/users')
      stage.session.project.save(
        'routes/posts.js',
        "export default async (app) => app.get('/posts', async () => 'none')",
      )
      await stage.answers('none', '/posts')
      expect(stage.session.output).not.toContain('full reload')
    },
  }),
  recipe('graphql', ['server.mjs', 'schema.mjs', 'users.mjs'], {
    packages: ['graphql', 'graphql-yoga'],
    async play(stage) {
      await stage.serve('server.mjs')
      const path = '/graphql?query={users}'
      expect(await stage.ask(path)).toBe('{"data":{"users":["Ada","Grace"]}}')
      const answer = '{"data":{"users":["Ada","Edsger"]}}'
      await isHot(stage, ['users.mjs', "'Grace'", "'Edsger'"], answer, path)
      stage.edit('schema.mjs', 'users: [String!]!', 'users: [String!]! size: Int')
      await stage.answers('{"data":{"size":null}}', '/graphql?query={size}')
    },
  }),
  recipe('websockets', ['server.mjs', 'messages.mjs'], {
    name: 'an open connection gets the new code',
    packages: ['ws'],
    async play(stage) {
      await stage.serve('server.mjs')
      const socket = new WebSocket(`ws://127.0.0.1:${stage.session.port}`)
      const answer = async () => {
        const event = await new Promise<MessageEvent>((resolve, reject) => {
          socket.addEventListener('message', resolve, { once: true })
          socket.addEventListener('error', reject, { once: true })
          if (socket.readyState === WebSocket.OPEN) socket.send('hello')
          else socket.addEventListener('open', () => socket.send('hello'), { once: true })
        })
        return String(event.data)
      }
      expect(await answer()).toBe('one: hello')
      stage.edit('messages.mjs', 'one', 'two')
      await stage.updated()
      expect(await answer()).toBe('two: hello')
      socket.close()
    },
  }),
  recipe('websockets', ['events.mjs', 'news.mjs'], {
    name: 'an open stream gets the new code',
    async play(stage) {
      await stage.serve('events.mjs')
      const controller = new AbortController()
      const { body } = await fetch(`http://127.0.0.1:${stage.session.port}`, controller)
      let seen = ''
      for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
        if (!seen && chunk.includes('one')) stage.edit('news.mjs', 'one', 'two')
        seen += chunk
        if (seen.includes('two')) break
      }
      expect(seen).toMatch(/^(data: one\n\n)+(data: two\n\n)+$/)
    },
  }),
  recipe('jobs', ['cron.mjs', 'report.mjs'], {
    name: 'a cron job is replaced',
    packages: ['croner'],
    files: { 'main.mjs': "import './cron.mjs'\n" },
    async play(stage) {
      await stage.start('main.mjs')
      await stage.session.see('all is well')
      stage.edit('report.mjs', 'well', 'fine')
      await stage.session.see(/all is fine\n[\s\S]*all is fine\n/)
      expect(stage.session.output.split('fine').slice(1).join()).not.toContain('well')
    },
  }),
  recipe('jobs', ['consumer.mjs', 'handle.mjs', 'queue.mjs'], {
    name: 'a consumer hands over, and no message is lost',
    files: { 'main.mjs': "import './consumer.mjs'\n" },
    async play(stage) {
      await stage.start('main.mjs')
      await stage.session.see('handled 2')
      stage.edit('handle.mjs', "'handled'", "'done with'")
      await stage.session.see(/done with \d+\n[\s\S]*done with \d+\n/)
      const handled = [...stage.session.output.matchAll(/(?:handled|done with) (\d+)/g)]
      expect(handled.map(([, number]) => Number(number))).toEqual(handled.map((_, at) => at + 1))
      expect(stage.session.output).not.toContain('full reload')
    },
  }),
  recipe(
    'templates-and-sql',
    ['server.mjs', 'queries.mjs', 'users.sql', 'views.mjs', 'views/page.eta'],
    {
      packages: ['eta'],
      async play(stage) {
        await stage.serve('server.mjs')
        expect(await stage.ask()).toBe('<h1>Hello Ada</h1>')
        await isHot(stage, ['users.sql', 'Ada', 'Grace'], '<h1>Hello Grace</h1>')
        await isHot(stage, ['views/page.eta', '<h1>', '<h1>Dear: '], '<h1>Dear: Hello Grace</h1>')
      },
    },
  ),
  recipe('opentelemetry', ['instrumentation.mjs'], {
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/instrumentation',
      '@opentelemetry/instrumentation-http',
      '@opentelemetry/sdk-trace-node',
    ],
    files: {
      'server.mjs': `import http from 'node:http'
import { app } from './app.mjs'
import.meta.hot?.accept('./app.mjs')
http.createServer((...args) => app(...args)).listen(process.env.PORT)`,
      'app.mjs': "export const app = (request, response) => response.end('one')",
    },
    async play(stage) {
      await stage.serve('--import', './instrumentation.mjs', 'server.mjs')
      expect(await stage.ask('/first')).toBe('one')
      await stage.session.see(/'http.target': '\/first'|'url.path': '\/first'/)
      await isHot(stage, ['app.mjs', 'one', 'two'], 'two', '/second')
      await stage.session.see(/'http.target': '\/second'|'url.path': '\/second'/)
    },
  }),
  recipe('tsc-watch', ['package.json', 'tsconfig.json', 'src/server.ts', 'src/greeting.ts'], {
    name: 'what tsc has compiled is hot',
    packages: ['typescript', '@types/node'],
    async play(stage) {
      const tsc = stage.beside(
        'node_modules/typescript/bin/tsc',
        '--watch',
        '--preserveWatchOutput',
      )
      await tsc.see('Found 0 errors')
      await stage.serve('--enable-source-maps', 'dist/server.js')
      expect(await stage.ask()).toBe('one')
      await isHot(stage, ['src/greeting.ts', "'one'", "'two'"], 'two')
    },
  }),
  recipe(
    'monorepo',
    [
      'package.json',
      'packages/shared/package.json',
      'packages/shared/index.js',
      'packages/api/package.json',
      'packages/api/server.js',
    ],
    {
      async play(stage) {
        stage.link('packages/shared', 'node_modules/@acme/shared')
        await stage.serve('packages/api/server.js')
        expect(await stage.ask()).toBe('one')
        await isHot(stage, ['packages/shared/index.js', 'one', 'two'], 'two')
      },
    },
  ),
  recipe('vscode', ['.vscode/launch.json'], {
    name: 'a breakpoint stays when its module is loaded again',
    files: {
      'server.mjs': `import http from 'node:http'
import { app } from './app.mjs'
import.meta.hot?.accept('./app.mjs')
http.createServer((...args) => app(...args)).listen(process.env.PORT)`,
      'app.mjs': `export function app(request, response) {
  const answer = 'one'
  response.end(answer)
}
`,
    },
    async play(stage) {
      const { configurations } = JSON.parse(stage.session.project.read('.vscode/launch.json'))
      const [{ runtimeExecutable, runtimeArgs }] = configurations
      expect([runtimeExecutable, runtimeArgs[0]]).toEqual(['npx', 'hot-runner'])
      await stage.serve('--inspect=127.0.0.1:0', ...runtimeArgs.slice(1))
      const [, address = ''] = /Debugger listening on (ws:\S+)/.exec(stage.session.output) ?? []
      const debug = await Debugger.attach(address)
      await debug.send('Debugger.enable')
      const url = pathToFileURL(stage.session.project.path('app.mjs')).href
      await debug.send('Debugger.setBreakpointByUrl', { url, lineNumber: 2 })
      const stopsWith = async (expected: string) => {
        const answer = stage.ask()
        answer.catch(() => {})
        expect(await debug.paused()).toEqual({ url, lineNumber: 2 })
        await debug.send('Debugger.resume')
        expect(await answer).toBe(expected)
      }
      await stopsWith('one')
      stage.edit('app.mjs', 'one', 'two')
      await stage.updated()
      await stopsWith('two')
      debug.close()
    },
  }),
]
