import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { nodeMajors } from '../../hot-hook/tests/harness/nodes.ts'
import { appWithViewer } from './support/apps.ts'

const files = {
  'server.js': `import http from 'node:http'
import { refresh, viewer } from '@hot-hook/viewer'
const [renew, graph] = [refresh(), viewer()]
const server = http.createServer((request, response) => {
  if (renew(request, response)) return
  if (request.url.startsWith('/graph')) return graph(request, response)
  if (request.url === '/slow') {
    process.once('SIGTERM', () => response.end('slow'))
    console.log('slow')
    return
  }
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><title>shop</title><body>shop')
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
server.on('connection', () => console.log('connected'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`,
}

const views = {
  'the stream of a page': 'refresh-events',
  'a style sheet that a page follows': 'refresh-styles&path=/shop.css',
}

// A browser uses any connection that it has when the stream that it had has ended.
test.each(
  nodeMajors.flatMap((node) => Object.entries(views).map((view) => [node, ...view] as const)),
)(
  'on Node %s, a server closes when it is asked for %s on a connection that was busy',
  async (node, _, view) => {
    const app = appWithViewer(files, { node }).start()
    const port = await app.port()
    const page = await app.request('/')
    const address = /src="(.*?)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const connection = connect(port, '127.0.0.1').setEncoding('utf8')
    connection.write(`GET /slow HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    await app.output('slow')
    app.child.kill('SIGTERM')
    expect(String(await once(connection, 'data'))).toContain('slow')
    let answer = ''
    connection.on('data', (text: string) => {
      answer += text
    })
    const path = address.replace('view=refresh', `view=${view}`)
    connection.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    await once(connection, 'end')
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is)
    expect(await app.exit()).toBe(0)
  },
)

test.each(nodeMajors)(
  'on Node %s, a server closes when nothing was asked on a connection',
  async (node) => {
    const app = appWithViewer(files, { node }).start()
    const connection = connect(await app.port(), '127.0.0.1').resume()
    await app.output('connected')
    await app.request('/')
    app.child.kill('SIGTERM')
    await once(connection, 'close')
    expect(await app.exit()).toBe(0)
  },
)
