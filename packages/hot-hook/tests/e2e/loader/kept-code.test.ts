import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parse } from 'es-module-lexer'
import type * as Esbuild from 'esbuild'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { installHotHook } from '../../harness/formats.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const handler = (text: string) => `export default (_, response) => response.end('${text}')`
const started = { 'server.js': serverImporting('./app.js'), 'app.js': handler('first') }
const withInit = `import { hot } from 'hot-hook'; await hot.init(import.meta.url);`

/** The files that Hot Hook has kept beside itself, from when they are whole. */
function kept(app: App): string[] {
  const own = app.path('node_modules/hot-hook/dist')
  const paths = readdirSync(own).map((name) => `${own}/${name}`)
  return paths.filter((path) => path.endsWith('.code') && isTwice(readFileSync(path)))
}

const isTwice = (bytes: Buffer) =>
  bytes.length > 0 && bytes.subarray(bytes.length / 2).equals(bytes.subarray(0, bytes.length / 2))

/** An application with a Hot Hook of its own that has never run. */
function newApp(node: (typeof nodeMajors)[number], options: object = {}, entry = ''): App {
  const files = { ...started, 'server.js': entry + started['server.js'] }
  const app = new App(files, { node, env: { NODE_DEBUG: 'hot-hook' }, ...options })
  installHotHook(app)
  return app
}

async function stop(app: App): Promise<void> {
  app.child.kill()
  await app.exit()
  app.stdout = ''
  app.stderr = ''
}

async function isHot(app: App): Promise<void> {
  expect(await app.get()).toBe('first')
  app.save('app.js', handler('second'))
  expect(await app.get()).toBe('second')
  app.save('app.js', handler('first'))
  expect(await app.get()).toBe('first')
}

describe.each(nodeMajors)('the code of Hot Hook itself on Node %s', (node) => {
  it.each<[string, object, string?]>([
    ['with --import', {}],
    ['with -r', { nodeArguments: ['-r', 'hot-hook/register'] }],
    ['with hot.init()', { nodeArguments: [] }, withInit],
    ["where the program's is not", { hotHook: { compileCache: false } }],
  ])(
    'is kept by the first server that listens, and taken by the next: %s',
    async (_, options, entry) => {
      const app = newApp(node, options, entry)
      app.start()
      await isHot(app)
      await app.until('its code is kept', () => kept(app).length === 1)
      const [path = ''] = kept(app)
      await stop(app)
      utimesSync(path, 1, 1)
      app.start()
      await isHot(app)
      await app.until('it would be kept', () => /\d boundar/.test(app.stderr))
      // In the turn of that line.
      await app.get()
      expect(kept(app)).toEqual([path])
      expect(statSync(path).mtimeMs).toBe(1_000)
      expect(app.stderr).not.toMatch(/warning/i)
    },
  )

  it('is not taken where it is damaged', async () => {
    const app = newApp(node)
    app.start()
    expect(await app.get()).toBe('first')
    await app.until('its code is kept', () => kept(app).length > 0)
    await stop(app)
    const [path = ''] = kept(app)
    const code = readFileSync(path)
    writeFileSync(path, code.fill(0, code.length >> 2))
    app.start()
    await isHot(app)
  })
})

it('the script has no import() of its own, which would need a flag of Node', () => {
  const runtime = createRequire(import.meta.url).resolve('../../../dist/runtime.js')
  const [imports] = parse(readFileSync(runtime, 'utf8'))
  const [head, ...others] = imports.filter(({ type }) => type === 'dynamic')
  expect(head?.importStart).toBeLessThan(120)
  expect(others).toEqual([])
})

it('a program that is bundled with Hot Hook runs without it', async () => {
  const { build } = createRequire(import.meta.url)('esbuild') as typeof Esbuild
  const app = new App(
    {
      'server.js': `import http from 'node:http'; import { hot } from 'hot-hook'
http.createServer(hot.handler(() => import('./app.js'))).listen(0, '127.0.0.1', function () {
  console.log('listening on ' + this.address().port)
})`,
      'app.js': handler('bundled'),
    },
    { nodeArguments: [], entry: 'bundle.mjs' },
  )
  await build({
    absWorkingDir: app.directory,
    entryPoints: ['server.js'],
    outfile: 'bundle.mjs',
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  })
  app.remove('node_modules')
  app.start()
  expect(await app.get()).toBe('bundled')
})
