import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** Another loader: right after Node has not found `missed`, somebody saves `saved`. */
const savingLoader = (missed: string, saved: string) => `import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
let isSaved = false
registerHooks({
  resolve(specifier, context, nextResolve) {
    try {
      return nextResolve(specifier, context)
    } catch (error) {
      if (specifier === './${missed}' && !isSaved) {
        isSaved = true
        writeFileSync('${saved}', ${JSON.stringify('export const value = 1')})
      }
      throw error
    }
  },
})`

const behindLoader = ['--import', './loader.js', '--import', 'hot-hook/register']

/** Accepts dep.js, and imports other.js when it is told to. */
const accepting = `import './dep.js'
import.meta.hot.accept('./dep.js', ({ value }) => console.log('accepted', value))
process.on('message', () => import('./other.js').catch(({ code }) => console.log('other', code)))
console.log('started')`

describe.each(nodeMajors)('an import that is not found on Node %s', (node) => {
  it('is found when it is saved right after Node has looked, by a boundary', async () => {
    const app = new App(
      {
        'loader.js': savingLoader('late.js', 'late.js'),
        'server.js': serverImporting('./app.js'),
        'app.js': `import { value } from './late.js'
export default (request, response) => response.end(String(value))`,
      },
      { node, nodeArguments: behindLoader },
    ).start()
    await app.until('heal', async () => (await app.get()) === '1')
    app.save('late.js', 'export const value = 2')
    expect(await app.get()).toBe('2')
  })

  it('is found when it is saved right after Node has looked, by an update', async () => {
    const story = new Story(
      {
        'loader.js': savingLoader('late.js', 'late.js'),
        'server.js': accepting,
        'dep.js': 'export const value = 0',
      },
      { node, nodeArguments: [...behindLoader, '--import', 'observer'] },
    )
    await story.begin()
    const accepted = await story.change({ 'dep.js': "export { value } from './late.js'" }, /^acc/)
    expect(accepted.at(-1)).toBe('accepted 1')
  })

  it('of a file just deleted leaves nobody with the CommonJS that it was', async () => {
    const app = new App(
      {
        'server.js': `const http = require('node:http')
http.createServer(async ({ url }, response) => {
  try {
    const { value } = url === '/part' ? await import('./part.js') : require('./app.js')
    response.end(String(value))
  } catch ({ code }) { response.end(code) }
}).listen(0, function () { console.log('listening on ' + this.address().port) })`,
        'app.js': "exports.value = require('./part.js').value",
        'part.js': 'exports.value = 1',
      },
      { node, packageJson: { type: 'commonjs' } },
    ).start()
    expect([await app.get('/part'), await app.get('/')]).toEqual(['1', '1'])
    app.save('part.js', 'exports.value = 2')
    await app.until('the new value', async () => (await app.get('/')) === '2')
    app.remove('part.js')
    expect(await app.get('/part')).toMatch(/ENOENT|MODULE_NOT_FOUND/)
    await app.until('an error', async () => /ENOENT|MODULE_NOT_FOUND/.test(await app.get('/')))
    app.save('part.js', 'exports.value = 2')
    await app.until('the value', async () => (await app.get('/')) === '2')
    await app.until('the value', async () => (await app.get('/part')) === '2')
  })

  it('is found when it is saved right before another one is missed in its directory', async () => {
    const story = new Story(
      {
        'loader.js': savingLoader('other-late.js', 'late.js'),
        'server.js': accepting,
        'dep.js': 'export const value = 0',
        'other.js': "import './other-late.js'",
      },
      { node, nodeArguments: [...behindLoader, '--import', 'observer'] },
    )
    await story.begin()
    await story.change({ 'dep.js': "export { value } from './late.js'" }, /^\* error load/)
    story.child.send('other')
    await story.output('other ERR_MODULE_NOT_FOUND')
    await story.output('accepted 1')
  })
})
