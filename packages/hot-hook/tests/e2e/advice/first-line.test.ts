import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const listening = "console.log('listening on ' + server.address().port)"
const serving = (listener: string) =>
  `const server = http.createServer(${listener}); server.listen(0, '127.0.0.1', () => ${listening})`

const programs: Record<string, [string, Record<string, string>, AppOptions?]> = {
  'a boundary that nobody has asked for yet': [
    '2 files, 1 boundary',
    { 'server.js': `import './db.js'\n${serverImporting('./app.js')}`, 'db.js': '', 'app.js': '' },
  ],
  'what is accepted': [
    '3 files, 0 boundaries, src/server.js accepts ./app.js, src/own.js accepts itself',
    {
      'src/server.js': `import http from 'node:http'
        import app from './app.js'
        ${serving('(...args) => app(...args)')}
        import.meta.hot?.accept('./app.js')`,
      'src/app.js': "import './own.js'\nexport default () => {}",
      'src/own.js': 'import.meta.hot?.accept()',
    },
    { entry: 'src/server.js' },
  ],
  'nothing that is hot': [
    '3 files, nothing is hot yet: hot-runner doctor',
    {
      'server.js': `import http from 'node:http'
        import app from './app.js'
        await import('./wiring.js')
        ${serving('app')}`,
      'app.js': "import('node:fs'); import('hot-hook'); export default () => {}",
      'wiring.js': '',
    },
  ],
  'a lazy require()': [
    '1 file, 1 boundary',
    {
      'server.js': `const http = require('http')
        ${serving("(...args) => require('./app')(...args)")}`,
      'app.js': 'module.exports = () => {}',
    },
    { packageJson: { type: undefined } },
  ],
  'boundaries that are given': [
    '1 file, 1 boundary',
    {
      'server.js': `import http from 'node:http'
        ${serving("async (url) => url ? import('./pages/a.js') : import('./other.js')")}`,
      'pages/a.js': '',
      'other.js': '',
    },
    { hotHook: { boundaries: ['pages/**'] } },
  ],
  'a program that takes its time before it listens': [
    '2 files, 0 boundaries, late.js accepts itself',
    {
      'server.js': `import http from 'node:http'
        setTimeout(async () => {
          await import('./late.js')
          ${serving('() => {}')}
        }, 300)`,
      'late.js': 'import.meta.hot?.accept()',
    },
  ],
  'a program without a server': [
    '1 file, nothing is hot yet: hot-runner doctor',
    { 'server.js': 'setInterval(() => {}, 1e9)' },
  ],
}

describe.each(nodeMajors)('the first line on Node %s', (node) => {
  it.each(Object.entries(programs))('tells %s', async (_, [line, files, options]) => {
    const env = { NODE_DEBUG: 'hot-hook' }
    const app = new App(files, { node, env, ...options }).start()
    await app.output(`[hot-hook] ${line}\n`)
    expect(app.stderr.match(/\d+ files?, /g)).toHaveLength(1)
  })
})

it('is for a terminal: a program whose stderr is read by another says nothing', async () => {
  const [, files] = programs['what is accepted'] as [string, Record<string, string>]
  const app = new App(
    {
      ...files,
      'src/server.js': `${files['src/server.js']}\nsetTimeout(() => process.exit(), 1500)`,
    },
    { entry: 'src/server.js' },
  ).start()
  expect(await app.exit()).toBe(0)
  expect(app.stderr).toBe('')
})

it('keeps no process alive', async () => {
  const app = new App({ 'server.js': "console.log('done')" }, { env: { NODE_DEBUG: 'hot-hook' } })
  app.start()
  expect(await app.exit()).toBe(0)
  expect(app.stderr).not.toMatch(/\d files?, /)
})
