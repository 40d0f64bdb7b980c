import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const answers = (expression: string) =>
  `export default (_, response) => response.end(String(${expression}))`
const manifest = '{ "type": "module", "exports": "./index.js" }'

function link(app: App, target: string, path: string): void {
  mkdirSync(dirname(app.path(path)), { recursive: true })
  symlinkSync(app.path(target), app.path(path), 'junction')
}

describe.each(nodeMajors)('packages and file names on Node %s', (node) => {
  it('takes a symlinked workspace package for own source', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { name } from 'pkg'; ${answers('name')}`,
        'packages/pkg/package.json': manifest,
        'packages/pkg/index.js': "export * from './inner.js'",
        'packages/pkg/inner.js': "export const name = 'one'",
      },
      { node },
    )
    link(app, 'packages/pkg', 'node_modules/pkg')
    app.start()
    expect(await app.get()).toBe('one')
    app.save('packages/pkg/inner.js', "export const name = 'two'")
    expect(await app.get()).toBe('two')
    await app.output('packages/pkg/inner.js changed: 3 modules reloaded')
  })

  it('leaves a package in node_modules alone, and takes an included one for own source', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { name } from 'mine'; import { other } from 'other'; ${answers('name + other')}`,
        'node_modules/mine/package.json': manifest,
        'node_modules/mine/index.js': "export const name = 'one'",
        'node_modules/other/package.json': manifest,
        'node_modules/other/index.js': "export const other = ' other'",
      },
      { node, hotHook: { include: ['node_modules/mine/**'] } },
    ).start()
    expect(await app.get()).toBe('one other')
    app.save('node_modules/other/index.js', "export const other = ' changed'")
    app.save('node_modules/mine/index.js', "export const name = 'two'")
    expect(await app.get()).toBe('two other')
  })

  it('knows two paths to one real file as one module', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { count as one } from 'pkg'; import { count as two } from './packages/pkg/index.js'
import { count as three } from './alias/index.js'; ${answers('[one === two, two === three, one()]')}`,
        'packages/pkg/package.json': manifest,
        'packages/pkg/index.js':
          'globalThis.evaluated = (globalThis.evaluated ?? 0) + 1; export const count = () => evaluated',
      },
      { node },
    )
    link(app, 'packages/pkg', 'node_modules/pkg')
    link(app, 'packages/pkg', 'alias')
    app.start()
    expect(await app.get()).toBe('true,true,1')
    app.save(
      'alias/index.js',
      'globalThis.evaluated = (globalThis.evaluated ?? 0) + 1; export const count = () => -evaluated',
    )
    expect(await app.get()).toBe('true,true,-2')
  })

  it.each([
    'with space.js',
    'hash#tag.js',
    ...(process.platform === 'win32' ? [] : ['question?mark.js', 'back`tick".js']),
    'percent%20.js',
    'größe-日本.js',
    'emoji-🔥.js',
    'plus+and&hot-hook=3.js',
  ])('is hot in a file named %s', async (name) => {
    const specifier = (path: string) => `./${encodeURIComponent(path)}`
    const app = new App(
      {
        'server.js': serverImporting(specifier(`app ${name}`)),
        [`app ${name}`]: `import { name } from '${specifier(name)}'; import { createRequire } from 'node:module'
const common = createRequire(import.meta.url)(${JSON.stringify(`./${name}.cjs`)}); ${answers('name + common.name')}`,
        [name]: "export const name = 'one'",
        [`${name}.cjs`]: "exports.name = ' common'",
      },
      { node },
    ).start()
    expect(await app.get()).toBe('one common')
    app.save(name, "export const name = 'two'; export const hot = import.meta.hot")
    expect(await app.get()).toBe('two common')
    app.save(`${name}.cjs`, "exports.name = ' changed'")
    expect(await app.get()).toBe('two changed')
    app.save(name, "throw new Error('here')")
    expect((await app.request()).body).not.toContain('hot-hook=1')
    app.save(name, "export const name = 'three'")
    expect(await app.get()).toBe('three changed')
  })
})
