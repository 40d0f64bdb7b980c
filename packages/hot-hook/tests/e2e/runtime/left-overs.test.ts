import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const accepting = `import { text } from './app.js'
import http from 'node:http'
const server = http.createServer((_, response) => response.end(text))
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
import.meta.hot?.accept('./app.js')`

/** A server whose app is asked for, by a handler or by what accepts it, and says `one`. */
const ways: Record<
  string,
  { server: string; app: (opens: string) => string; options?: AppOptions }
> = {
  boundary: {
    server: serverImporting('./app.js'),
    app: (opens) => `import './opens.js'\nimport net from 'node:net'\n${opens}
export default (_, response) => response.end('one')`,
  },
  accept: {
    server: accepting,
    app: (opens) => `import './opens.js'\nimport net from 'node:net'\n${opens}
export const text = 'one'`,
  },
  CommonJS: {
    server: `const http = require('http')
const server = http.createServer((q, r) => require('./app')(q, r))
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
    app: (opens) => `const net = require('net')\nrequire('./opens')\n${opens}
module.exports = (_, response) => response.end('one')`,
    options: { packageJson: { type: undefined } },
  },
}

const timer = 'setInterval(() => {}, 1e9)'

/** Saves the app so many times, and asks after each. */
async function replace(app: App, path: string, source: string, texts: readonly string[]) {
  for (const text of texts) {
    app.save(path, source.replace("'one'", `'${text}'`))
    await app.until(text, async () => (await app.get()) === text)
  }
}

const texts = ['two', 'three', 'four', 'five', 'six']

describe.each(nodeMajors)('what replaced modules leave open on Node %s', (node) => {
  it.each(Object.entries(ways))(
    'is told once, by module: %s',
    async (way, { server, app, options }) => {
      const source = app(timer)
      const files = { 'server.js': server, 'app.js': source, 'opens.js': '' }
      const running = new App(files, { node, ...options }).start()
      await running.until('one', async () => (await running.get()) === 'one')
      await replace(running, 'app.js', source, texts.slice(0, 2))
      expect(running.stderr).not.toContain('left one')
      await replace(running, 'app.js', source, texts.slice(2))
      const hot = way === 'CommonJS' ? 'module.hot' : 'import.meta.hot'
      expect(running.stderr.match(/.*left one.*/g)).toEqual([
        '[hot-hook] app.js: each of the last three replacements has left one timer more in the process. ' +
          `Close what the module opens: ${hot}?.dispose(() => { … }) [HOT_HOOK_LEFT_OPEN]`,
      ])
    },
  )

  it.each([
    ['server', 'net.createServer().listen(0)'],
    [
      'socket',
      "const host = (globalThis.host ??= await new Promise((done) => { const host = net.createServer().listen(0, '127.0.0.1', () => done(host)) }))\nnet.connect(host.address().port, '127.0.0.1')",
    ],
  ])('is told of a %s', async (kind, opens) => {
    const { server, app } = ways.accept as (typeof ways)[string]
    const source = app(opens)
    const running = new App(
      { 'server.js': server, 'app.js': source, 'opens.js': '' },
      { node },
    ).start()
    await running.until('one', async () => (await running.get()) === 'one')
    await replace(running, 'app.js', source, texts.slice(0, 3))
    expect(running.stderr).toContain(
      `app.js: each of the last three replacements has left one ${kind}`,
    )
  })
})

it('names the module that opens it, not those that are replaced with it', async () => {
  const { server, app } = ways.boundary as (typeof ways)[string]
  const source = `${timer}\nexport const value = 'one'`
  const files = { 'server.js': server, 'app.js': app(''), 'opens.js': source }
  const running = new App(files).start()
  await running.get()
  for (const text of texts) {
    running.save('opens.js', source.replace('one', text))
    await running.get()
  }
  expect(running.stderr.match(/.*left one/g)).toEqual([
    expect.stringContaining('[hot-hook] opens.js: each of the last three replacements'),
  ])
})

it.each([
  [
    'a dispose handler closes it',
    `const t = ${timer}; import.meta.hot?.dispose(() => clearInterval(t))`,
  ],
  [
    'the importer closes it',
    `globalThis.stop?.(); const t = ${timer}; globalThis.stop = () => clearInterval(t)`,
  ],
  ['it ends by itself', 'setTimeout(() => {}, 1)'],
  ['nothing is opened', ''],
  ['it keeps no process alive', `${timer}.unref()`],
])('nothing is told where %s', async (_, opens) => {
  const { server, app } = ways.accept as (typeof ways)[string]
  const source = app(opens)
  const running = new App({ 'server.js': server, 'app.js': source, 'opens.js': '' }).start()
  await running.until('one', async () => (await running.get()) === 'one')
  await replace(running, 'app.js', source, texts)
  expect(running.stderr).not.toContain('left one')
})

it('requests that stay open are not taken for it', async () => {
  const { server, app } = ways.boundary as (typeof ways)[string]
  const source = app('')
  const running = new App({ 'server.js': server, 'app.js': source, 'opens.js': '' }).start()
  const port = await running.port()
  const open = []
  for (const text of texts) {
    running.save('app.js', source.replace("'one'", `'${text}'`))
    // Each on a connection of its own that is kept.
    const response = await fetch(`http://127.0.0.1:${port}`, { keepalive: true })
    open.push(response)
    await running.get()
  }
  expect(open).toHaveLength(texts.length)
  expect(running.stderr).not.toContain('left one')
})
