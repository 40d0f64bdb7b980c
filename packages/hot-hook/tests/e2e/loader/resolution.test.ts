import { symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const url = 'export const { url } = import.meta'

/** What the modules in app/ import, one each, behind a neighbour that Node has found before. */
const specifiers = [
  './a.js',
  './sub/../a.js',
  './././a.js',
  './/a.js',
  './a.js?x=1',
  './a.js#x',
  './%61.js',
  './a',
  './a.mjs',
  './typed.ts',
  './link.js',
  './linked/a.js',
  './linked/b.js',
  './missing.js',
  './missing.ts',
  './directory.js',
  './sub/a.js',
  './sub/a.mjs',
  './sub/common.js',
  './typeless/a.js',
  './typeless/common.js',
  './byte-order-mark.js',
  './with space/a.js',
  './ünïcode.js',
  '../outside.js',
  './../outside.js',
  './sub/../../outside.js',
  '../app/a.js',
  '../app/sub/a.mjs',
  './.hidden/a.js',
  `${'../'.repeat(30)}none.js`,
]

const files = {
  ...Object.fromEntries(
    specifiers.map((specifier, index) => [
      `app/importer${index}.js`,
      `import './neighbour.js'; import './sub/neighbour.mjs'; import './typeless/neighbour.js'
       import './.hidden/neighbour.js'
       import '${specifier}'; import * as all from '${specifier}'
       export default Object.entries(all).map(([name, value]) => name + ' ' + (value.text ?? value)).join()`,
    ]),
  ),
  'app/neighbour.js': 'import "./neighbour.mjs"; import "./neighbour.ts"; import "../neighbour.js"',
  'app/neighbour.mjs': '',
  'app/neighbour.ts': '',
  'app/a.js': url,
  'app/a.mjs': url,
  'app/typed.ts': 'export const { url }: ImportMeta = import.meta',
  'app/target.js': url,
  'app/target/a.js': url,
  'app/target/b.js': url,
  'app/directory.js/index.js': url,
  'app/sub/package.json': '{ "type": "commonjs" }',
  'app/sub/neighbour.mjs': 'import "./neighbour.js"',
  'app/sub/neighbour.js': '',
  'app/sub/a.js': url,
  'app/sub/a.mjs': url,
  'app/sub/common.js': "exports.text = 'common'",
  'app/typeless/package.json': '{}',
  'app/typeless/neighbour.js': url,
  'app/typeless/a.js': url,
  'app/typeless/common.js': "exports.text = 'common'",
  'app/.hidden/neighbour.js': url,
  'app/.hidden/a.js': url,
  'app/byte-order-mark.js': `\uFEFFexport const text = '\uFEFFé€😀'.length`,
  'app/with space/a.js': url,
  'app/ünïcode.js': url,
  'outside.js': url,
  'neighbour.js': '',
  'main.js': `for (let index = 0; index < ${specifiers.length}; index++) {
    try {
      console.log((await import('./app/importer' + index + '.js')).default)
    } catch ({ name, code, message }) {
      console.log(name, code, message)
    }
  }`,
}

/** Loads `b.js` in place of `a.js`. */
const mapping = 'resolve: (url, context, next) => next(url.replace("/a.js", "/b.js"), context)'
/** Shouts what it loads. */
const shouting = `load(url, context, next) {
  const result = next(url, context)
  if (!url.includes('/text.js')) return result
  return { ...result, source: String(result.source).toUpperCase().replace('EXPORT DEFAULT', 'export default') }
}`
const inThread = (hooks: string) =>
  `import { registerHooks } from 'node:module'; registerHooks({ ${hooks} })`

const program = {
  'server.js': serverImporting('./app.js'),
  'app.js': `import text from './text.js'; import './other.js'; import { file } from './a.js'
    export default (_, response) => response.end(text + ' of ' + file)`,
  'text.js': "export default 'one'",
  'other.js': '',
  'a.js': "export const file = 'a'",
  'b.js': "export const file = 'b'",
}

describe.each(nodeMajors)('import statements on Node %s', (node) => {
  it('give what they give without Hot Hook, whatever they name', async () => {
    const outputs = []
    for (const nodeArguments of [[], ['--import', 'hot-hook/register']]) {
      const app = new App(files, { node, nodeArguments, entry: 'main.js' })
      symlinkSync(app.path('app/target.js'), app.path('app/link.js'))
      symlinkSync(app.path('app/target'), app.path('app/linked'), 'junction')
      expect(await app.start().exit()).toBe(0)
      outputs.push(app.stdout.replaceAll(app.directory, '').split('\n'))
    }
    const [plain, hot] = outputs
    expect(plain).toHaveLength(specifiers.length + 1)
    expect(hot).toEqual(plain)
  })

  it.each([
    ['registered before it', inThread(mapping), inThread(shouting)],
    ['registered before it, in one', inThread(`${mapping}, ${shouting}`), ''],
  ])('go through loaders %s, at the start and after a save', async (_, first, second) => {
    const preloads = ['first.mjs', 'second.mjs'].flatMap((name) => ['--import', `./${name}`])
    const app = new App(
      { ...program, 'first.mjs': first, 'second.mjs': second },
      { node, nodeArguments: [...preloads, '--import', 'hot-hook/register'] },
    ).start()
    expect(await app.get()).toBe('ONE of b')
    app.save('text.js', "export default 'two'")
    expect(await app.get()).toBe('TWO of b')
    app.save('b.js', "export const file = 'c'")
    expect(await app.get()).toBe('TWO of c')
  })

  it('go through a loader that module.register() brings while the program runs', async () => {
    const hooks = `export async function resolve(url, context, next) {
      return next(url.replace('/a.js', '/b.js'), context)
    }
    export async function load(url, context, next) {
      const result = await next(url, context)
      if (!url.includes('/text.js')) return result
      return { ...result, source: String(result.source).toUpperCase().replace('EXPORT DEFAULT', 'export default') }
    }`
    const app = new App(
      {
        ...program,
        'server.js': serverImporting(
          './app.js',
          `import { register } from 'node:module'
           process.stdin.once('data', () => {
             register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
             console.log('registered')
           })`,
        ),
      },
      { node },
    ).start()
    expect(await app.get()).toBe('one of a')
    app.child.stdin?.write('now')
    await app.output('registered')
    app.save('text.js', "export default 'two'")
    expect(await app.get()).toBe('TWO of b')
  })
})
