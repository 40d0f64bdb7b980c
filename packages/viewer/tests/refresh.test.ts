import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser } from '../../../tools/browser.ts'
import type { App } from '../../hot-hook/tests/harness/app.ts'
import { freePort } from '../../hot-hook/tests/harness/free-port.ts'
import { type NodeMajor, nodeMajors } from '../../hot-hook/tests/harness/nodes.ts'
import { appWithViewer } from './support/apps.ts'
import { colorOf, madeAt, openWatchedPage, scrolledTo, soon } from './support/page.ts'

const page = (text: string) =>
  `export default () => \`<!doctype html><html><head><title>shop</title>
<script>history.scrollRestoration = 'manual'</script>
<link rel="stylesheet" href="/shop.css"></head>
<body><h1>${text}</h1><p id="made">\${++globalThis.made}</p><div style="height:5000px"></div></body></html>\`\n`

const server = `import { subscribe } from 'node:diagnostics_channel'
import http from 'node:http'
import { readFileSync } from 'node:fs'
import { refresh } from '@hot-hook/viewer'
import { settings } from './settings.js'
globalThis.made = 0
subscribe('http.server.request.start', ({ request }) => {
  if (request.url.includes('view=refresh-')) console.log('asked for ' + request.url)
})
const renew = refresh()
http.createServer(async (request, response) => {
  if (renew(request, response)) return
  if (request.url.startsWith('/shop.css')) {
    response.setHeader('content-type', 'text/css')
    return response.end(readFileSync(new URL('./public/shop.css', import.meta.url)))
  }
  try {
    const { default: render } = await import('./page.js')
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(render())
  } catch (error) {
    response.statusCode = 500
    response.end(String(error))
  }
}).listen(Number(process.env.PORT), '127.0.0.1', function () {
  console.log('listening on ' + this.address().port)
})
setInterval(() => {
  if (settings.job) import('./job.js').then(({ run }) => run())
}, 20)
`

const files = {
  'server.js': server,
  'settings.js': 'export const settings = { job: true }\n',
  'job.js': `export const run = () => { globalThis.job = 'old' }\n`,
  'page.js': page('old'),
  'public/shop.css': 'h1 { color: rgb(1, 1, 1) }\n',
}

/** How many pages have asked, through their worker, for what happens to their style sheets. */
function followers({ stdout }: App): number {
  const asked = stdout.matchAll(/view=refresh-styles\S*&since=(\d+)/g)
  return new Set([...asked].map(([, since]) => since)).size
}

/** It listens on the same port after a restart. */
async function shop(node: NodeMajor = '24') {
  return appWithViewer(files, { node, env: { PORT: String(await freePort()) } })
}

