import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const wiring = [
  'in-floating-main',
  'in-floating-main-after-await',
  'in-helper',
  'top-level',
  'in-main',
  'in-main-after-await',
  'in-arrow-function',
  'in-static-block',
  'in-loop-1',
  'in-loop-2',
  'in-promise-all-1',
  'in-promise-all-2',
  'in-iife',
  'in-callback',
]
const later = ['in-request', 'in-request-after-await', 'in-timer', 'in-class-method', 'unawaited']

/** Imports each file in the way that its name says. */
const entry = `
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { hot } from 'hot-hook'
import { load as loadByHelper } from './helper.js'
async function floating() {
  await import('./in-floating-main.js')
  await readFile(import.meta.filename)
  await import('./in-floating-main-after-await.js')
}
const floated = floating()
await loadByHelper('./in-helper.js')
await import('./top-level.js')
async function main() {
  await import('./in-main.js')
  await new Promise(setImmediate)
  await import('./in-main-after-await.js')
}
await main()
const load = async () => { await import('./in-arrow-function.js') }
await load()
class Plugins { static { this.loading = import('./in-static-block.js') } }
await Plugins.loading
for (const count of [1, 2]) await import('./in-loop-' + count + '.js')
await Promise.all([1, 2].map((count) => import('./in-promise-all-' + count + '.js')))
await (async () => { await import('./in-iife.js') })()
let pending
;['in-callback'].forEach((name) => { pending = import('./' + name + '.js') })
await pending
await floated
class Jobs { async run() { await import('./in-class-method.js') } }
const jobs = new Jobs()
http.createServer(async (request, response) => {
  await import('./in-request.js')
  await new Promise(setImmediate)
  await import('./in-request-after-await.js')
  await new Promise((resolve) => setTimeout(() => resolve(import('./in-timer.js')), 1))
  await jobs.run()
  import('./unawaited.js')
  await import('./unawaited.js')
  response.end(JSON.stringify(${JSON.stringify([...wiring, ...later])}
    .map((name) => [name, hot.explain(name + '.js').outcome])))
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
`

describe.each(nodeMajors)('an import() on Node %s', (node) => {
  it('is wiring while the program starts up, whoever makes it, and a boundary later', async () => {
    const names = [...wiring, ...later]
    const modules = Object.fromEntries(names.map((name) => [`${name}.js`, 'export {}']))
    const helper = 'export const load = async (file) => { await import(file) }'
    const files = { 'server.js': entry, 'helper.js': helper, ...modules }
    const app = new App(files, { node }).start()
    expect(Object.fromEntries(JSON.parse(await app.get()))).toEqual({
      ...Object.fromEntries(wiring.map((name) => [name, 'full-reload'])),
      ...Object.fromEntries(later.map((name) => [name, 'hot'])),
    })
    expect(app.stderr).toBe('')
  })

  it('is followed through several modules that each start up: nothing of it is a boundary', async () => {
    const files = {
      'main.js': "await import('./server.js')",
      'server.js': `import { hot } from 'hot-hook'\n${serverImporting('./app.js')}
        globalThis.explain = (file) => hot.explain(file)`,
      'app.js': `import { limit } from './limit.js'
        import './config.js'
        export default (_, response) => response.end(limit + JSON.stringify([
          'app.js', 'limit.js', 'config.js', 'server.js', 'main.js'
        ].map((file) => explain(file).chain.map((path) => path.split('/').at(-1)).join(' '))))`,
      'limit.js': "export const limit = 'limit '",
      'config.js': "await import('./secret.js')",
      'secret.js': '',
    }
    const app = new App(files, { node, entry: 'main.js' }).start()
    const chains = ['', '', '', 'server.js main.js', 'main.js']
    expect(await app.get()).toBe(`limit ${JSON.stringify(chains)}`)
    // Start-up wiring below a boundary: it is loaded again with the module that wires it.
    app.save('secret.js', "console.log('a new secret')")
    await app.get()
    await app.output('a new secret')
  })

  it('is a boundary again in every version of its module', async () => {
    const files = {
      'server.js': serverImporting('./app.js'),
      'app.js': `export default async (_, response) => {
        const { text } = await import('./text.js')
        response.end('app 1, text ' + text)
      }`,
      'text.js': 'export const text = 1',
    }
    const app = new App(files, { node }).start()
    expect(await app.get()).toBe('app 1, text 1')
    app.save('app.js', files['app.js'].replace('app 1', 'app 2'))
    expect(await app.get()).toBe('app 2, text 1')
    app.save('text.js', 'export const text = 2')
    expect(await app.get()).toBe('app 2, text 2')
    expect(app.stderr).not.toContain('full reload')
  })
})

it('an import() in an ignored package is no boundary: its importer would not ask again', async () => {
  const files = {
    'server.js': `import { load } from 'framework'
      ${serverImporting('./app.js')}`,
    'app.js': `import { load } from 'framework'
      export default async (_, response) => {
        const { hot } = await import('hot-hook')
        response.end((await load()).text + JSON.stringify(hot.explain('routes.js')))
      }`,
    'routes.js': "export const text = 'routes'",
    'node_modules/framework/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/framework/index.js': `
      export const load = () => import(process.cwd() + '/routes.js')`,
  }
  const app = new App(files, { hasParent: true }).start()
  const body = await app.get()
  expect(JSON.parse(body.slice('routes'.length))).toEqual({
    file: app.path('routes.js'),
    outcome: 'full-reload',
    boundaries: [],
    chain: [app.path('routes.js'), app.path('node_modules/framework/index.js')],
    advice: expect.stringContaining('"include": ["**/node_modules/framework/**"]'),
  })
  app.save('routes.js', "export const text = 'new'")
  expect(await app.message('hot-hook:full-reload')).toMatchObject({
    path: app.path('routes.js'),
    chain: [app.path('routes.js'), app.path('node_modules/framework/index.js')],
  })
  await app.output(
    'routes.js changed: full reload, routes.js → node_modules/framework/index.js (it is in an ignored package)',
  )
})
