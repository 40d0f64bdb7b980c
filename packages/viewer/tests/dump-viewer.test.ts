import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeInBrowser } from '../../../tools/browser.ts'
import { appWithViewer } from './support/apps.ts'
import { openWatchedPage } from './support/page.ts'

const dumpPackage = fileURLToPath(new URL('../../dump-viewer', import.meta.url))
const name = '<img src=x onerror=alert(1)>.js'

/** A route as people have it with hot-hook 1.x. */
const files = {
  'server.js': `import http from 'node:http'
http.createServer(async (request, response) => {
  if (request.url === '/dump-viewer') {
    const { dumpViewer } = await import('@hot-hook/dump-viewer')
    response.setHeader('content-type', 'text/html; charset=utf-8')
    return response.end(await dumpViewer())
  }
  const { answer } = await import('./app.js')
  response.end(answer)
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
`,
  'app.js': `export { answer } from './${name}'\n`,
  [name]: `export const answer = 'answer'\n`,
}

describeInBrowser('the page of dumpViewer()', () => {
  test('shows the program by itself, and what a save would do', async () => {
    const app = appWithViewer(files)
    const to = app.path('node_modules/@hot-hook/dump-viewer')
    cpSync(`${dumpPackage}/dist`, `${to}/dist`, { recursive: true })
    cpSync(`${dumpPackage}/package.json`, `${to}/package.json`)
    app.start()
    await app.get('/')
    const html = await app.get('/dump-viewer')
    const { page, complaints } = await openWatchedPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const address = `http://127.0.0.1:${await app.port()}/dump-viewer`
    await page.goto(address)
    await page.locator('canvas[data-drawn="3"]').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('onerror')
    await page.keyboard.press('Enter')
    await page.locator('[data-outcome=hot]', { hasText: 'app.js' }).waitFor()
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([address])
    expect(html).not.toContain('<img')
    expect(complaints).toEqual([])
  })
})
