import { expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'

const hint =
  '[hot-hook] page.js has changed, and requests were answered since without importing it again. If server.js keeps it, let it import() the module where it is used, or accept it, or add page.js to "reload" [HOT_HOOK_KEPT_BOUNDARY]'

const page = (value: number) => `export default (_, response) => response.end('page ${value}')`

const hints = (app: App) => app.stderr.split('\n').filter((line) => line.includes('answered since'))

it('a boundary that is kept gets one hint, when requests were answered without it', async () => {
  const files = {
    'server.js': `import http from 'node:http'
let page
http.createServer(async (request, response) => {
  page ??= await import('./page.js')
  page.default(request, response)
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
    'page.js': page(0),
  }
  const app = new App(files, { hasParent: true }).start()
  expect(await app.get()).toBe('page 0')
  for (const value of [1, 2, 3]) {
    app.save('page.js', page(value))
    const isStale = ({ type }: { type: string }) => type === 'hot-hook:invalidated'
    await app.until(`save ${value}`, () => app.messages.filter(isStale).length === value)
    expect(hints(app)).toEqual(value === 1 ? [] : [hint])
    for (const _ of [1, 2]) expect(await app.get()).toBe('page 0')
    await app.output(hint)
  }
  expect(hints(app)).toEqual([hint])
})

it('saves between two requests are no reason for a hint', async () => {
  const files = { 'server.js': serverImporting('./page.js'), 'page.js': page(0) }
  const app = new App(files, { hasParent: true }).start()
  expect(await app.get()).toBe('page 0')
  const isStale = ({ type }: { type: string }) => type === 'hot-hook:invalidated'
  for (const value of [1, 2, 3]) {
    app.save('page.js', page(value))
    await app.until(`save ${value}`, () => app.messages.filter(isStale).length === value)
  }
  for (const _ of [1, 2, 3]) expect(await app.get()).toBe('page 3')
  expect(hints(app)).toEqual([])
})
