import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { thrown } from '../../harness/thrown.ts'
import { invalidations } from '../../harness/waiting-program.ts'

const server = `import http from 'node:http'
import { createRequire } from 'node:module'
import { hot } from 'hot-hook'
const require = createRequire(import.meta.url)
const handle = hot.handler(async () => {
  const { text } = await import('./app.js')
  return { default: (_, response) => response.end(text) }
})
const loads = {
  '/caught': () => import('./app.js'),
  // Nobody catches the rejection of the first.
  '/uncaught': () => (void import('./app.js'), import('./app.js')),
  '/required': async () => require('./app.cjs'),
}
const server = http.createServer(async (request, response) => {
  if (request.url === '/handler') return handle(request, response)
  try {
    response.end((await loads[request.url]()).text)
  } catch {
    response.writeHead(500).end()
  }
})
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`

const paths = ['/caught', '/uncaught', '/handler', '/required']

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each(paths)(
    'whatever the top level throws is reported and ends nothing, and the next save heals: %s',
    async (path) => {
      const file = path === '/required' ? 'app.cjs' : 'app.js'
      const good = (value: number) =>
        path === '/required' ? `exports.text = '${value}'` : `export const text = '${value}'`
      const app = new App(
        { 'server.js': server, [file]: good(0) },
        // What fails is told to the runner as well.
        { node, hasParent: true, env: { HOT_RUNNER: String(process.pid) } },
      ).start()
      expect(await app.get(path)).toBe('0')
      const stale = (count: number) => app.until('stale', () => invalidations(app).length === count)
      let value = 0
      for (const [what, expression] of Object.entries(thrown)) {
        value++
        app.save(file, `throw ${expression}`)
        // A require() follows the watcher.
        if (path === '/required') await stale(2 * value - 1)
        const { status } = await app.request(path)
        expect(status, what).toBe(500)
        app.save(file, good(value))
        if (path === '/required') await stale(2 * value)
        expect(await app.get(path), what).toBe(String(value))
      }
      const told = () => app.messages.filter(({ type }) => type === 'hot-hook:failed')
      await app.until('messages', () => told().length === value)
      expect(app.stderr.split(`[hot-hook] ${file} could not be evaluated`).length - 1).toBe(value)
      expect(app.stderr).not.toMatch(/HOT_HOOK_INTERNAL|Unhandled|Uncaught/)
    },
  )

  it.each(['', 'async '])(
    'whatever an %sonFullReload throws is one line in the log',
    async (async) => {
      const expressions = Object.values(thrown).map((expression) => `() => (${expression})`)
      const app = new App(
        {
          'server.js': `import { hot } from 'hot-hook'
          const thrown = [${expressions}]
          let count = 0
          await hot.init(import.meta.url, {
            onFullReload: ${async}() => { throw thrown[count++]() },
          })
          await import('./app.js')
          setInterval(() => {}, 1e9)
          setTimeout(() => setTimeout(() => console.log('started')))`,
          'app.js': '',
        },
        { node, nodeArguments: [] },
      ).start()
      await app.output('started')
      const lines = () => app.stderr.split('[hot-hook] onFullReload failed').length - 1
      for (const [count, what] of Object.keys(thrown).entries()) {
        app.save('app.js', `// ${what}`)
        await app.until(what, () => lines() === count + 1)
      }
      expect(app.child.exitCode).toBe(null)
    },
  )
})
