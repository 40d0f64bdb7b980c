import { expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

it.each(nodeMajors.flatMap((node) => ['cjs', 'cts'].map((extension) => ({ node, extension }))))(
  'a save of .$extension that was required is seen by who imports it for the first time, and by all after, on Node $node',
  async ({ node, extension }) => {
    const lib = `lib.${extension}`
    const app = new App(
      {
        // Each import looks at files by itself.
        'package.json': JSON.stringify({ type: 'module', hotHook: { watch: false } }),
        'server.js': `import http from 'node:http'
http.createServer(async (request, response) => {
  const { default: answer } = await import('.' + request.url)
  response.end(typeof answer === 'function' ? answer() : answer)
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
        'user.cjs': `module.exports = () => require('./${lib}')`,
        'page.js': "export default 'page'",
        [lib]: "module.exports = 'lib 0'",
      },
      { node },
    ).start()
    expect(await app.get('/user.cjs')).toBe('lib 0')
    expect(await app.get('/page.js')).toBe('page')
    app.save('page.js', `export { default } from './${lib}'`)
    // Who is imported for the first time has all looked at.
    app.save('first.js', "export default ''")
    await app.get('/first.js')
    for (const count of [1, 2, 3]) {
      app.save(lib, `module.exports = 'lib ${count}'`)
      expect(await app.get('/page.js')).toBe(`lib ${count}`)
      expect(await app.get('/user.cjs')).toBe(`lib ${count}`)
    }
  },
)
