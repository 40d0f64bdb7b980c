import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

// Node remembers what a specifier means in a directory: the second module there that requires the
// same is not resolved again.
const server = `const http = require('http')
http.createServer((request, response) => {
  if (request.url === '/first') return response.end(String(require('./shared').value))
  response.end(String(require('./second')()))
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`

describe.each(nodeMajors)(
  'CommonJS modules of one directory that require the same file, on Node %s,',
  (node) => {
    const options: AppOptions = {
      node,
      entry: 'index.js',
      hasParent: true,
      packageJson: { type: undefined },
    }

    it('are all reloaded with it, whoever required it first', async () => {
      const files = {
        'index.js': server,
        'second.js': "const shared = require('./shared'); module.exports = () => shared.value",
        'shared.js': 'exports.value = 0',
      }
      const app = new App(files, options).start()
      expect([await app.get('/first'), await app.get('/second')]).toEqual(['0', '0'])
      for (const value of ['1', '2', '3']) {
        app.save('shared.js', `exports.value = ${value}`)
        await app.until(value, async () => (await app.get('/second')) === value)
        expect(await app.get('/first')).toBe(value)
      }
      expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    })

    it('are reloaded with it also when they have required it later, and now do so at once', async () => {
      const files = {
        'index.js': server,
        'second.js': "module.exports = () => require('./shared').value",
        'shared.js': 'exports.value = 0',
      }
      const app = new App(files, options).start()
      expect([await app.get('/first'), await app.get('/second')]).toEqual(['0', '0'])
      app.save(
        'second.js',
        "const { value } = require('./shared'); module.exports = () => value + ' ' + require('./shared').value",
      )
      await app.until('it is required at once', async () => (await app.get('/second')) === '0 0')
      for (const value of ['1', '2', '3']) {
        app.save('shared.js', `exports.value = ${value}`)
        await app.until(value, async () => (await app.get('/second')) === `${value} ${value}`)
        expect(await app.get('/first')).toBe(value)
      }
    })

    it('are reloaded with it where one of them accepts it', async () => {
      const files = {
        'index.js': `let first = require('./shared')
module.hot.accept('./shared', (next) => { first = next })
${server.replace("require('./shared')", 'first')}`,
        'second.js': "const shared = require('./shared'); module.exports = () => shared.value",
        'shared.js': 'exports.value = 0',
      }
      const app = new App(files, options).start()
      expect([await app.get('/first'), await app.get('/second')]).toEqual(['0', '0'])
      for (const value of ['1', '2', '3']) {
        app.save('shared.js', `exports.value = ${value}`)
        await app.until(value, async () => (await app.get('/first')) === value)
        expect(await app.get('/second')).toBe(value)
      }
    })

    it('keep it in the program until the last of them is gone', async () => {
      const files = {
        'index.js': server.replace("require('./shared').value", "require('./first')()"),
        'first.js': "const shared = require('./shared'); module.exports = () => shared.value",
        'second.js': "const shared = require('./shared'); module.exports = () => shared.value",
        'shared.js': 'exports.value = 0',
      }
      const app = new App(files, options).start()
      expect([await app.get('/first'), await app.get('/second')]).toEqual(['0', '0'])
      app.save('first.js', "module.exports = () => 'alone'")
      await app.until('alone', async () => (await app.get('/first')) === 'alone')
      for (const value of ['1', '2', '3']) {
        app.save('shared.js', `exports.value = ${value}`)
        await app.until(value, async () => (await app.get('/second')) === value)
      }
    })

    it('are reloaded with what they require both at their top and in a function', async () => {
      const files = {
        'index.js': server.replace("require('./shared').value", "require('./second')()"),
        'second.js': `const shared = require('./shared')
module.exports = () => shared.value + ' ' + require('./shared').value`,
        'shared.js': 'exports.value = 0',
      }
      const app = new App(files, options).start()
      expect(await app.get('/second')).toBe('0 0')
      for (const value of ['1 1', '2 2', '3 3']) {
        app.save('shared.js', `exports.value = ${value[0]}`)
        await app.until(value, async () => (await app.get('/second')) === value)
      }
    })

    it('restart where a running helper requires it for a module that a request loads', async () => {
      const files = {
        'index.js': `require('./boot')\n${server}`,
        'second.js': `const app = []
require('./boot')(app)
module.exports = () => app.map((route) => route.value).join()`,
        'boot.js': "module.exports = (app) => app.push(require('./shared'))",
        'shared.js': 'exports.value = 0',
      }
      const app = new App(files, options).start()
      expect([await app.get('/second'), await app.get('/second')]).toEqual(['0', '0'])
      app.save('shared.js', 'exports.value = 1')
      expect(await app.message('hot-hook:full-reload')).toMatchObject({
        chain: ['shared.js', 'boot.js', 'index.js'].map((path) => app.path(path)),
      })
    })
  },
)

describe.each(nodeMajors)(
  'of two CommonJS modules that an ES module imports, on Node %s,',
  (node) => {
    const page = `import first from './first.cjs'
import second from './second.cjs'
export default (request, response) => response.end(first.of + ' ' + second.value)`

    it('the one that requires the other gets the new one, and each runs once', async () => {
      const app = new App(
        {
          'server.js': serverImporting('./page.js'),
          'page.js': page,
          'first.cjs': "exports.of = require('./second.cjs').value",
          'second.cjs': "console.log('second 0')\nexports.value = 0",
        },
        { node },
      ).start()
      expect(await app.get()).toBe('0 0')
      for (const value of [1, 2, 3]) {
        app.save('second.cjs', `console.log('second ${value}')\nexports.value = ${value}`)
        expect(await app.get()).toBe(`${value} ${value}`)
        await app.output(`second ${value}`)
        expect(app.stdout.match(/^second .*/gm)).toHaveLength(value + 1)
      }
    })

    it('each runs once, also when the one that the other requires throws', async () => {
      const second = (value: number, more = '') =>
        `console.log('second ${value}')\nexports.value = ${value}\n${more}`
      const app = new App(
        {
          'server.js': serverImporting('./page.js'),
          'page.js': page,
          'first.cjs': "exports.of = require('./second.cjs').value",
          'second.cjs': second(0),
        },
        { node },
      ).start()
      expect(await app.get()).toBe('0 0')
      for (const value of [1, 3, 5]) {
        app.save('second.cjs', second(value, "throw new Error('boom')"))
        expect(await app.get()).toMatch(/^Error: boom\n +at Object\.<anonymous> .*second\.cjs/)
        app.save('second.cjs', second(value + 1))
        expect(await app.get()).toBe(`${value + 1} ${value + 1}`)
        await app.output(`second ${value + 1}`)
        expect(app.stdout.match(/^second .*/gm)).toHaveLength(value + 2)
      }
    })

    it('which require one another each gets what a fresh process gives it', async () => {
      const second = (value: number) => `exports.value = ${value}
const { of = 'nothing' } = require('./first.cjs')
exports.value += ' beside ' + of`
      const app = new App(
        {
          'server.js': serverImporting('./page.js'),
          'page.js': page,
          'first.cjs': "const { value } = require('./second.cjs')\nexports.of = value",
          'second.cjs': second(0),
        },
        { node },
      ).start()
      const fresh = '0 beside nothing 0 beside nothing'
      expect(await app.get()).toBe(fresh)
      for (const value of [1, 2, 3]) {
        app.save('second.cjs', second(value))
        expect(await app.get()).toBe(fresh.replaceAll('0', `${value}`))
      }
    })
  },
)
