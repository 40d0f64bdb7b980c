import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

// What most CommonJS programs are: `.js` files in a package that says no type.
const packageJson = { type: undefined }

const listening =
  "listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })"

const twoLevels = (app: string) => ({
  'index.js': `const http = require('http')
http.createServer((q, r) => require('${app}')(q, r)).${listening}`,
  'app.js': "var f = require('./f'); module.exports = (q, r) => r.end(f())",
  'f.js': "module.exports = () => 'v0'",
})

const threeLevels = {
  ...twoLevels('./app'),
  'f.js': "var g = require('./g.js'); module.exports = () => g.text",
  'g.js': "exports.text = 'v0'",
}

const inTheEntry = {
  ...twoLevels('./app'),
  'index.js': `require('hot-hook').hot.init(__filename)\n${twoLevels('./app')['index.js']}`,
}

interface Case {
  files: Record<string, string>
  leaf: string
  source: (version: number) => string
  options?: AppOptions
}

const two = (version: number) => `module.exports = () => 'v${version}'`
const cases: Record<string, Case> = {
  'required without extensions': { files: twoLevels('./app'), leaf: 'f.js', source: two },
  'required with extensions': { files: twoLevels('./app.js'), leaf: 'f.js', source: two },
  'three levels down': {
    files: threeLevels,
    leaf: 'g.js',
    source: (version) => `exports.text = 'v${version}'`,
  },
  'under `boundaries`': {
    files: twoLevels('./app'),
    leaf: 'f.js',
    source: two,
    options: { hotHook: { boundaries: ['app.js'] } },
  },
  'after hot.init(__filename)': {
    files: inTheEntry,
    leaf: 'f.js',
    source: two,
    options: { nodeArguments: [] },
  },
  'under polling': {
    files: twoLevels('./app'),
    leaf: 'f.js',
    source: two,
    options: { env: { CHOKIDAR_USEPOLLING: '1', CHOKIDAR_INTERVAL: '20' } },
  },
}

describe.each(nodeMajors)('a CommonJS server in a package without "type" on Node %s', (node) => {
  it.each(Object.entries(cases))('answers with each save of a module %s', async (_, its) => {
    const { files, leaf, source, options } = its
    const app = new App(files, {
      node,
      entry: 'index.js',
      hasParent: true,
      packageJson,
      ...options,
    }).start()
    expect(await app.get()).toBe('v0')
    for (const version of [1, 2, 3, 4]) {
      if (version % 2) app.save(leaf, source(version))
      else app.saveByRename(leaf, source(version))
      await app.until(`v${version}`, async () => (await app.get()) === `v${version}`)
    }
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  })

  it('restarts for a file with the syntax of ES modules: require() cannot load it again', async () => {
    const files = { ...twoLevels('./app'), 'f.js': "export default () => 'v0'" }
    files['app.js'] = "var f = require('./f'); module.exports = (q, r) => r.end(f.default())"
    const app = new App(files, { node, entry: 'index.js', hasParent: true, packageJson }).start()
    expect(await app.get()).toBe('v0')
    app.save('f.js', "export default () => 'v1'")
    expect(await app.message('hot-hook:full-reload')).toMatchObject({ path: app.path('f.js') })
  })

  it('takes an entry with the syntax of ES modules for what it is', async () => {
    const entry = (text: string, more = '') => `import http from 'node:http'
import { leaf } from './leaf.js'
globalThis.server ??= http.createServer((q, r) => r.end(globalThis.text)).${listening}
globalThis.text = '${text} ' + leaf
${more}`
    const files = {
      'index.js': entry('e0', 'import.meta.hot?.accept()'),
      'leaf.js': `export const leaf = 'l0'`,
    }
    const app = new App(files, { node, entry: 'index.js', hasParent: true, packageJson }).start()
    expect(await app.get()).toBe('e0 l0')
    app.save('leaf.js', `export const leaf = 'l1'`)
    await app.until('l1', async () => (await app.get()) === 'e0 l1')
    app.save('index.js', entry('e1'))
    await app.until('e1', async () => (await app.get()) === 'e1 l1')
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    app.save('index.js', entry('e2'))
    expect(await app.message('hot-hook:full-reload')).toMatchObject({
      path: app.path('index.js'),
      reason: 'it is the entry',
      advice: expect.stringContaining('index.js is the entry'),
    })
  })
})
