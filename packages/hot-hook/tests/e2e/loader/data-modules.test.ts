import { copyFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors, nodesThatBring } from '../../harness/nodes.ts'

const packages = createRequire(import.meta.url).resolve

/** `export const answer = () => 42`, and with another number. */
const wasm = (answer: number) =>
  Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
    ...[0x03, 0x02, 0x01, 0x00, 0x07, 0x0a, 0x01, 0x06, ...Buffer.from('answer'), 0x00, 0x00],
    ...[0x0a, 0x06, 0x01, 0x04, 0x00, 0x41, answer, 0x0b],
  ])

describe.each(nodeMajors)('modules that are no JavaScript, on Node %s', (node) => {
  it('imports and requires JSON, hot, and a JSON error names its file', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { createRequire } from 'node:module'
import one from './one.json' with { type: 'json' }
const other = createRequire(import.meta.url)('./other.json')
export default (_, response) => response.end(one.name + other.name)`,
        'one.json': '{ "name": "a" }',
        'other.json': '{ "name": "b" }',
      },
      { node },
    ).start()
    expect(await app.get()).toBe('ab')
    app.save('one.json', '{ "name": "A" }')
    expect(await app.get()).toBe('Ab')
    app.save('other.json', '{ "name": "B" }')
    expect(await app.get()).toBe('AB')
    app.save('one.json', '{ "name": ')
    const { status, body } = await app.request()
    expect(status).toBe(500)
    expect(body).toContain('one.json')
    expect(body).not.toContain('hot-hook=')
    app.save('one.json', '{ "name": "1" }')
    expect(await app.get()).toBe('1B')
  })

  it('takes an accepted JSON import with its live binding', async () => {
    const app = new App(
      {
        'server.js': `import data from './data.json' with { type: 'json' }
import.meta.hot.accept('./data.json', (next) => console.log('accepted', next.default.name, data.name))
console.log('started', data.name)
setInterval(() => {}, 1000)`,
        'data.json': '{ "name": "one" }',
      },
      { node },
    ).start()
    await app.output('started one')
    app.save('data.json', '{ "name": "two" }')
    await app.output('accepted two two')
  })

  it('is a full reload with its reason for a WebAssembly module', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { answer } from './answer.wasm'
export default (_, response) => response.end(String(answer()))`,
      },
      {
        node,
        hasParent: true,
        nodeArguments: [
          '--no-warnings',
          '--experimental-wasm-modules',
          '--import',
          'hot-hook/register',
        ],
      },
    )
    writeFileSync(app.path('answer.wasm'), wasm(42))
    app.start()
    expect(await app.get()).toBe('42')
    writeFileSync(app.path('answer.wasm'), wasm(43))
    await app.message('hot-hook:full-reload')
    await app.output('it is a WebAssembly module')
  })
  it('is a full reload with its reason for a native addon', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { createRequire } from 'node:module'
const addon = createRequire(import.meta.url)('./addon.node')
export default (_, response) => response.end(typeof addon)`,
      },
      { node, hasParent: true },
    )
    copyFileSync(nativeAddon(), app.path('addon.node'))
    app.start()
    expect(await app.get()).toBe('object')
    // A file that is loaded must not be written to.
    app.saveByRename('addon.node', 'another addon')
    await app.message('hot-hook:full-reload')
    await app.output('it is a native addon')
  })
})

describe.each(nodesThatBring('textImports'))('text on Node %s', (node) => {
  it('imports text, hot', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import text from './page.txt' with { type: 'text' }
export default (_, response) => response.end(text)`,
        'page.txt': 'import.meta in a text',
      },
      {
        node,
        nodeArguments: [
          '--no-warnings',
          '--experimental-import-text',
          '--import',
          'hot-hook/register',
        ],
      },
    ).start()
    expect(await app.get()).toBe('import.meta in a text')
    for (const text of ['another text', 'a third', 'a fourth']) {
      app.save('page.txt', text)
      expect(await app.get()).toBe(text)
    }
  })

  it('takes an accepted text with its live binding, by default and as a namespace', async () => {
    const app = new App(
      {
        'server.js': `import page from './page.txt' with { type: 'text' }
import * as all from './page.txt' with { type: 'text' }
import.meta.hot.accept('./page.txt', (next) => console.log([next.default, page, all.default].join()))
console.log('started', page)
setInterval(() => {}, 1000)`,
        'page.txt': 'no { module',
      },
      {
        node,
        nodeArguments: [
          '--no-warnings',
          '--experimental-import-text',
          '--import',
          'hot-hook/register',
        ],
      },
    ).start()
    await app.output('started no { module')
    for (const text of ["two's", '{ three', '`four']) {
      app.save('page.txt', text)
      await app.output(`${text},${text},${text}`)
    }
  })
})

/** Some addon that is installed here: the one of @oxc-node/core for this platform. */
function nativeAddon(): string {
  const scope = dirname(dirname(realpathSync(packages('@oxc-node/core/package.json'))))
  for (const name of readdirSync(scope)) {
    const file = readdirSync(join(scope, name)).find((each) => each.endsWith('.node'))
    if (file) return join(scope, name, file)
  }
  throw new Error(`no native addon in ${scope}`)
}
