import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { describeInBrowser, openPage } from '../../../tools/browser.ts'
import { nodeBinary, nodes } from './support/packages.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'
import { followed, packageFiles, waiting } from './support/waiting.ts'

// With an icon of its own: the browser's request for one, cut off by a restart, is an error in its console.
const page = (text: string) =>
  `export default '<!doctype html><html><head><link rel="icon" href="data:,"><title>shop</title></head><body><h1>${text}</h1><div style="height:4000px"></div></body></html>'\n`

const server = `import http from 'node:http'
import { settings } from './settings.js'
http.createServer(async (request, response) => {
  try {
    const { default: html } = await import('./page.js')
    response.setHeader('content-type', 'text/html')
    if (process.env.POLICY) response.setHeader('content-security-policy', process.env.POLICY)
    response.end(html)
  } catch (error) {
    response.statusCode = 500
    response.end(String(error))
  }
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('up ' + settings))
`

const files = {
  'server.js': server,
  'settings.js': `export const settings = 'first'\n`,
  'page.js': page('old'),
}

async function graphAddress(session: Session, ...alsoSeen: string[]): Promise<string> {
  const [graph] = await session.seeAll(/the graph: (http:\S+)/, ...alsoSeen)
  return graph?.[1] ?? ''
}

async function ask(address: string): Promise<Response> {
  return fetch(address, { signal: AbortSignal.timeout(10_000) })
}

test('--ui prints an address of this machine, with a token, that has the graph', async () => {
  await using session = await new Session(files).run(['--ui', 'server.js'])
  const address = await graphAddress(session, 'up first')
  expect(new URL(address).hostname).toBe('127.0.0.1')
  expect(await (await ask(address)).text()).toContain('<div id="app">')
  await session.get()
  const graph = (await (await ask(`${address}&view=graph`)).json()) as { files: { path: string }[] }
  expect(graph.files.map((file) => file.path)).toEqual(['server.js', 'settings.js', 'page.js'])
  const explained = await (await ask(`${address}&view=explain&file=settings.js`)).json()
  expect(explained).toMatchObject({ outcome: 'full-reload', chain: ['settings.js', 'server.js'] })
  expect((await ask(address.replace(/token=./, 'token='))).status).toBe(403)
})

test('--ui with a port that is taken, or is none, says so', async () => {
  await using session = await new Session(files).run(['--ui', 'server.js'])
  const { port } = new URL(await graphAddress(session))
  await using other = await new Session(files).run([`--ui=${port}`, 'server.js'])
  expect(await other.exit).toMatchObject({ code: 2 })
  expect(other.output).toContain(`--ui: port ${port} is taken, give another one.`)
  await using wrong = await new Session(files).run(['--ui=high', 'server.js'])
  expect(await wrong.exit).toMatchObject({ code: 2 })
  expect(wrong.output).toContain('--ui: expected a port, 0 to 65535, got "high".')
})

test('the key u opens the graph in the browser of the user', async () => {
  const session = new Session({
    ...files,
    browser: '#!/bin/sh\necho "$1" > "$(dirname "$0")/opened"\n',
  })
  const BROWSER = session.project.path('browser')
  chmodSync(BROWSER, 0o755)
  // Nothing of this machine says what opens an address.
  const { directory: XDG_DATA_DIRS } = session.project
  await using _ = await session.runOnTerminal(['server.js'], {
    env: { BROWSER, DISPLAY: ':0', XDG_DATA_DIRS, XDG_DATA_HOME: XDG_DATA_DIRS },
  })
  await session.see('up first')
  session.type('u')
  const address = await graphAddress(session)
  expect((await ask(address)).status).toBe(200)
  if (process.platform !== 'linux') return
  const opened = session.project.path('opened')
  await until(
    'the browser',
    () => existsSync(opened) && readFileSync(opened, 'utf8').includes(address),
  )
})

test('--refresh: the process that waits has the packages loaded all the same', async () => {
  await using session = new Session({
    ...files,
    'server.js': `import 'a'\n${server}`,
    ...packageFiles('a', 'export {}'),
  })
  await session.run(['--refresh', 'server.js'], followed)
  await session.see('up first')
  const { pid, packages } = await waiting(session)
  expect(packages).toBe(1)
  session.project.save('settings.js', `export const settings = 'second'\n`)
  await session.seeAll(`process ${pid} is used`, 'up second')
})

