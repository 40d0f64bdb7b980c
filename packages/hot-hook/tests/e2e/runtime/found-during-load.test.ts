import { expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

it.each(nodeMajors)(
  'what is found to have changed while its importer is loaded, and has failed before, is evaluated once, on Node %s',
  async (node) => {
    const model = (count: number) =>
      `evaluations.push('model ${count}')\nexport const model = ${count}`
    const other = (count: number) => `export default 'other ${count}'`
    const main = (count: number) => `export default async () => {
  const { text } = await import('./page.js')
  const { model } = await import('./model.js')
  return text + model + ': ' + evaluations.splice(0)
}
// ${count}`
    const app = new App(
      {
        'package.json': JSON.stringify({ type: 'module', hotHook: { watch: false } }),
        'server.js': `import http from 'node:http'
globalThis.evaluations = []
http.createServer(async (request, response) => {
  try {
    const { default: answer } = await import('.' + request.url + '.js')
    response.end(typeof answer === 'function' ? await answer() : answer)
  } catch (error) {
    response.end(error.name)
  }
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'main.js': main(0),
        'page.js':
          "import other from './other.js'\nimport { model } from './model.js'\nexport const text = other + ' ' + model + ' '",
        'model.js': 'const = broken',
        'other.js': other(0),
      },
      { node },
    ).start()
    expect(await app.get('/main')).toBe('SyntaxError')
    expect(await app.get('/other')).toBe('other 0')
    for (const count of [1, 2, 3]) {
      app.save('main.js', main(count))
      // Who is imported for the first time has all looked at.
      app.save(`first${count}.js`, "export default ''")
      await app.get(`/first${count}`)
      app.save('other.js', other(count))
      app.save('model.js', model(count))
      expect(await app.get('/main')).toBe(`other ${count} ${count} ${count}: model ${count}`)
      app.save('model.js', 'const = broken')
      expect(await app.get('/main')).toBe('SyntaxError')
    }
  },
)
