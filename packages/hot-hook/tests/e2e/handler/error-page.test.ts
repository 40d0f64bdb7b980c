import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, openPage } from '../../../../../tools/browser.ts'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const page = (text: string) => `import { title } from './views/page.js'
export default (request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end('<h1>' + title + ' ${text}</h1>')
}`

const files = {
  'server.js': `import http from 'node:http'
import { hot } from 'hot-hook'
const server = http.createServer(hot.handler(() => import('./app.js')))
server.listen(process.env.PORT ?? 0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
  'app.js': page('one'),
  'views/page.js': "export const title = 'Page'\n",
}

const says = (browser: Page, text: string) =>
  browser.locator('body').getByText(text).first().waitFor()

async function open(app: App, path = '/'): Promise<Page> {
  const browser = await openPage()
  browser.on('dialog', (dialog) => {
    throw new Error(`a script of the page says ${dialog.message()}`)
  })
  await browser.goto(`http://127.0.0.1:${await app.port()}${path}`)
  return browser
}

describeInBrowser.each(nodeMajors)('the page of an app that cannot be loaded, Node %s', (node) => {
  it('shows file and line, follows the saves, and renews itself when one heals it', async () => {
    const app = new App(files, { node }).start()
    const browser = await open(app, '/?query#hash')
    await says(browser, 'Page one')
    app.save('views/page.js', '// first\nexport const title = )\n')
    await browser.reload()
    await says(browser, 'The app could not be loaded')
    expect(await browser.locator('h2').textContent()).toBe("SyntaxError: Unexpected token ')'")
    expect(await browser.locator('.place').textContent()).toBe('views/page.js:2:22')
    expect(await browser.locator('mark').textContent()).toBe('> 2 | export const title = )')
    expect(await browser.locator('li').allTextContents()).toEqual(['app.js', 'views/page.js'])

    app.save('views/page.js', 'export const title = undefined.name\n')
    await says(browser, 'Cannot read properties of undefined')
    expect(await browser.locator('.place').textContent()).toBe('views/page.js:1:32')

    app.save('views/page.js', "export const title = 'Healed'\n")
    await says(browser, 'Healed one')
    expect(new URL(browser.url()).search + new URL(browser.url()).hash).toBe('?query#hash')
  })

  it('renews itself when the server comes back', async () => {
    const broken = { ...files, 'app.js': 'export default (' }
    const app = new App(broken, { node }).start()
    const browser = await open(app)
    await says(browser, 'The app could not be loaded')
    const port = String(await app.port())
    app.child.kill('SIGKILL')
    await app.exit()
    const again = new App(files, { node, env: { PORT: port } }).start()
    await says(browser, 'Page one')
    expect(await again.get()).toContain('Page one')
  })

  it('shows as text what a file and an error are called', async () => {
    const name = 'x</script><img src=x onerror=alert(1)>.js'
    const named = `./${encodeURIComponent(name).replace('%2F', '/')}`
    const app = new App(
      {
        ...files,
        'app.js': `import ${JSON.stringify(named)}\n${page('one')}`,
        [name]: "throw new Error('<b>no</b></script><script>alert(2)</script>')",
      },
      { node },
    ).start()
    const browser = await open(app)
    expect(await browser.locator('h2').textContent()).toBe(
      'Error: <b>no</b></script><script>alert(2)</script>',
    )
    expect(await browser.locator('.place').textContent()).toBe(`${name}:1:7`)
    expect(await browser.locator('li').allTextContents()).toEqual(['app.js', name])
    expect(await browser.locator('img, b').count()).toBe(0)
    expect(await browser.locator('script').count()).toBe(1)
    expect(await browser.title()).toContain('<b>no</b>')
  })

  it('lets nothing run but its own script', async () => {
    const app = new App({ ...files, 'app.js': 'export default (' }, { node }).start()
    const browser = await open(app)
    await says(browser, 'The app could not be loaded')
    const said = await browser.evaluate(`new Promise((resolve) => {
      const violations = []
      document.addEventListener('securitypolicyviolation', (event) => {
        violations.push(event.effectiveDirective)
        if (violations.length === 5) resolve({ violations: violations.sort(), ran: String(globalThis.ran) })
      })
      const add = (name, properties) =>
        document.body.append(Object.assign(document.createElement(name), properties))
      add('script', { textContent: 'globalThis.ran = true' })
      add('script', { src: '/script.js' })
      add('img', { src: '/image.png' })
      add('style', { textContent: 'h1 { color: green }' })
      document.body.insertAdjacentHTML('beforeend', '<p onclick="globalThis.ran = true">')
      document.body.lastElementChild.click()
    })`)
    expect(said).toEqual({
      violations: [
        'img-src',
        'script-src-attr',
        'script-src-elem',
        'script-src-elem',
        'style-src-elem',
      ],
      ran: 'undefined',
    })
    const [first, second] = await Promise.all([policy(app), policy(app)])
    expect(first.replaceAll(/'nonce-[^']+'/g, "'nonce'")).toBe(
      "default-src 'none'; style-src 'nonce'; script-src 'nonce'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    )
    expect(first).not.toBe(second)
  })

  it('does not send again what was sent to it', async () => {
    const app = new App({ ...files, 'app.js': 'export default (' }, { node }).start()
    const response = await fetch(`http://127.0.0.1:${await app.port()}/`, {
      method: 'POST',
      headers: { accept: 'text/html' },
    })
    const html = await response.text()
    expect(html).toContain('Save the file, and ask again.')
    expect(html).not.toContain('<script')
  })
})

async function policy(app: App): Promise<string> {
  const headers = { accept: 'text/html' }
  const response = await fetch(`http://127.0.0.1:${await app.port()}/`, { headers })
  return response.headers.get('content-security-policy') ?? ''
}
