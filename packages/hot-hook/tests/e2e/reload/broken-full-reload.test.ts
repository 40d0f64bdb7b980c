import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const listen =
  "listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })"

const esm = (text: string) => `import http from 'node:http'
http.createServer((_, response) => response.end('${text}')).${listen}`
const commonjs = (text: string) =>
  esm(text).replace("import http from 'node:http'", "const http = require('http')")
const typescript = (text: string) =>
  esm(`${text}`).replace(
    '(_, response)',
    '(_: http.IncomingMessage, response: http.ServerResponse)',
  )

interface Case {
  entry: string
  source: (text: string) => string
  type?: string
  also?: Record<string, string>
  nodeArguments?: string[]
  saved?: string
  good?: (text: string) => string
  broken?: string
}

const register = (hooks: string) =>
  `import { registerHooks } from 'node:module'; registerHooks(${hooks})`
const passOn = '(given, context, next) => next(given, context)'
const behind = ['--import', 'hot-hook/register', '--import', './loader.mjs']

const cases: Record<string, Case> = {
  'an ES module': { entry: 'server.js', source: esm, type: 'module' },
  CommonJS: { entry: 'server.js', source: commonjs },
  'CommonJS in .cjs': { entry: 'server.cjs', source: commonjs },
  'an ES module that says no type': { entry: 'server.js', source: esm },
  TypeScript: { entry: 'server.ts', source: typescript, type: 'module' },
  'CommonJS without an extension': { entry: 'www', source: commonjs },
  'a file that a CommonJS program requires': {
    entry: 'server.js',
    source: () => `const http = require('http')
const routes = require('./routes')
http.createServer((_, response) => response.end(routes.text)).${listen}`,
    saved: 'routes.js',
    good: (text) => `exports.text = '${text}'`,
    broken: 'exports.text = [1\n',
  },
  'what the command of a package loads': {
    entry: 'node_modules/command/cli.js',
    source: () => `const http = require('http')
const app = require(process.cwd() + '/app.js')
http.createServer((_, response) => response.end(app.text)).${listen}`,
    saved: 'app.js',
    good: (text) => `exports.text = '${text}'`,
    broken: 'exports.text = [1\n',
  },
  'a program that registers hooks that only resolve, as Vite does,': {
    entry: 'server.js',
    type: 'module',
    source: (text) => `${esm(text)}\n${register(`{ resolve: ${passOn} }`)}`,
  },
  'a program that registers a loader when it was loaded itself': {
    entry: 'server.js',
    type: 'module',
    source: (text) => `${esm(text)}\n${register(`{ load: ${passOn} }`)}`,
  },
  'an ES module that a loader behind Hot Hook leaves as it is': {
    entry: 'server.js',
    type: 'module',
    source: esm,
    nodeArguments: behind,
    also: { 'loader.mjs': register(`{ load: ${passOn} }`) },
  },
  'CommonJS that a loader behind Hot Hook leaves as it is': {
    entry: 'server.js',
    source: commonjs,
    nodeArguments: behind,
    also: { 'loader.mjs': register(`{ load: ${passOn} }`) },
  },
  JSON: {
    entry: 'server.js',
    type: 'module',
    source: () => `import http from 'node:http'
import config from './config.json' with { type: 'json' }
http.createServer((_, response) => response.end(config.text)).${listen}`,
    saved: 'config.json',
    good: (text) => JSON.stringify({ text }),
    broken: '{ "text": }',
  },
}

/** The port is another one after each restart. */
async function answer(app: App): Promise<string> {
  const ports = [...app.stdout.matchAll(/listening on (\d+)/g)]
  const response = await fetch(`http://127.0.0.1:${ports.at(-1)?.[1]}`)
  return response.text()
}

const starts = (app: App) => app.stdout.match(/listening on/g)?.length ?? 0

