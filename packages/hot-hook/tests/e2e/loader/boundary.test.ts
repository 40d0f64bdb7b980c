import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

describe.each(nodeMajors)('a boundary on Node %s', (node) => {
  it('answers with the saved code at once, a thousand times', async () => {
    const source = (count: number) => `export default (_, response) => response.end('${count}')`
    const files = { 'server.js': serverImporting('./app.js'), 'app.js': source(0) }
    const app = new App(files, { node }).start()
    expect(await app.get()).toBe('0')
    const stale: string[] = []
    for (let count = 1; count <= 1000; count++) {
      app.save('app.js', source(count))
      const body = await app.get()
      if (body !== String(count)) stale.push(`${count}: ${body}`)
    }
    expect(stale).toEqual([])
  })
})
