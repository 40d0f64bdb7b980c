import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** A second server is not the handler's: it lets a test see that the process goes on. */
const server = `import http from 'node:http'
import { hot } from 'hot-hook'
const server = http.createServer(hot.handler(() => import('./app.js')))
const other = http.createServer((request, response) => response.end('alive'))
other.listen(0, '127.0.0.1', () => {
  console.log('other on ' + other.address().port + ';')
  server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
})`

/** '/slow' is answered when the parent says so; everything that happens is printed. */
const slowApp = (text: string) => `import { open } from './database.js'
export default async (request, response) => {
  if (request.url === '/slow') {
    console.log('${text} waits;')
    await new Promise((resolve) => process.once('message', resolve))
    console.log('${text} goes on, the database is ' + (open.isOpen ? 'open;' : 'closed;'))
  }
  response.end('${text}')
}`

const database = `export const open = { isOpen: true }
import.meta.hot?.dispose(() => {
  open.isOpen = false
  console.log('closed;')
})`

/** Lets the process do so many other things that whatever it could do was done. */
async function letRun(app: App): Promise<void> {
  const port = Number(/\d+/.exec(await app.output(/other on \d+;/))?.[0])
  for (let times = 0; times < 100; times++) {
    expect((await app.request('/', port)).body).toBe('alive')
  }
}

/** A request on a connection of its own. */
async function ask(app: App, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${await app.port()}${path}`)
  return response.text()
}

const happened = (app: App) => app.stdout.match(/.+;(?=\n)/g)?.slice(1)

describe.each(nodeMajors)('what hot.handler replaces is disposed, Node %s', (node) => {
  const start = (files: Record<string, string>) =>
    new App({ 'server.js': server, 'database.js': database, ...files }, { node, hasParent: true })

  it('when the requests have left that are inside', async () => {
    const app = start({ 'app.js': slowApp('one') }).start()
    const slow = ask(app, '/slow')
    await app.output('one waits;')
    app.save('database.js', `${database}\nconsole.log('opened again;')`)
    const next = ask(app, '/')
    await letRun(app)
    expect(happened(app)).toEqual(['one waits;'])
    app.child.send('go on')
    expect(await slow).toBe('one')
    expect(await next).toBe('one')
    expect(happened(app)).toEqual([
      'one waits;',
      'one goes on, the database is open;',
      'closed;',
      'opened again;',
    ])
  })

  it('when they have left, in an update that a module of the app accepts', async () => {
    const accepting = `${slowApp('one')}\nimport.meta.hot?.accept('./database.js')`
    const app = start({ 'app.js': accepting }).start()
    const slow = ask(app, '/slow')
    await app.output('one waits;')
    app.save('database.js', `${database}\nconsole.log('opened again;')`)
    const next = ask(app, '/')
    await letRun(app)
    expect(happened(app)).toEqual(['one waits;'])
    app.child.send('go on')
    expect([await slow, await next]).toEqual(['one', 'one'])
    expect(happened(app)).toEqual([
      'one waits;',
      'one goes on, the database is open;',
      'closed;',
      'opened again;',
    ])
  })

  it('though a request stays longer than 5 s, which one line says', async () => {
    const app = start({ 'app.js': slowApp('one') }).start()
    const slow = ask(app, '/slow')
    await app.output('one waits;')
    app.save('app.js', slowApp('two'))
    app.save('database.js', `${database}\nconsole.log('opened again;')`)
    expect(await ask(app, '/')).toBe('two')
    expect(app.stderr).toContain(
      'warning: a request is still inside the replaced app after 5 s: what it has opened is disposed now',
    )
    app.child.send('go on')
    expect(await slow).toBe('one')
    expect(happened(app)?.at(-1)).toBe('one goes on, the database is closed;')
  })

  it.each([
    [
      'asked for',
      { accept: 'text/event-stream' },
      "response.writeHead(200, { 'content-type': 'text/event-stream' })",
    ],
    ['answered', {}, "response.setHeader('content-type', 'text/event-stream')"],
  ])(
    'without waiting for an event stream that is %s: it ends when somebody ends it',
    async (_, headers, head) => {
      const streaming = `import './database.js'
export default (request, response) => {
  if (request.url !== '/events') return response.end('page')
  ${head}
  response.write('data: hello\\n\\n')
  import.meta.hot?.dispose(() => response.end())
}`
      const app = start({ 'app.js': streaming }).start()
      const stream = await fetch(`http://127.0.0.1:${await app.port()}/events`, { headers })
      app.save('database.js', `${database}\nconsole.log('opened again;')`)
      expect(await ask(app, '/')).toBe('page')
      expect(await stream.text()).toBe('data: hello\n\n')
      expect(app.stderr).not.toContain('warning')
    },
  )

  it('without waiting for a request that itself waits for what is replaced', async () => {
    const lazy = (text: string) => `import './database.js'
export default async (request, response) => {
  if (request.url === '/slow') {
    console.log('${text} waits;')
    await new Promise((resolve) => process.once('message', resolve))
    const { text } = await import('./page.js')
    return response.end('${text} ' + text)
  }
  response.end('${text}')
}`
    const page = "import './database.js'\nexport const text = 'page'"
    const app = start({ 'app.js': lazy('one'), 'page.js': page }).start()
    const slow = ask(app, '/slow')
    await app.output('one waits;')
    app.child.send('go on')
    expect(await slow).toBe('one page')

    const again = ask(app, '/slow')
    await app.until('two requests', () => app.stdout.split('one waits;').length > 2)
    app.save('database.js', `${database}\nconsole.log('opened again;')`)
    const next = ask(app, '/')
    await letRun(app)
    app.child.send('go on')
    expect(await again).toBe('one page')
    expect(await next).toBe('one')
    expect(app.stderr).not.toContain('warning')
  })
})
