import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const app = (text: string, more = '') => `import { model } from './model.js'
${more}
export default (_, response) => response.end('${text} ' + model)`

/** An app that was reloaded often enough for its import statements to be known. */
async function reloadedApp(node: (typeof nodeMajors)[number], entry = ''): Promise<App> {
  const program = new App(
    {
      'server.js': serverImporting('./app.js', entry),
      'app.js': app('0'),
      'model.js': "export const model = 'one'",
      'other.js': "export const model = 'other'",
    },
    { node },
  ).start()
  expect(await program.get()).toBe('0 one')
  for (const text of ['1', '2', '3']) {
    program.save('app.js', app(text))
    expect(await program.get()).toBe(`${text} one`)
  }
  return program
}

describe.each(nodeMajors)('an import statement of a module that is reloaded on Node %s', (node) => {
  it('gets what has changed together with its module, or alone', async () => {
    const program = await reloadedApp(node)
    program.save('model.js', "export const model = 'two'")
    expect(await program.get()).toBe('3 two')
    program.save('model.js', "export const model = 'three'")
    program.save('app.js', app('4'))
    expect(await program.get()).toBe('4 three')
    program.save('app.js', app('5'))
    expect(await program.get()).toBe('5 three')
  })

  it('fails while its file is missing, and names who asks for it', async () => {
    const program = await reloadedApp(node)
    program.remove('model.js')
    await program.until('an error', async () => (await program.request()).status === 500)
    program.save('app.js', app('4'))
    expect(await program.get()).toMatch(/Cannot find module '.*model\.js' imported from .*app\.js/)
    program.save('model.js', "export const model = 'back'")
    expect(await program.get()).toBe('4 back')
  })

  it('goes to another file when it names another one', async () => {
    const program = await reloadedApp(node)
    program.save('app.js', app('4').replace('./model.js', './other.js'))
    expect(await program.get()).toBe('4 other')
    program.save('model.js', "export const model = 'two'")
    program.save('app.js', app('5'))
    expect(await program.get()).toBe('5 two')
  })

  it('goes through a loader that module.register() brings while the program runs', async () => {
    const hooks = `export async function resolve(specifier, context, next) {
      return next(specifier.replace('/model.js', '/other.js'), context)
    }`
    const entry = `import { register } from 'node:module'
      process.stdin.once('data', () => {
        register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
        console.log('registered')
      })`
    const program = await reloadedApp(node, entry)
    program.child.stdin?.write('now')
    await program.output('registered')
    program.save('app.js', app('4'))
    expect(await program.get()).toBe('4 other')
  })

  it('has bindings that follow once its module accepts what it names', async () => {
    const program = await reloadedApp(node)
    const accepting = "import.meta.hot.accept('./model.js', () => console.log('accepted'))"
    program.save('app.js', app('4', accepting))
    expect(await program.get()).toBe('4 one')
    program.save('model.js', "export const model = 'two'")
    await program.output('accepted')
    expect(await program.get()).toBe('4 two')
  })

  it('of something that left the program and came back gets what it is now', async () => {
    const program = await reloadedApp(node)
    program.save('app.js', 'export default (_, response) => response.end(String(globalThis.n))')
    expect(await program.get()).toBe('undefined')
    program.save('model.js', "export const model = 'two'")
    program.save('app.js', app('4'))
    expect(await program.get()).toBe('4 two')
    program.save('app.js', app('5'))
    expect(await program.get()).toBe('5 two')
  })
})
