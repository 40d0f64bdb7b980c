import { expect, it } from 'vitest'
import { Example } from '../../harness/example.ts'

/** A copy of the example that runs with `npm start`. */
class NodeHttp extends Example {
  constructor() {
    super('node-http', 'start', { env: { PORT: '0' } })
    this.start()
  }

  /** Waits until the server listens for the time that is given: each restart is one more. */
  async listening(time: number): Promise<void> {
    const isComplete = () => this.stdout.split('restarts in place\n').length === time + 1
    await this.until(`start ${time}`, isComplete)
  }

  override async port(): Promise<number> {
    await this.output('listening on')
    return Number(this.stdout.split('http://localhost:').at(-1)?.match(/^\d+/)?.[0])
  }
}

it('runs with npm start, says where it listens and what to edit', async () => {
  const app = new NodeHttp()
  await app.listening(1)
  expect(app.stdout).toContain(
    `listening on http://localhost:${await app.port()} (pid ${app.child.pid})`,
  )
  expect(app.stdout).toContain('controllers/home.js')
  expect(await app.get('/users')).toBe('Ada, Grace\n')
  expect(await app.request('/users/nobody')).toEqual({ status: 404, body: 'No user nobody\n' })
  expect((await app.request('/nowhere')).status).toBe(404)
  expect(app.stderr).toBe('')
})

it('the app, its controllers, its service and the model that only they need are hot', async () => {
  const app = new NodeHttp()
  const { pid } = app.child
  expect(await app.get()).toBe(`Hello, world! This is visit 1 of process ${pid}.\n`)
  app.edit('controllers/home.js', 'This is visit', 'Visit')
  expect(await app.get()).toBe(`Hello, world! Visit 2 of process ${pid}.\n`)
  app.edit('services/greetings.js', '!`', '.`')
  expect(await app.get()).toBe(`Hello, world. Visit 3 of process ${pid}.\n`)
  app.edit('models/users.js', "name: 'Ada'", "name: 'Ada Lovelace'")
  expect(await app.get('/users/ada')).toBe('Hello, Ada Lovelace.\n')
  app.edit('app.js', '/^\\/$/', '/^\\/home$/')
  expect(await app.get('/home')).toBe(`Hello, world. Visit 5 of process ${pid}.\n`)
  expect(app.stdout.split('listening on').length).toBe(2)
  expect(app.stderr).not.toContain('full reload')
})

it('the model that the server needs too restarts it in place, with the path in the log', async () => {
  const app = new NodeHttp()
  const { pid } = app.child
  await app.get()
  expect(await app.get()).toContain(`visit 2 of process ${pid}.`)
  app.edit('models/visits.js', 'count: 0', 'count: 100')
  await app.listening(2)
  expect(app.stderr.split('\n  ')).toEqual([
    '[hot-hook] models/visits.js changed: full reload, models/visits.js → server.js (entry)',
    'models/visits.js is imported by server.js, which has to use the new one. It is hot with one of these in server.js:',
    '  line 6 uses it once: visits.count++',
    "  import.meta.hot?.accept('./models/visits.js', (next) => { … }), which puts the new one in place of the old",
    "  import('./models/visits.js') in the function that handles a request or a job, and nowhere else",
    'hot-runner doctor shows the whole picture\n',
  ])
  expect(await app.get()).toContain(`visit 101 of process ${pid}.`)
  app.edit('controllers/home.js', 'This is', 'Again')
  expect(await app.get()).toContain(`Again visit 102 of process ${pid}.`)
})

it('.env restarts it in place, with the new value', async () => {
  const app = new NodeHttp()
  const { pid } = app.child
  expect(await app.get('/users/ada')).toBe('Hello, Ada!\n')
  app.edit('.env', 'Hello', 'Good morning')
  await app.listening(2)
  expect(await app.get('/users/ada')).toBe('Good morning, Ada!\n')
  expect(await app.get()).toContain(`process ${pid}.`)
  expect(app.stderr).toBe('[hot-hook] .env changed: full reload, .env (it matches "reload")\n')
})

it('broken syntax is an answer with file and line, and the next save heals it', async () => {
  const app = new NodeHttp()
  const { pid } = app.child
  expect(await app.get('/users')).toBe('Ada, Grace\n')
  app.edit('models/users.js', 'export const users = [', 'export const users = = [')
  const { status, body } = await app.request('/users')
  expect(status).toBe(500)
  expect(body.split('\n').slice(0, 2)).toEqual([
    `${app.path('models/users.js')}:2:22`,
    'export const users = = [',
  ])
  expect(body).toContain('SyntaxError')
  app.edit('models/users.js', 'export const users = = [', 'export const users = [')
  expect(await app.get('/users')).toBe('Ada, Grace\n')
  expect(await app.get()).toContain(`visit 4 of process ${pid}.`)
})
