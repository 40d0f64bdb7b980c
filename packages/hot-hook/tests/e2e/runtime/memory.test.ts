import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

describe.each(nodeMajors)('memory on Node %s', (node) => {
  it('asks for one full reload before replaced modules fill the heap, and says so', async () => {
    const ballast = Array.from(
      { length: 200 },
      (_, index) =>
        `export function f${index}(a, b) { return [a, b, ${index}].map((x) => x * ${index}).join('-') }`,
    ).join('\n')
    const source = (count: number) =>
      `${ballast}\nexport default (_, response) => response.end('${count} ' + process.pid)`
    const app = new App(
      {
        'server.js': serverImporting('./app.js').replace('.listen(0', '.listen(+process.env.PORT'),
        'app.js': source(0),
      },
      {
        node,
        nodeArguments: ['--max-old-space-size=40', '--import', 'hot-hook/register'],
        env: { PORT: String(20000 + Math.floor(Math.random() * 20000)) },
      },
    ).start()
    expect(await app.get()).toBe(`0 ${app.child.pid}`)
    const port = await app.port()
    for (let count = 1; count <= 3000 && !app.stderr.includes('never frees'); count++) {
      app.save('app.js', source(count))
      // The connection ends with the restart.
      await app.request('/', port).catch(() => undefined)
    }
    await app.output('[hot-hook] full reload: ')
    await app.until('a second start', () => app.stdout.match(/listening/g)?.length === 2)
    app.save('app.js', source(-1))
    expect((await app.request('/', port)).body).toBe(`-1 ${app.child.pid}`)
    expect(app.stderr).not.toContain('heap out of memory')
    expect(app.stderr.match(/never frees/g)?.length).toBe(1)
  })
})
