import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

describe.each(nodeMajors)('TypeScript that Node strips, on Node %s', (node) => {
  it.each([
    ['what the type stripper cannot parse', 'const a: number = 1\nconst b = = 2\n', 2],
    [
      'what only the compiler finds',
      "import fs from 'node:fs'\nlet a: number\nlet a: string\nexport {}",
      3,
    ],
    ['what cannot be stripped', 'let a: number\n\nenum Color { Red }\n', 3],
  ])('%s is an error with file and line on top', async (_, source, line) => {
    const app = new App(
      {
        'server.ts': serverImporting('./app.ts'),
        'app.ts':
          "import { say } from './model.ts'; export default (_: unknown, response: { end(text: string): void }) => response.end(say)",
        'model.ts': "export const say: string = 'one'",
      },
      { node, entry: 'server.ts' },
    ).start()
    expect(await app.get()).toBe('one')
    app.save('model.ts', source)
    const { status, body } = await app.request()
    expect(status).toBe(500)
    expect(body.split('\n')[0]).toMatch(`model.ts:${line}`)
    expect(body).not.toContain('hot-hook=')
    app.save('model.ts', "export const say: string = 'two'")
    expect(await app.get()).toBe('two')
  })

  it('that is imported as CommonJS keeps what it has required later when it is loaded again', async () => {
    const view = (version: number) =>
      `module.exports = (): string => '${version}: ' + require('./state.cts').count()`
    const app = new App(
      {
        'server.mts': `import http from 'node:http'
http.createServer(async (request, response) => {
  const { default: page } = await import('./page.cts')
  // What is loaded runs by now, and has not required anything yet.
  await new Promise(setImmediate)
  response.end(page())
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'page.cts': "module.exports = require('./view.cts')",
        'view.cts': view(0),
        'state.cts': 'let n: number = 0\nexports.count = () => ++n',
      },
      { node, entry: 'server.mts' },
    ).start()
    expect(await app.get()).toBe('0: 1')
    for (const version of [1, 2, 3]) {
      app.save('view.cts', view(version))
      expect(await app.get()).toBe(`${version}: ${2 * version}`)
      expect(await app.get()).toBe(`${version}: ${2 * version + 1}`)
    }
  })

  it('is hot in .mts and .cts, with line and column right under --enable-source-maps', async () => {
    const common = (text: string) => `interface Named { name: string }
const named: Named = { name: '${text}' }
module.exports = named`
    const fail = (line: string) => `interface Reason { text: string }

${line}  export function fail(reason: Reason): never { throw new Error(reason.text) }`
    const app = new App(
      {
        'server.mts': serverImporting('./app.mts'),
        'app.mts': `import named from './common.cts'
import { fail } from './fail.mts'
type Reply = { end(text: string): void }
export default ({ url }: { url: string }, reply: Reply) =>
  url === '/' ? reply.end(named.name) : fail({ text: url })`,
        'common.cts': common('one'),
        'fail.mts': fail(''),
      },
      {
        node,
        entry: 'server.mts',
        nodeArguments: ['--enable-source-maps', '--import', 'hot-hook/register'],
      },
    ).start()
    expect(await app.get()).toBe('one')
    app.save('common.cts', common('two'))
    expect(await app.get()).toBe('two')
    const placeOf = async (path: string) => /fail\.mts\S*?:(\d+:\d+)/.exec(await app.get(path))?.[1]
    expect(await placeOf('/first')).toBe('3:55')
    app.save('fail.mts', fail('\n\n'))
    expect(await placeOf('/second')).toBe('5:55')
    expect(await app.get('/third')).not.toContain('hot-hook=')
  })
})
