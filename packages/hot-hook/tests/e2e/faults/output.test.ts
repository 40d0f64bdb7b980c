import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { latestAnswer, ports } from '../../harness/restarts.ts'

/** `once.js` is loaded once; what `app.js` leaves cannot be disposed, which the log says. */
const files = {
  'server.js': `import http from 'node:http'
    import './once.js'
    const server = http.createServer(async (_, response) =>
      response.end((await import('./app.js')).text))
    server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
  'once.js': '',
}
const app = (value: number) => `export const text = '${value}'
  import.meta.hot.dispose(() => { throw new Error('mine') })`

interface Case {
  fault: string
  options: AppOptions
  spoil?(app: App): void
}

const cases: Case[] = [
  { fault: 'closed', options: { shell: 'exec "$@" 2>&-' } },
  { fault: 'on a full disk', options: { shell: 'exec "$@" 2>/dev/full' } },
  {
    fault: 'a pipe whose reader has gone',
    options: {},
    spoil: ({ child }) => child.stderr?.destroy(),
  },
]

describe.skipIf(process.platform === 'win32').each(nodeMajors)('on Node %s', (node) => {
  it.each(cases)(
    'stderr that is $fault ends nothing, and restarts in place go on',
    async ({ options, spoil }) => {
      const running = new App(
        { ...files, 'app.js': app(0) },
        { node, ...options, hotHook: { log: 'debug' } },
      ).start()
      await running.port()
      spoil?.(running)
      for (const value of [1, 2, 3]) {
        running.save('app.js', app(value))
        expect(await latestAnswer(running)).toBe(String(value))
      }
      running.save('once.js', '// changed')
      await running.until('restart', () => ports(running).length === 2)
      for (const value of [4, 5]) {
        running.save('app.js', app(value))
        expect(await latestAnswer(running)).toBe(String(value))
      }
    },
  )
})
