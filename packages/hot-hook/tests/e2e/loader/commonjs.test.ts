import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const commonJs = { packageJson: { type: 'commonjs' } }

/** A CommonJS server that requires its handler on each request. */
const lazyServer = `
const http = require('node:http')
const server = http.createServer((request, response) => {
  try {
    require('./app')(request, response)
  } catch (error) {
    response.statusCode = 500
    response.end(String(error.stack))
  }
})
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
`

describe.each(nodeMajors)('CommonJS on Node %s', (node) => {
  it('takes a lazy require() for a boundary and loads again what is between it and the change', async () => {
    const app = new App(
      {
        'server.js': lazyServer,
        'app.js':
          "const { name } = require('./model'); globalThis.apps = (globalThis.apps ?? 0) + 1; module.exports = (_, response) => response.end(name + globalThis.apps + require('./other').times)",
        'model.js': "exports.name = 'one '",
        'other.js':
          'globalThis.others = (globalThis.others ?? 0) + 1; exports.times = globalThis.others',
      },
      { node, ...commonJs },
    ).start()
    expect(await app.get()).toBe('one 11')
    app.save('model.js', "exports.name = 'two '")
    await app.until('the new model', async () => (await app.get()) === 'two 21')
    await app.output('model.js changed: 2 modules reloaded')
    app.save('app.js', "module.exports = (_, response) => response.end('new app')")
    await app.until('the new app', async () => (await app.get()) === 'new app')
    expect(app.stderr.replace(/^\[hot-hook\].*\n/gm, '')).toBe('')
  })

  it('rejects a syntax error with its place, and heals', async () => {
    const app = new App(
      {
        'server.js': lazyServer,
        'app.js': "module.exports = (_, response) => response.end('one')",
      },
      { node, ...commonJs },
    ).start()
    expect(await app.get()).toBe('one')
    app.save('app.js', 'const x = 1\nmodule.exports = (_, response) =>')
    const { body } = await app.until('the error', async () => {
      const response = await app.request()
      return response.status === 500 && response
    })
    expect(body.split('\n')[0]).toBe(`${app.path('app.js')}:2`)
    app.save('app.js', "module.exports = (_, response) => response.end('healed')")
    await app.until('the healed app', async () => (await app.get()) === 'healed')
  })

  it('imports CommonJS that requires CommonJS and JSON, all of it hot', async () => {
    const app = new App(
      {
        'server.mjs': `
import http from 'node:http'
const server = http.createServer(async (request, response) => response.end((await import('./app.mjs')).default()))
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
        'app.mjs': "import middle from './middle.cjs'; export default () => middle.text()",
        'middle.cjs':
          "const leaf = require('./leaf.cjs'); const data = require('./data.json'); exports.text = () => leaf.name + data.name",
        'leaf.cjs': "exports.name = 'leaf1 '",
        'data.json': '{ "name": "data1" }',
      },
      { node, entry: 'server.mjs' },
    ).start()
    expect(await app.get()).toBe('leaf1 data1')
    app.save('leaf.cjs', "exports.name = 'leaf2 '")
    expect(await app.get()).toBe('leaf2 data1')
    app.save('data.json', '{ "name": "data2" }')
    expect(await app.get()).toBe('leaf2 data2')
    app.save('leaf.cjs', "exports.name = 'leaf3 '")
    expect(await app.get()).toBe('leaf3 data2')
  })

  it('gives module.hot with accept, dispose and data', async () => {
    const app = new App(
      {
        'server.js': `
const dep = require('./dep')
module.hot.accept('./dep', (next) => console.log('accepted', next.value, require('./dep').value, module.hot.data.seen))
console.log('started', dep.value, typeof module.hot.dispose)
setInterval(() => {}, 1000)`,
        'dep.js':
          "module.hot.data.count = (module.hot.data.count ?? 0) + 1; exports.value = 1; module.hot.dispose(() => console.log('disposed', exports.value)); console.log('dep', module.hot.data.count)",
      },
      { node, ...commonJs },
    ).start()
    await app.output('started 1 function')
    app.save(
      'dep.js',
      "module.hot.data.count++; exports.value = 2; console.log('dep', module.hot.data.count)",
    )
    await app.output('accepted 2 2 undefined')
    expect(app.stdout).toBe(
      'dep 1\nstarted 1 function\ndisposed 1\ndep 2\naccepted 2 2 undefined\n',
    )
  })

  it('is a full reload when require() loaded an ES module', async () => {
    const app = new App(
      {
        'server.cjs': lazyServer.replace("'./app'", "'./app.cjs'"),
        'app.cjs':
          "const { name } = require('./esm.mjs'); module.exports = (_, response) => response.end(name)",
        'esm.mjs': "export const name = 'one'",
      },
      { node, entry: 'server.cjs', hasParent: true },
    ).start()
    expect(await app.get()).toBe('one')
    app.save('esm.mjs', "export const name = 'two'")
    await app.message('hot-hook:full-reload')
    await app.output('require() cannot load it again')
  })
})

describe.each(nodeMajors)('an ES module that import() has replaced, on Node %s,', (node) => {
  it('is a full reload when it is required then: require() gives its first version', async () => {
    const app = new App(
      {
        'server.js': `import http from 'node:http'
http.createServer(async (request, response) => {
  if (request.url === '/import') return response.end(String((await import('./value.js')).value))
  response.end(String((await import('./required.cjs')).default()))
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'required.cjs': "const { value } = require('./value.js'); module.exports = () => value",
        'value.js': 'export const value = 1',
      },
      { node, hasParent: true },
    ).start()
    expect(await app.get('/import')).toBe('1')
    app.save('value.js', 'export const value = 2')
    expect(await app.get('/import')).toBe('2')
    await app.get('/required')
    expect(await app.message('hot-hook:full-reload')).toMatchObject({ path: app.path('value.js') })
  })
})
