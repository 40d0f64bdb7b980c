import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { latestAnswer, ports } from '../../harness/restarts.ts'
import { Story } from '../../harness/story.ts'

const app = (value: number, more = '') =>
  `${more}\nexport default (_, response) => response.end('${value}')`
const accepting = "import './app.js'\nimport.meta.hot.accept('./app.js')\nconsole.log('started')"
const exits = 'import.meta.hot.dispose(() => process.exit(7))'

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each([
    ['replaced by an update', false],
    ['disposed of before a restart in place', true],
  ])(
    'process.exit() in a dispose handler that is %s ends the process with its code',
    async (_, isInPlace) => {
      const server = isInPlace ? "import './app.js'\nconsole.log('started')" : accepting
      const story = new Story(
        { 'server.js': server, 'app.js': exits },
        { node, hasParent: !isInPlace },
      )
      await story.begin()
      story.save('app.js', `${exits}\n// changed`)
      expect(await story.exit()).toBe(7)
      expect(story.stderr).not.toMatch(/HOT_HOOK_INTERNAL|could not|Error/)
    },
  )

  it('process.exit() in an import() of a request ends the process with its code', async () => {
    const running = new App(
      { 'server.js': serverImporting('./app.js'), 'app.js': app(0, exits) },
      { node },
    ).start()
    expect(await running.get()).toBe('0')
    running.save('app.js', app(1))
    await running.get().catch(() => undefined)
    expect(await running.exit()).toBe(7)
  })

  it('process.chdir() changes nothing: names, saves, reload files and a restart are those of before', async () => {
    const running = new App(
      {
        'server.js': `import { mkdirSync } from 'node:fs'
          mkdirSync('elsewhere', { recursive: true })
          process.chdir('elsewhere')
          await import('./once.js')
          ${serverImporting('./app.js').replaceAll('\n', '\n          ')}`,
        'once.js': '',
        'app.js': app(0),
        'elsewhere/app.js': app(99),
      },
      { node },
    ).start()
    await running.port()
    expect(await latestAnswer(running)).toBe('0')
    for (const value of [1, 2, 3]) {
      running.save('app.js', app(value))
      expect(await latestAnswer(running)).toBe(String(value))
      await running.output('[hot-hook] app.js changed')
    }
    for (const [index, path] of ['once.js', '.env', 'once.js'].entries()) {
      running.save(path, `// ${index}`)
      await running.output(`[hot-hook] ${path} changed: full reload`)
      await running.until('restart', () => ports(running).length === index + 2)
      running.save('app.js', app(10 + index))
      expect(await latestAnswer(running)).toBe(String(10 + index))
    }
  })

  it("the program's own handlers of uncaught errors hear of its own errors, and of none of Hot Hook's", async () => {
    const running = new App(
      {
        'server.js': `process.on('uncaughtException', (error) => console.log('uncaught', error.message))
          process.on('unhandledRejection', (error) => console.log('unhandled', error.message))
          import http from 'node:http'
          import { accepted } from './accepted.js'
          import.meta.hot.accept('./accepted.js', () => { throw new Error('in a callback') })
          const server = http.createServer(async ({ url }, response) => {
            if (url === '/own') {
              setImmediate(() => { throw new Error('mine') })
              void Promise.reject(new Error('mine, too'))
            }
            const loaded = await import('./app.js').catch(() => undefined)
            if (loaded) loaded.default({}, response)
            else response.end('failed')
            // Nobody catches this one.
            await import('./app.js')
          })
          server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
        'accepted.js': 'export const accepted = 0',
        'app.js': app(0),
      },
      { node, hasParent: true },
    ).start()
    expect(await running.get('/own')).toBe('0')
    await running.output('uncaught mine\n')
    await running.output('unhandled mine, too\n')
    for (const value of [1, 2, 3]) {
      running.save(
        'app.js',
        `import.meta.hot.dispose(() => { throw new Error('in a handler') })\nthrow new Error('no ${value}')`,
      )
      expect(await running.get()).toBe('failed')
      running.save('app.js', app(value))
      expect(await running.get()).toBe(String(value))
    }
    running.save('accepted.js', 'export const accepted = 1')
    await running.message('hot-hook:full-reload')
    expect(running.stdout.match(/^un.*$/gm)).toHaveLength(2)
    expect(await running.get('/own')).toBe('3')
    await running.until('both', () => running.stdout.match(/^un.*$/gm)?.length === 4)
  })
})
