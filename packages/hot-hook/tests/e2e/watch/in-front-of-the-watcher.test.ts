import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { App } from '../../harness/app.ts'

it('a request behind one without import() sees a save that the watcher could not tell in front of it', async () => {
  const app = new App({
    'server.js': `import { existsSync, writeFileSync } from 'node:fs'
import http from 'node:http'
http.createServer(async (request, response) => {
  if (request.url === '/block') {
    writeFileSync('blocked', '')
    while (existsSync('blocked')) {}
    return response.end()
  }
  const { text } = await import('./app.js')
  response.end(text)
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
    'app.js': `import { a } from './lib/a.js'
import { b } from './lib/b.js'
export const text = 'a' + a + ' b' + b + ';'`,
    'lib/a.js': 'export const a = 0',
    'lib/b.js': 'export const b = 0',
  }).start()
  const socket = connect(await app.port(), '127.0.0.1').setEncoding('utf8')
  onTestFinished(() => void socket.destroy())
  let answers = ''
  socket.on('data', (text) => {
    answers += text
  })
  const request = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  const answered = (text: string) => app.until(text, () => answers.includes(text))
  request('/')
  await answered('a0 b0;')
  for (let count = 1; count <= 10; count++) {
    // The watcher has heard of this one, and hands it on when the process is free again.
    app.save('lib/a.js', `export const a = ${count}`)
    request('/block')
    await app.until('it is blocked', () => existsSync(app.path('blocked')))
    app.save('lib/b.js', `export const b = ${count}`)
    answers = ''
    // On the same connection: it comes in front of the watcher in the system's queue.
    request('/')
    app.remove('blocked')
    await app.until('an answer', () => /a\d+ b\d+;/.test(answers))
    expect(/a\d+ b\d+;/.exec(answers)?.[0]).toBe(`a${count} b${count};`)
  }
})