describeInBrowser('a page that renews itself', () => {
  test.each(nodeMajors)(
    'is new after a save, where it was scrolled to, on Node %s',
    async (node) => {
      const app = (await shop(node)).start()
      const { page: tab, complaints } = await openWatchedPage()
      await tab.goto(`http://127.0.0.1:${await app.port()}/`)
      await tab.evaluate('scrollTo(0, 1234)')
      app.save('page.js', page('new'))
      await tab.getByRole('heading', { name: 'new' }).waitFor()
      await soon(() => scrolledTo(tab)).toBe(1234)
      expect(complaints).toEqual([])
    },
  )

  test('is renewed once for a save', async () => {
    const app = (await shop()).start()
    const { page: tab } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    for (const text of ['one', 'two', 'three']) {
      let loads = 0
      tab.on('load', () => loads++)
      app.save('page.js', page(text))
      await tab.getByRole('heading', { name: text }).waitFor()
      await tab.waitForLoadState()
      // Another save shows that nothing of this one was still to come.
      app.save('public/shop.css', `h1 { color: rgb(2, 2, ${text.length}) }\n`)
      await soon(() => colorOf(tab, 'h1')).toBe(`rgb(2, 2, ${text.length})`)
      expect(loads).toBe(1)
      tab.removeAllListeners('load')
    }
  })

  test('stays as it is, with the error over it, while what it needs cannot be loaded', async () => {
    const app = (await shop()).start()
    const { page: tab } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    app.save('page.js', 'export default () => </script><img src=x onerror=alert(1)>\n')
    const overlay = tab.locator('hot-hook-error')
    await overlay.waitFor()
    await soon(() => overlay.getByRole('alert').textContent()).toContain(
      'page.js could not be loaded',
    )
    expect(await overlay.getByRole('alert').textContent()).toContain(
      '</script><img src=x onerror=alert(1)>',
    )
    expect(await tab.locator('h1').first().textContent()).toBe('old')
    app.save('page.js', page('healed'))
    await tab.getByRole('heading', { name: 'healed' }).waitFor()
    expect(await overlay.count()).toBe(0)
  })

  test('is no longer covered when a broken save is taken back', async () => {
    const app = (await shop()).start()
    const { page: tab } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    app.save('page.js', 'export default (\n')
    await tab.locator('hot-hook-error').waitFor()
    app.save('page.js', page('old'))
    await tab.locator('hot-hook-error').waitFor({ state: 'detached' })
  })

  test.each(nodeMajors)(
    'is new after a full reload, without an error in the console, on Node %s',
    async (node) => {
      const app = (await shop(node)).start()
      const { page: tab, complaints } = await openWatchedPage()
      await tab.goto(`http://127.0.0.1:${await app.port()}/`)
      await tab.evaluate('scrollTo(0, 777)')
      for (const count of [1, 2]) {
        // It has its worker: what a page is still made of when its server goes is missed by the browser.
        await app.until('page that follows', () => followers(app) === count)
        const before = await madeAt(tab)
        app.save('settings.js', `export const settings = { job: true, count: ${count} }\n`)
        await soon(() => madeAt(tab)).toBeGreaterThan(before)
        await tab.waitForLoadState()
        await soon(() => scrolledTo(tab)).toBe(777)
      }
      expect(complaints).toEqual([])
    },
  )

  test.each(nodeMajors)(
    'stays when what was saved has not rendered it, on Node %s',
    async (node) => {
      const app = (await shop(node)).start()
      const { page: tab } = await openWatchedPage()
      await tab.goto(`http://127.0.0.1:${await app.port()}/`)
      const before = await madeAt(tab)
      app.save(
        'job.js',
        `export const run = () => { console.log('new job'); globalThis.job = 'new' }\n`,
      )
      await app.output('new job')
      // What comes later has been told later.
      app.save('public/shop.css', 'h1 { color: rgb(9, 9, 9) }\n')
      await soon(() => colorOf(tab, 'h1')).toBe('rgb(9, 9, 9)')
      expect(await madeAt(tab)).toBe(before)
    },
  )

  test('has a changed style sheet swapped without being renewed', async () => {
    const app = (await shop()).start()
    const { page: tab, complaints } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    const before = await madeAt(tab)
    app.save('public/shop.css', 'h1 { color: rgb(200, 10, 10) }\n')
    await soon(() => colorOf(tab, 'h1')).toBe('rgb(200, 10, 10)')
    expect(await madeAt(tab)).toBe(before)
    // The old one goes when the new one is there.
    await soon(() => tab.locator('link[rel=stylesheet]').count()).toBe(1)
    expect(complaints).toEqual([])
  })

  test('has one style sheet in the end when it was saved again while the new one was on its way', async () => {
    const app = (await shop()).start()
    const { page: tab, complaints } = await openWatchedPage()
    const held: Route[] = []
    await tab.route(/hot-hook=/, (route) => void held.push(route))
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    app.save('public/shop.css', 'h1 { color: rgb(1, 2, 1) }\n')
    await soon(() => held.length).toBeGreaterThan(0)
    const before = held.length
    app.save('public/shop.css', 'h1 { color: rgb(1, 2, 3) }\n')
    await soon(() => held.length).toBeGreaterThan(before)
    await tab.unrouteAll()
    for (const route of held) await route.continue().catch(() => {})
    await soon(() => colorOf(tab, 'h1')).toBe('rgb(1, 2, 3)')
    await soon(() => tab.locator('link[rel=stylesheet]').count()).toBe(1)
    expect(complaints).toEqual([])
  })

  test('of an application that hot.handler() loads is new at once, and covered while it is broken', async () => {
    const app = appWithViewer(
      {
        'server.js': `import http from 'node:http'
import { hot } from 'hot-hook'
http.createServer(hot.handler(() => import('./app.js'))).listen(Number(process.env.PORT), '127.0.0.1', function () {
  console.log('listening on ' + this.address().port)
})
`,
        'app.js': `import express from 'express'
import { refresh } from '@hot-hook/viewer'
import render from './page.js'
globalThis.made ??= 0
const app = express()
app.use(refresh())
app.get('/', (request, response) => response.send(render()))
export default app
`,
        'page.js': page('old'),
      },
      { env: { PORT: String(await freePort()) } },
      ['express'],
    ).start()
    const { page: tab } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    for (const text of ['one', 'two', 'three']) {
      app.save('page.js', page(text))
      await tab.getByRole('heading', { name: text }).waitFor()
    }
    app.save('page.js', 'export default (\n')
    await tab.locator('hot-hook-error').waitFor()
    expect(await tab.locator('h1').first().textContent()).toBe('three')
    app.save('page.js', page('healed'))
    await tab.getByRole('heading', { name: 'healed' }).waitFor()
    // Nothing has waited for a stream to end.
    expect(app.stderr).not.toContain('5 s')
  })

  test('is new after a save where its policy forbids it a worker', async () => {
    const app = appWithViewer(
      {
        ...files,
        'server.js': server
          .replace('{ refresh }', '{ refresh, refreshTag }')
          .replace('refresh()', 'refresh({ inject: false })')
          .replace(
            'response.end(render())',
            "response.end(render().replace('</head>', refreshTag()))",
          )
          .replace(
            "setHeader('content-type', 'text/html; charset=utf-8')",
            "writeHead(200, { 'content-type': 'text/html', 'content-security-policy': \"worker-src 'none'\" })",
          ),
      },
      { env: { PORT: String(await freePort()) } },
    ).start()
    const { page: tab } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    app.save('page.js', page('new'))
    await tab.getByRole('heading', { name: 'new' }).waitFor()
  })

  test('is new after a save though the server was away when it was loaded, without an error in the console', async () => {
    // A browser asks up to three times by itself.
    const away = `let refused = 0
subscribe('http.server.request.start', ({ request }) => {
  if (request.url.includes('view=refresh-') && refused++ < 8) request.socket.destroy()
})
`
    const app = appWithViewer(
      { ...files, 'server.js': server + away },
      { env: { PORT: String(await freePort()) } },
    ).start()
    const { page: tab, complaints } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    await app.until('page that follows', () => followers(app) === 1)
    app.save('page.js', page('new'))
    await tab.getByRole('heading', { name: 'new' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('keeps no server from closing', async () => {
    const closing = `process.on('SIGTERM', () => server.close(() => process.exit(0)))\n`
    const source = server.replace('http.createServer', 'const server = http.createServer')
    const app = appWithViewer(
      { ...files, 'settings.js': 'export const settings = {}\n', 'server.js': source + closing },
      { env: { PORT: String(await freePort()) } },
    ).start()
    const { page: tab } = await openWatchedPage()
    await tab.goto(`http://127.0.0.1:${await app.port()}/`)
    await app.output('view=refresh-events')
    app.child.kill('SIGTERM')
    expect(await app.exit()).toBe(0)
  })
})