describe.each(nodeMajors)(
  'a save of a file that is not hot and does not compile, on Node %s,',
  (node) => {
    it.each(Object.entries(cases))(
      'in %s restarts nothing, is reported, and the next good save restarts',
      async (_, its) => {
        const { entry, source, type, saved = entry } = its
        const { good = source, broken = `${source('broken')}\nconst = 1\n` } = its
        const { nodeArguments, also } = its
        const files = {
          ...also,
          [entry]: source('version 0'),
          ...(saved !== entry && { [saved]: good('version 0') }),
        }
        const options: AppOptions = {
          node,
          entry,
          packageJson: { type },
          ...(nodeArguments && { nodeArguments }),
        }
        const app = new App(files, options).start()
        await app.port()
        for (const round of [1, 2, 3]) {
          app.save(saved, broken.replace('1', `${round}`))
          await app.until(
            'a report',
            () =>
              app.stderr.split('could not be loaded; the old program runs on').length === round + 1,
          )
          expect(await answer(app)).toBe(`version ${round - 1}`)
          app.save(saved, good(`version ${round}`))
          await app.until(`start ${round}`, () => starts(app) === round + 1)
          expect(await answer(app)).toBe(`version ${round}`)
        }
        expect(app.stderr.match(/: full reload/g)).toHaveLength(3)
      },
    )

    it('is none where a loader makes something else of the file: that is not known before', async () => {
      const load = `(url, context, next) => {
        const result = next(url, context)
        const source = String(result.source).replace('const =', 'const unnamed =')
        return url.endsWith('/server.js') ? { ...result, source } : result
      }`
      const app = new App(
        { 'server.js': `const = 0\n${esm('up')}`, 'loader.mjs': register(`{ load: ${load} }`) },
        { node, hasParent: true, nodeArguments: behind },
      ).start()
      await app.port()
      app.save('server.js', `const = 1\n${esm('up')}`)
      expect(await app.message('hot-hook:full-reload')).toMatchObject({
        path: app.path('server.js'),
      })
    })

    it('holds back what else restarts, until it compiles', async () => {
      const app = new App(
        { 'server.js': `import './broken.js'\n${esm('up')}`, 'broken.js': '', '.env': 'A=1' },
        { node, hasParent: true },
      ).start()
      await app.port()
      app.save('broken.js', 'const = 1')
      await app.output('broken.js could not be loaded')
      app.save('.env', 'A=2')
      await app.output('.env changed: full reload as soon as broken.js can be loaded')
      expect(app.messages.filter((message) => message.type === 'hot-hook:full-reload')).toEqual([])
      app.save('broken.js', '// good')
      expect(await app.message('hot-hook:full-reload')).toMatchObject({
        path: app.path('broken.js'),
      })
    })

    it('waits for no broken file that what was saved does not import any more', async () => {
      const part = (imports: string) => `${imports}\nexport const value = 1`
      const app = new App(
        {
          'server.js': `import { value } from './part.js'\n${esm('up')}\nconsole.log(value)`,
          'part.js': part("import './broken.js'"),
          'broken.js': '',
        },
        { node, hasParent: true },
      ).start()
      await app.port()
      app.save('broken.js', 'const = 1')
      await app.output('broken.js could not be loaded')
      app.save('part.js', part(''))
      expect(await app.message('hot-hook:full-reload')).toMatchObject({ path: app.path('part.js') })
    })

    it('waits for a broken file that a helper, saved with it, imports while the program starts', async () => {
      const helper = (value: number) =>
        `export const boot = async () => (await import('./part.js')).value + ${value}`
      const app = new App(
        {
          'server.js': `import { boot } from './helper.js'\nawait boot()\n${esm('up')}`,
          'helper.js': helper(0),
          'part.js': 'export const value = 1',
        },
        { node, hasParent: true },
      ).start()
      await app.port()
      for (const save of [1, 2, 3]) {
        app.save('part.js', `const = ${save}`)
        await app.until('a broken file', () => app.stderr.split('part.js:1').length > save)
        app.save('helper.js', helper(save))
        await app.until('a reload that waits', () => {
          return app.stderr.split('as soon as part.js can be loaded').length > save
        })
        expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
      }
      app.save('part.js', 'export const value = 2')
      await app.message('hot-hook:full-reload')
    })

    it('waits for a broken file of the start that a request has asked for since', async () => {
      const server = (comment: string) => `import http from 'node:http' ${comment}
const part = () => import('./part.js')
part().then(() => http.createServer(async (_, response) => {
  try { response.end((await part()).value) } catch { response.end('broken') }
}).${listen})`
      const app = new App(
        { 'server.js': server(''), 'part.js': "export const value = 'good'" },
        { node, hasParent: true },
      ).start()
      const port = await app.port()
      await fetch(`http://127.0.0.1:${port}`)
      app.save('part.js', 'const = 1')
      await fetch(`http://127.0.0.1:${port}`)
      app.save('server.js', server('// saved'))
      await app.output('server.js changed: full reload as soon as part.js can be loaded')
      expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
      app.save('part.js', "export const value = 'better'")
      await app.message('hot-hook:full-reload')
    })

    it('waits for a broken file whose name another file gives to a helper that was saved', async () => {
      const helper = (comment: string) => `exports.load = (path) => require(path) ${comment}`
      const server = `require('./helper.js').load('./part.js')\n${commonjs('up')}`
      const app = new App(
        { 'server.js': server, 'helper.js': helper(''), 'part.js': '' },
        { node, hasParent: true, packageJson: { type: 'commonjs' } },
      ).start()
      await app.port()
      app.save('part.js', 'const = 1')
      await app.output('part.js could not be loaded')
      app.save('helper.js', helper('// saved'))
      await app.output('helper.js changed: full reload as soon as part.js can be loaded')
      expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
      app.save('part.js', '// good')
      await app.message('hot-hook:full-reload')
    })

    it.each(['server.js', 'other.js'])(
      'waits for %s, which is in the middle of a save',
      async (saved) => {
        const files = {
          'server.js': `import './part.js'\nimport './other.js'\n${esm('up')}`,
          'part.js': '',
          'other.js': '// other',
        }
        const app = new App(files, { node, hasParent: true }).start()
        await app.port()
        app.child.kill('SIGSTOP')
        app.remove(saved)
        app.save('part.js', '// saved')
        app.child.kill('SIGCONT')
        await app.output(`part.js changed: full reload as soon as ${saved} can be loaded`)
        app.save(saved, files[saved as keyof typeof files])
        await app.message('hot-hook:full-reload')
      },
    )

    it('holds back nothing that is saved with it when no start loads it', async () => {
      const server = (comment: string) => `${esm('up')} ${comment}
setTimeout(() => setTimeout(() => import('./lib.cjs').then(() => console.log('page'))))`
      const app = new App(
        { 'server.js': server(''), 'lib.cjs': "require('./page.js')", 'page.js': '' },
        { node, hasParent: true },
      ).start()
      await app.output('page')
      app.child.kill('SIGSTOP')
      app.save('page.js', 'const = 1')
      app.save('server.js', server('// saved'))
      app.child.kill('SIGCONT')
      expect(await app.message('hot-hook:full-reload')).toMatchObject({
        path: app.path('server.js'),
      })
    })

    it('waits for an entry that was deleted', async () => {
      const app = new App({ 'server.js': esm('up') }, { node }).start()
      await app.port()
      app.remove('server.js')
      await app.output('server.js could not be loaded; the old program runs on')
      expect(await answer(app)).toBe('up')
      app.save('server.js', esm('again'))
      await app.until('a start', () => starts(app) === 2)
      expect(await answer(app)).toBe('again')
    })

    it('restarts although a boundary is broken, which no start loads', async () => {
      const app = new App(
        {
          'server.js': `${esm('up')}\nsetTimeout(() => setTimeout(() => import('./page.js').then(() => console.log('page'))))`,
          'page.js': '',
        },
        { node, hasParent: true },
      ).start()
      await app.output('page')
      app.save('page.js', 'const = 1')
      await app.message('hot-hook:invalidated')
      app.save('server.js', esm('new'))
      expect(await app.message('hot-hook:full-reload')).toMatchObject({
        path: app.path('server.js'),
      })
    })

    it('a file that throws when it starts ends the process, which says what would wait', async () => {
      const app = new App({ 'server.js': esm('up') }, { node }).start()
      await app.port()
      app.save('server.js', "throw new Error('at its start')")
      expect(await app.exit()).toBe(1)
      expect(app.stderr).toContain('Error: at its start')
      expect(app.stderr).toContain(
        '[hot-hook] the program could not start again, and ends. hot-runner (npm i -D @hot-hook/runner) waits for the next save',
      )
    })
  },
)
