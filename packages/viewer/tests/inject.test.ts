import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { inject } from '../src/refresh/inject.ts'

const tag = '<script src="/renew"></script>'
const page = '<!doctype html><html><head><title>Ä</title></head><body>page</body></html>'
const renewed = page.replace('</head>', `${tag}</head>`)

/** What a client gets of what the handler answers, raw. */
async function answerOf(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  { method = 'GET' } = {},
) {
  const server = http.createServer((request, response) => {
    inject(request, response, {
      needs: { from: 'http://localhost:1', usesWorker: false },
      tag: (nonce) => (nonce === undefined ? tag : tag.replace(' src', ` nonce="${nonce}" src`)),
    })
    handle(request, response)
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const request = http.request({ port, host: '127.0.0.1', method, agent: false }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const { statusCode: status, headers } = response
  return { status, headers, body: Buffer.concat(chunks).toString(), chunks: chunks.length }
}

const asHtml = (response: ServerResponse) =>
  response.setHeader('content-type', 'text/html; charset=utf-8')

test('a page given at once has the script, and its new length', async () => {
  const answer = await answerOf((_, response) => {
    asHtml(response)
    response.setHeader('content-length', Buffer.byteLength(page))
    response.setHeader('etag', '"1"')
    response.end(page)
  })
  expect(answer.body).toBe(renewed)
  expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(renewed)))
  expect(answer.headers.etag).toBeUndefined()
})

test.for([
  ['an object', { 'content-type': 'text/html', 'Content-Length': String(Buffer.byteLength(page)) }],
  ['a list', ['Content-Type', 'text/html', 'content-length', String(Buffer.byteLength(page))]],
  ['pairs with a message', { 'CONTENT-TYPE': 'TEXT/HTML' }],
] as [string, http.OutgoingHttpHeaders | string[]][])(
  'headers that come with the head are looked at: %s',
  async ([, headers]) => {
    const answer = await answerOf((_, response) => {
      response.writeHead(201, 'Made', headers as http.OutgoingHttpHeaders)
      response.end(Buffer.from(page))
    })
    expect(answer).toMatchObject({ status: 201, body: renewed })
  },
)

test('a page of known length may come in pieces', async () => {
  let written = 0
  const answer = await answerOf((_, response) => {
    asHtml(response)
    response.setHeader('content-length', Buffer.byteLength(page))
    response.write(page.slice(0, 30), () => written++)
    response.write(Buffer.from(page.slice(30)), () => written++)
    response.end(() => written++)
  })
  expect(answer.body).toBe(renewed)
  await expect.poll(() => written).toBe(3)
})

test('a file that is piped has the script', async () => {
  const answer = await answerOf((_, response) => {
    asHtml(response)
    response.setHeader('content-length', Buffer.byteLength(page))
    Readable.from([Buffer.from(page)]).pipe(response)
  })
  expect(answer.body).toBe(renewed)
})

test('a stream is left alone, and arrives as it is made', async () => {
  let finish = () => {}
  const answer = answerOf((_, response) => {
    asHtml(response)
    response.write(page.slice(0, 20))
    finish = () => response.end(page.slice(20))
    // The client has the first part before there is a second one.
    setTimeout(() => finish(), 50)
  })
  expect(await answer).toMatchObject({ body: page })
  expect((await answer).headers['transfer-encoding']).toBe('chunked')
})

test.for<[string, http.OutgoingHttpHeaders, string | Buffer]>([
  ['JSON', { 'content-type': 'application/json' }, JSON.stringify({ html: page })],
  ['plain text', { 'content-type': 'text/plain' }, page],
  ['events', { 'content-type': 'text/event-stream' }, 'data: </head>\n\n'],
  ['what has no type', {}, page],
  ['a part of a page', { 'content-type': 'text/html' }, '<li>one</li>'],
  ['UTF-16', { 'content-type': 'text/html; charset=utf-16le' }, Buffer.from(page, 'utf16le')],
  [
    'what is compressed',
    { 'content-type': 'text/html', 'content-encoding': 'gzip' },
    gzipSync(page),
  ],
  [
    'a download',
    { 'content-type': 'text/html', 'content-disposition': 'attachment; filename=a.html' },
    page,
  ],
])('%s is left alone', async ([name, headers, body]) => {
  const answer = await answerOf((_, response) => {
    for (const [name, value] of Object.entries(headers)) if (value) response.setHeader(name, value)
    response.setHeader('content-length', Buffer.byteLength(body))
    response.setHeader('last-modified', 'yesterday')
    response.end(body)
  })
  expect(answer.body).toBe(body.toString())
  // A part of a page is known for one by its text alone, when the head is made.
  if (name !== 'a part of a page') expect(answer.headers['last-modified']).toBe('yesterday')
  expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(body)))
})

test('an answer without a body, and one to HEAD, are left alone', async () => {
  const empty = await answerOf((_, response) => {
    asHtml(response)
    response.writeHead(304, { etag: '"1"' }).end()
  })
  expect(empty).toMatchObject({ status: 304, body: '', headers: { etag: '"1"' } })
  const head = await answerOf(
    (_, response) => {
      asHtml(response)
      response.setHeader('content-length', 77)
      response.end()
    },
    { method: 'HEAD' },
  )
  expect(head.headers['content-length']).toBe('77')
})

test('a page in another encoding keeps its bytes', async () => {
  const latin = Buffer.from('<!doctype html><body>\xe4\xf6\xfc', 'latin1')
  const server = await answerOf((_, response) => {
    response.setHeader('content-type', 'text/html; charset=iso-8859-1')
    response.end(latin)
  })
  expect(server.body).toContain(tag)
  expect(server.headers['content-length']).toBe(String(latin.length + tag.length))
})

test('a page that has the element already gets no second one', async () => {
  const made = page.replace(
    '</head>',
    '<script src="/?view=refresh&amp;token=t" data-since="1" async></script></head>',
  )
  const answer = await answerOf((_, response) => {
    asHtml(response)
    response.end(made)
  })
  expect(answer.body).toBe(made)
})

test('the policy of the page lets the script in', async () => {
  const answer = await answerOf((_, response) => {
    asHtml(response)
    response.setHeader('content-security-policy', "default-src 'self'; script-src 'nonce-abc'")
    response.end(page)
  })
  expect(answer.body).toContain('<script nonce="abc" src')
  expect(answer.headers['content-security-policy']).toBe(
    "default-src 'self'; script-src 'nonce-abc'; connect-src 'self' http://localhost:1",
  )
})
