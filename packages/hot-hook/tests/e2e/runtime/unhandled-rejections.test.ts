import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const listen =
  "listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })"

/** The second example of its README: nobody catches what the import() is rejected with. */
const server = `import http from 'node:http'
http
  .createServer(async (request, response) => {
    const { default: app } = await import('./app.js')
    app(request, response)
  })
  .${listen}
setInterval(() => {}, 1e9)`

const good = (value: number) => `export default (_, response) => response.end('app ${value}')`

const broken = {
  'does not compile': 'export default (_, response) => {\n  response.end(= 1)\n}',
  'throws an error': "throw new Error('at its start')",
  'throws what is no error': "throw 'at its start'",
  'imports what is missing': "import './missing.js'",
  'has an export too few': "import { none } from './empty.js'",
}

/** One request on a connection of its own, that may stay without an answer. */
async function ask(app: App): Promise<string> {
  const port = await app.port()
  const signal = AbortSignal.timeout(300)
  const text = fetch(`http://127.0.0.1:${port}`, { signal }).then((response) => response.text())
  return text.catch(() => '')
}

const reports = (app: App) => app.stderr.match(/could not be \w+; the old program runs on/g) ?? []

describe.each(nodeMajors)('the import() of a boundary that nobody catches, on Node %s,', (node) => {
  it.each(Object.entries(broken))(
    'ends nothing when the save %s, is reported once and heals',
    async (_, source) => {
      const app = new App(
        { 'server.js': server, 'app.js': good(0), 'empty.js': '' },
        { node },
      ).start()
      expect(await app.get()).toBe('app 0')
      for (const value of [1, 2, 3]) {
        app.save('app.js', `${source}\n// ${value}`)
        await ask(app)
        await app.until('a report', () => reports(app).length === value)
        await ask(app)
        app.save('app.js', good(value))
        await app.until('an answer', async () => (await ask(app)) === `app ${value}`)
      }
      expect(reports(app)).toHaveLength(3)
    },
  )

  it('says file, line and code, and no frame of Node or of Hot Hook', async () => {
    const app = new App({ 'server.js': server, 'app.js': good(0) }, { node }).start()
    await app.get()
    app.save('app.js', broken['does not compile'])
    await ask(app)
    await app.output('SyntaxError')
    app.save('app.js', good(1))
    await ask(app)
    await app.output('changed: 1 module reloaded')
    const file = app.path('app.js')
    const report = `[hot-hook] app.js could not be loaded; the old program runs on
${file}:2:16
  response.end(= 1)
               ^

SyntaxError: Unexpected token '='
`
    expect(app.stderr).toBe(`${report}${app.stderr.slice(app.stderr.lastIndexOf('[hot-hook]'))}`)
  })

  it('that somebody catches has file and line at the top of its stack', async () => {
    const catching = server.replace(
      "await import('./app.js')",
      "await import('./app.js').catch((error) => ({ default: (_, response) => response.end(error.stack) }))",
    )
    const app = new App(
      { 'server.js': catching, 'app.js': broken['does not compile'] },
      { node },
    ).start()
    for (const value of [1, 2, 3]) {
      expect(await app.get()).toContain(`${app.path('app.js')}:2:16`)
      app.save('app.js', good(value))
      expect(await app.get()).toBe(`app ${value}`)
      app.save('app.js', broken['does not compile'])
    }
  })

  it('asked for once more in a handler that cannot find it ends nothing, and heals', async () => {
    const app = new App({ 'server.js': server, 'app.js': good(0) }, { node }).start()
    await app.get()
    app.save('app.js', "export default () => import('./missing.js')")
    await ask(app)
    await app.output("Cannot find module '")
    app.save('app.js', good(1))
    await app.until('an answer', async () => (await ask(app)) === 'app 1')
  })

  it.each(['strict', 'throw', 'none', 'warn'])(
    'ends nothing under --unhandled-rejections=%s',
    async (mode) => {
      const nodeArguments = [`--unhandled-rejections=${mode}`, '--import', 'hot-hook/register']
      const app = new App(
        { 'server.js': server, 'app.js': good(0) },
        { node, nodeArguments },
      ).start()
      await app.get()
      app.save('app.js', broken['does not compile'])
      await ask(app)
      await app.output('could not be loaded')
      app.save('app.js', good(1))
      await app.until('an answer', async () => (await ask(app)) === 'app 1')
    },
  )

  it('is not told to listeners of the program, and adds none', async () => {
    const listeners = `for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => console.log(event + ' ' + error.message))
}
const counts = () => ['unhandledRejection', 'uncaughtException', 'uncaughtExceptionMonitor', 'exit', 'beforeExit']
  .map((event) => process.listenerCount(event)).join(' ')
process.stdin.on('data', () => console.log('counts ' + counts()))`
    const app = new App(
      { 'server.js': `${listeners}\n${server}`, 'app.js': good(0) },
      { node },
    ).start()
    await app.get()
    app.save('app.js', broken['does not compile'])
    await ask(app)
    await app.output('could not be loaded')
    app.child.stdin?.write('?')
    expect(await app.output(/counts .*/)).toBe('counts 1 1 0 0 0')
    expect(app.stdout).not.toContain('Unexpected token')
  })

  it('of a lazy require() ends nothing either', async () => {
    const files = {
      'index.js': `require('http').createServer((request, response) => require('./app')(request, response)).${listen}`,
      'app.js': "module.exports = (_, response) => response.end('app 0')",
    }
    const options = { node, entry: 'index.js', packageJson: { type: undefined } }
    const app = new App(files, options).start()
    await app.get()
    for (const value of [1, 2, 3]) {
      app.save('app.js', `module.exports = = ${value}`)
      await app.until('a report', async () => {
        await ask(app)
        return reports(app).length === value
      })
      app.save('app.js', `module.exports = (_, response) => response.end('app ${value}')`)
      await app.until('an answer', async () => (await ask(app)) === `app ${value}`)
    }
  })
})

describe.each(nodeMajors)('every other rejection that nobody catches, on Node %s,', (node) => {
  const own = "export default () => { Promise.reject(new Error('its own')) }"

  it('ends the process as it does without Hot Hook', async () => {
    const app = new App({ 'server.js': server, 'app.js': good(0) }, { node }).start()
    await app.get()
    app.save('app.js', "throw new Error('at its start')")
    await ask(app)
    await app.output('could not be evaluated')
    app.save('app.js', own)
    await ask(app)
    expect(await app.exit()).toBe(1)
    expect(app.stderr).toContain('Error: its own')
  })

  it('of a load at start-up ends the process, too', async () => {
    const app = new App(
      { 'server.js': "import('./app.js')", 'app.js': 'export const = 1' },
      { node },
    ).start()
    expect(await app.exit()).toBe(1)
    expect(app.stderr).toContain('SyntaxError')
  })

  it('is told to listeners of the program', async () => {
    const listener =
      "process.on('unhandledRejection', (error) => console.log('told ' + error.message))"
    const app = new App({ 'server.js': `${listener}\n${server}`, 'app.js': own }, { node }).start()
    await ask(app)
    await app.output('told its own')
    expect(app.child.exitCode).toBe(null)
  })
})
