import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const page = (name: string) => `import { ${name} } from './words.js'
export const text = () => 'page ' + ${name}
import.meta.hot?.accept('./words.js')`

const program = {
  'server.js': `import http from 'node:http'; import { text } from './page.js'
import.meta.hot?.accept('./page.js')
http.createServer((_, response) => response.end(text())).listen(0, '127.0.0.1', function () {
  console.log('listening on ' + this.address().port)
})`,
  'page.js': page('old'),
  'words.js': "export const old = 'one'",
}

describe.each(nodeMajors)('an export that its importer no longer uses, on Node %s', (node) => {
  it('is renamed together with that', async () => {
    const app = new App(program, { node }).start()
    expect(await app.get()).toBe('page one')
    app.save('words.js', "export const fresh = 'two'")
    app.save('page.js', page('fresh'))
    await app.until('the new name', async () => (await app.get()) === 'page two')
    app.save('words.js', "export const fresh = 'three'")
    await app.until('the next value', async () => (await app.get()) === 'page three')
  })

  it('is renamed first, which fails as long as the running importer needs it', async () => {
    const app = new App(program, { node }).start()
    expect(await app.get()).toBe('page one')
    app.save('words.js', "export const fresh = 'two'")
    await app.until('the error', () => app.stderr.includes("an export named 'old'"))
    expect(await app.get()).toBe('page one')
    app.save('page.js', "export const text = () => 'page alone'")
    await app.until('the new page', async () => (await app.get()) === 'page alone')
  })
})