describeInBrowser('a browser beside the runner', () => {
  test('shows crashes, restarts and who stands by, and what the program was like while it is down', async () => {
    await using session = await new Session(files).run(['--ui', 'server.js'])
    const address = await graphAddress(session, 'up first')
    await session.get()
    const tab = await openPage()
    const complaints: string[] = []
    tab.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await tab.goto(address)
    await tab.locator('canvas[data-drawn="3"]').waitFor()
    await tab.getByRole('status').getByText('stands by').waitFor()
    session.project.save(
      'settings.js',
      `export const settings = (() => { throw new Error('broken <b>settings</b>') })()\n`,
    )
    await tab.locator('[data-event=crash]', { hasText: 'broken <b>settings</b>' }).waitFor()
    await tab.getByRole('status').getByText('crashed').waitFor()
    await tab.locator('canvas[data-drawn="3"]').waitFor()
    session.project.save('settings.js', `export const settings = 'second'\n`)
    await tab.getByRole('status').getByText('running').waitFor()
    await tab.locator('[data-event=start]', { hasText: 'start 3' }).waitFor()
    expect(complaints).toEqual([])
  })

  test.each(nodes)(
    '--refresh: pages renew themselves over updates, full reloads and crashes, on Node %s',
    async (node) => {
      await using session = await new Session(files).run(['--refresh', 'server.js'], {
        node: nodeBinary(node),
      })
      await session.see('up first')
      const tab = await openPage()
      const complaints: string[] = []
      tab.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      await tab.goto(`http://localhost:${session.port}/`)
      await tab.evaluate('scrollTo(0, 900)')
      session.project.save('page.js', page('new'))
      await tab.getByRole('heading', { name: 'new' }).waitFor()
      await until('the scroll position', async () => (await tab.evaluate('scrollY')) === 900)

      const made = Number(await tab.evaluate('performance.timeOrigin'))
      session.project.save('settings.js', `export const settings = 'second'\n`)
      await until('the renewed page', async () => {
        const now = await tab.evaluate('performance.timeOrigin').catch(() => 0)
        return Number(now) > made
      })
      await until('the scroll position', async () => (await tab.evaluate('scrollY')) === 900)

      session.project.save(
        'settings.js',
        `export const settings = (() => { throw new Error('broken <b>settings</b>') })()\n`,
      )
      const overlay = tab.locator('hot-hook-error').getByRole('alert')
      await overlay.getByText('broken <b>settings</b>').first().waitFor()
      expect(await tab.locator('h1').first().textContent()).toBe('new')
      session.project.save('settings.js', `export const settings = 'third'\n`)
      await tab.locator('hot-hook-error').waitFor({ state: 'detached' })

      session.project.save('page.js', page('last'))
      await tab.getByRole('heading', { name: 'last' }).waitFor()
      expect(complaints).toEqual([])
    },
  )

  test('--refresh --handoff: pages are renewed when the new process has taken over', async () => {
    await using session = await new Session(files).run(['--refresh', '--handoff', 'server.js'])
    await session.see('up first')
    const tab = await openPage()
    await tab.goto(`http://localhost:${session.port}/`)
    const made = Number(await tab.evaluate('performance.timeOrigin'))
    session.project.save('settings.js', `export const settings = 'second'\n`)
    await until('the renewed page', async () => {
      const now = await tab.evaluate('performance.timeOrigin').catch(() => 0)
      return Number(now) > made
    })
    session.project.save('page.js', page('new'))
    await tab.getByRole('heading', { name: 'new' }).waitFor()
  })

  test('--refresh: a page with a content security policy renews itself', async () => {
    await using session = await new Session(files).run(['--refresh', 'server.js'], {
      env: { POLICY: "default-src 'none'; script-src 'self'; style-src 'self'" },
    })
    await session.see('up first')
    const tab = await openPage()
    await tab.goto(`http://127.0.0.1:${session.port}/`)
    session.project.save('page.js', page('new'))
    await tab.getByRole('heading', { name: 'new' }).waitFor()
  })

  test('--refresh changes no page for who is elsewhere', async () => {
    await using session = await new Session(files).run(['--refresh', 'server.js'])
    await session.see('up first')
    const bodyFor = async (host: string) => {
      const request = http.get({ port: session.port, host: '127.0.0.1', headers: { host } })
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      return text(response)
    }
    expect(await bodyFor('localhost')).toContain('<script')
    expect(await bodyFor('shop.example:80')).not.toContain('<script')
  })

  test('--refresh in production changes no page', async () => {
    await using session = await new Session(files).run(['--refresh', 'server.js'], {
      env: { NODE_ENV: 'production' },
    })
    await session.see('up first')
    expect(await session.get()).not.toContain('<script')
  })
})
