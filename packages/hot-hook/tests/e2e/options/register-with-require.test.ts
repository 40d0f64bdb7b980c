import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { installHotHook, linkPackages } from '../../harness/formats.ts'
import { nodeMajors, oldNodeBinary } from '../../harness/nodes.ts'

const flags = ['-r', '--import'] as const

const commonJs = {
  'server.js': `const server = require('http').createServer((q, r) => require('./app')(q, r))
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
}

/** Decorators with metadata, an enum and a parameter property: Node itself cannot run these. */
const typeScript = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'commonjs',
      target: 'es2022',
      moduleDetection: 'force',
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  }),
  'index.ts': `declare const require: any, console: any
const server = require('node:http').createServer(async (request: any, response: any) => {
  const { handle } = await import('./app')
  handle(request, response)
})
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
}
const app = (text: string) => `import { Service } from './service'
export function handle(_: unknown, response: any): void { response.end('${text} ' + new Service().get()) }`
const service = (text: string) => `function injectable(type: any) { return type }
enum Colour { Red = 'red' }
@injectable
export class Service {
  constructor(private text: string = '${text}') {}
  get() { return Colour.Red + ' ' + this.text }
}`

/** Saves a file three times and asks after each. */
async function saveThrice(running: App, path: string, source: (text: string) => string) {
  for (const version of [1, 2, 3]) {
    const text = `${path}:${version}`
    running.save(path, source(text))
    await running.until(text, async () => (await running.get()).includes(text))
  }
}

describe.each(nodeMajors)('hot-hook/register on Node %s', (node) => {
  describe.each(flags)('given with %s', (flag) => {
    const nodeArguments = [flag, 'hot-hook/register']

    it('makes an ES module program hot, without a warning', async () => {
      const handler = (text: string) => `export default (_, response) => response.end('${text}')`
      const files = { 'server.js': serverImporting('./app.js'), 'app.js': handler('first') }
      const running = new App(files, { node, nodeArguments }).start()
      expect(await running.get()).toBe('first')
      expect(running.stderr).toBe('')
      await saveThrice(running, 'app.js', handler)
    })

    it('makes a CommonJS program hot, without a warning', async () => {
      const handler = (text: string) => `module.exports = (_, response) => response.end('${text}')`
      const files = { ...commonJs, 'app.js': handler('first') }
      const packageJson = { type: undefined }
      const running = new App(files, { node, nodeArguments, packageJson }).start()
      expect(await running.get()).toBe('first')
      expect(running.stderr).toBe('')
      await saveThrice(running, 'app.js', handler)
    })

    it('says wrong options in one line and ends with exit code 1', async () => {
      const hotHook = { watch: 'perhaps' }
      const running = new App({ 'server.js': '' }, { node, nodeArguments, hotHook }).start()
      expect(await running.exit()).toBe(1)
      expect(running.stderr).toMatch(/^\[hot-hook\] .*"?watch"?.*\n$/)
    })
  })
})

describe.each(['18', '20'] as const)('an old Node, %s', (major) => {
  it.each(flags)('is told so in one line with %s', (flag) => {
    const running = new App({ 'server.js': '' })
    const { status, stderr } = spawnSync(
      oldNodeBinary(major),
      [flag, 'hot-hook/register', 'server.js'],
      { cwd: running.directory, encoding: 'utf8' },
    )
    expect(stderr).toMatch(/^\[hot-hook\] Hot Hook needs Node\.js 22\.22 or later .*\n$/)
    expect(stderr).toContain(`this is ${major}.`)
    expect(status).toBe(1)
  })

  it.each([
    ['', "import { hot } from 'hot-hook'; await hot.init(import.meta.url); console.log('on')"],
    ['in CommonJS', "import('hot-hook').then(({ hot }) => hot.init(__filename))", 'server.cjs'],
  ])('is told so in one line by hot.init() %s', (_, source, file = 'server.js') => {
    const running = new App({ [file]: source })
    const { status, stdout, stderr } = spawnSync(oldNodeBinary(major), [file], {
      cwd: running.directory,
      encoding: 'utf8',
    })
    expect(stderr).toMatch(/^\[hot-hook\] Hot Hook needs Node\.js 22\.22 or later .*\n$/)
    expect(stdout).toBe('')
    expect(status).toBe(1)
  })
})

describe.each(nodeMajors)('TypeScript loaders that are given with -r on Node %s', (node) => {
  describe.each(['ts-node/register', '@swc-node/register'])('%s', (loader) => {
    it.each([
      ['in front of Hot Hook', [loader, 'hot-hook/register']],
      ['behind Hot Hook', ['hot-hook/register', loader]],
    ])('%s: each of three saves is answered, at every level', async (_, preloads) => {
      const running = new App(
        { ...typeScript, 'app.ts': app('first'), 'service.ts': service('first') },
        {
          node,
          entry: 'index.ts',
          hasParent: true,
          packageJson: { type: undefined },
          nodeArguments: preloads.flatMap((preload) => ['-r', preload]),
        },
      )
      installHotHook(running)
      linkPackages(running, 'ts-node', '@swc-node/register', '@swc/core', 'typescript')
      running.start()
      expect(await running.get()).toBe('first red first')
      await saveThrice(running, 'service.ts', service)
      await saveThrice(running, 'app.ts', app)
      expect(await running.get()).toBe('app.ts:3 red service.ts:3')
      // What the new app.ts has required was in the cache.
      await saveThrice(running, 'service.ts', service)
      expect(running.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    })
  })
})
