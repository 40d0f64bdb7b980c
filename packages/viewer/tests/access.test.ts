import http from 'node:http'
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { describeInBrowser } from '../../../tools/browser.ts'
import type { App } from '../../hot-hook/tests/harness/app.ts'
import { appWithViewer, viewerAddress } from './support/apps.ts'
import { openWatchedPage } from './support/page.ts'

const files = {
  'server.js': `import http from 'node:http'
import { viewer, refresh } from '@hot-hook/viewer'
const graph = viewer({ hosts: ['Shop.test'] })
const renew = refresh()
http.createServer((request, response) => {
  if (request.url.startsWith('/graph')) return graph(request, response)
  if (renew(request, response)) return
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><title>shop</title><body>shop')
}).listen(0, process.env.HOST ?? '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
`,
}

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: string
}

function ask(address: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(address, { agent: false, ...options }, (response) => {
      let body = ''
      const answer = () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
        // A stream does not end by itself.
        if (!String(response.headers['content-type']).startsWith('text/event-stream')) return
        answer()
        request.destroy()
      })
      response.on('end', answer)
    })
    request.on('error', reject)
    request.end()
  })
}

async function start(env: Record<string, string> = {}): Promise<{ app: App; address: string }> {
  const app = appWithViewer(files, { env }).start()
  return { app, address: await viewerAddress(app) }
}

const views = [
  '',
  '&view=script',
  '&view=worker',
  '&view=graph',
  '&view=events',
  '&view=explain&file=server.js',
]

test('who has the token sees everything', async () => {
  const { address } = await start()
  for (const view of views) expect((await ask(address + view)).status).toBe(200)
})

test('who has not the token sees nothing', async () => {
  const { address } = await start()
  for (const view of views) {
    const wrong = address.replace(/token=./, 'token=.') + view
    expect(await ask(wrong)).toMatchObject({
      status: 403,
      body: expect.not.stringContaining('server.js'),
    })
    const without = `${address.replace(/\?.*/, '')}?${view.slice(1)}`
    expect(await ask(without)).toMatchObject({
      status: 403,
      body: expect.not.stringContaining('token='),
    })
  }
})

test('a host that is no name of this machine is refused', async () => {
  const { address } = await start()
  const { port } = new URL(address)
  const statusFor = async (host: string, url = address) =>
    (await ask(url, { headers: { host } })).status
  for (const view of views) {
    expect(await statusFor('evil.example', address + view)).toBe(403)
    expect(await statusFor(`evil.example:${port}`, address + view)).toBe(403)
    expect(await statusFor(`127.0.0.1.evil.example:${port}`, address + view)).toBe(403)
  }
  expect(await statusFor(`localhost:${port}`)).toBe(200)
  expect(await statusFor(`[::1]:${port}`)).toBe(200)
  expect(await statusFor(`graph.localhost:${port}`)).toBe(200)
  expect(await statusFor('shop.test')).toBe(200)
})

test('another origin is refused, and so is what it makes a browser ask for', async () => {
  const { address } = await start()
  const { port } = new URL(address)
  for (const view of views) {
    const status = async (headers: Record<string, string>) =>
      (await ask(address + view, { headers })).status
    expect(await status({ origin: 'http://evil.example' })).toBe(403)
    expect(await status({ origin: 'null' })).toBe(403)
    expect(await status({ origin: `http://127.0.0.1:${Number(port) + 1}` })).toBe(403)
    expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
    expect(await status({ 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'script' })).toBe(403)
    expect(await status({ origin: `http://127.0.0.1:${port}` })).toBe(200)
  }
})

test('nothing but GET is answered', async () => {
  const { address } = await start()
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    expect(await ask(address, { method })).toMatchObject({ status: 405, headers: { allow: 'GET' } })
  }
})

test('who does not come from this machine is refused, also through a proxy of it', async () => {
  const { app, address } = await start({ HOST: '0.0.0.0' })
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }
  expect((await ask(address, { headers: forwarded })).status).toBe(403)
  expect((await ask(address, { headers: { 'x-forwarded-for': '127.0.0.1' } })).status).toBe(200)
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)
  if (!outside) return
  const { port, pathname, search } = new URL(address)
  const there = `http://${outside.address}:${port}${pathname}${search}`
  // It has a right host: what counts is where it comes from.
  expect((await ask(there, { headers: { host: `localhost:${port}` } })).status).toBe(403)
  expect(app.stderr).not.toContain(outside.address)
})

