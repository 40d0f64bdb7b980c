import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { latestAnswer, ports } from '../../harness/restarts.ts'
import {
  commonjsServer as commonjs,
  esmServer as esm,
  listenAnywhere as listen,
} from '../../harness/servers.ts'

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
          expect(await latestAnswer(app)).toBe(`version ${round - 1}`)
          app.save(saved, good(`version ${round}`))
          await app.until(`start ${round}`, () => ports(app).length === round + 1)
          expect(await latestAnswer(app)).toBe(`version ${round}`)
        }
        expect(app.stderr.match(/: full reload/g)).toHaveLength(3)
        // Node begins an error of TypeScript with a line of no file.
        expect(app.stderr).not.toMatch(/^:\d+$/m)
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