test('a file that is not in the program is not explained', async () => {
  const { address } = await start()
  for (const file of ['/etc/passwd', '../../etc/passwd', 'package.json']) {
    const answer = await ask(`${address}&view=explain&file=${encodeURIComponent(file)}`)
    expect(answer).toMatchObject({ status: 404, body: expect.not.stringContaining('root') })
  }
})

test('every answer has a strict policy, and its scripts only those of the page', async () => {
  const { address } = await start()
  for (const view of views) {
    const { headers } = await ask(address + view)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': expect.stringContaining('no-store'),
    })
  }
  const policies = [await ask(address), await ask(address)].map(
    ({ headers }) => headers['content-security-policy'],
  )
  expect(policies[0]).not.toBe(policies[1])
})

test('in production nothing is there', async () => {
  const app = appWithViewer(files, { env: { NODE_ENV: 'production' } }).start()
  expect(await app.request('/graph')).toMatchObject({ status: 404 })
  expect(await app.get('/')).toBe('<!doctype html><title>shop</title><body>shop')
  expect(app.stderr).not.toContain('the graph')
})

test('without Hot Hook nothing is there', async () => {
  const app = appWithViewer(files, { nodeArguments: [] }).start()
  expect(await app.request('/graph')).toMatchObject({ status: 404 })
  expect(await app.get('/')).toBe('<!doctype html><title>shop</title><body>shop')
})

test('an option that does not exist is named', async () => {
  const app = appWithViewer({
    'server.js': `import { viewer, refresh } from '@hot-hook/viewer'
for (const make of [() => viewer({ host: 'x' }), () => viewer({ hosts: 'x' }), () => refresh({ inject: 1 }), () => viewer()({}, {})]) {
  try { make() } catch (error) { console.log(error.name + ': ' + error.message) }
}
`,
  }).start()
  await app.exit()
  expect(app.stdout.trim().split('\n')).toEqual([
    'TypeError: viewer: there is no option "host". Known: hosts, title',
    `TypeError: viewer: "hosts" must be an array of strings, got 'x'`,
    'TypeError: refresh: "inject" must be true or false, got 1',
    'TypeError: This handler takes what node:http, Express, Fastify, Koa or Hono (on @hono/node-server) call it with.',
  ])
})

describeInBrowser('a page of another origin', () => {
  test('reads neither the graph nor the streams', async () => {
    const { app, address } = await start()
    const other = appWithViewer(files).start()
    const { page } = await openWatchedPage()
    await page.goto(`http://127.0.0.1:${await other.port()}/`)
    const refreshing = `http://127.0.0.1:${await app.port()}/__hot-hook/refresh`
    const read = (url: string) =>
      page.evaluate(
        `fetch(${JSON.stringify(url)}).then((answer) => answer.text(), () => 'refused')`,
      )
    const follow = (url: string) =>
      page.evaluate(`new Promise((resolve) => {
        const source = new EventSource(${JSON.stringify(url)})
        source.onopen = () => resolve('open')
        source.onerror = () => resolve('refused')
      })`)
    for (const view of views) expect(await read(address + view)).toBe('refused')
    expect(await follow(`${address}&view=events`)).toBe('refused')
    // The same, where it may.
    await page.goto(`http://127.0.0.1:${await app.port()}/`)
    const script = String(await page.locator('script').getAttribute('src'))
    const stream = `${refreshing}${script.slice(script.indexOf('?'))}`.replace(
      '=refresh&',
      '=refresh-events&',
    )
    expect(await follow(stream)).toBe('open')
    expect(await follow(stream.replace(/token=.*/, 'token=x'))).toBe('refused')
    await page.goto(`http://127.0.0.1:${await other.port()}/`)
    expect(await follow(stream)).toBe('refused')
    await page.goto(`http://127.0.0.1:${await app.port()}/`)
    expect(await read(`${address}&view=graph`)).toContain('server.js')
  })
})
