import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { linkPackages, nodeBinary, nodes } from './support/packages.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'
import { followed, waiting } from './support/waiting.ts'

/** A decorator with metadata, an enum and a parameter property: Node itself cannot run these. */
const program = {
  'package.json': '{}',
  'tsconfig.json': JSON.stringify({
    // Checking types takes seconds on a busy machine, and is not what is tested.
    'ts-node': { transpileOnly: true },
    compilerOptions: {
      module: 'commonjs',
      target: 'es2022',
      moduleDetection: 'force',
      esModuleInterop: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  }),
  'app.ts': `import { Service } from './service'
export function handle(_: unknown, response: any): void { response.end(new Service().get()) }`,
}
const entry = (text: string) => `declare const require: any, process: any, console: any
require('node:http')
  .createServer(async (request: any, response: any) => {
    // Not an import(): tsx/cjs leaves it to Node.
    const { handle } = require('./app')
    handle(request, response)
  })
  .listen(process.env.PORT, () => console.log('up ${text}'))`
const service = (text: string) => `function injectable(type: any) { return type }
enum Colour { Red = 'red' }
@injectable
export class Service {
  constructor(private text: string = '${text}') {}
  get() { return Colour.Red + ' ' + this.text }
}`

async function started(args: string[], node: string, settings = {}): Promise<Session> {
  const files = { ...program, 'src.ts': entry('first'), 'service.ts': service('first') }
  const session = new Session(files)
  linkPackages(
    session.project,
    ...['ts-node', 'tsx', '@swc-node/register', '@swc/core', 'typescript'],
  )
  await session.run([...args, 'src.ts'], { node: nodeBinary(node), ...settings })
  await session.see('up first')
  return session
}

describe.each(nodes)('on Node %s', (node) => {
  test.each(['ts-node/register', '@swc-node/register', 'tsx/cjs'])(
    '-r %s: a save is hot, one of the entry restarts, three times each',
    async (loader) => {
      await using session = await started(['-r', loader], node)
      expect(await session.get()).toBe('red first')
      for (const text of ['second', 'third', 'fourth']) {
        session.project.save('service.ts', service(text))
        await until(text, async () => (await session.get()) === `red ${text}`)
      }
      expect(session.count('up ')).toBe(1)
      for (const text of ['second', 'third', 'fourth']) {
        session.project.save('src.ts', entry(text))
        await session.see(`up ${text}`)
        expect(await session.get()).toBe('red fourth')
      }
    },
  )

  test.each(['ts-node/register', '@swc-node/register', 'tsx/cjs'])(
    '-r %s: a full reload goes to the process that waits, which the loader leaves alone',
    async (loader) => {
      await using session = await started(['-r', loader], node, followed)
      for (const text of ['second', 'third']) {
        const { pid } = await waiting(session)
        session.project.save('src.ts', entry(text))
        await session.seeAll(`standby: process ${pid} is used`, `up ${text}`)
        expect(await session.get()).toBe('red first')
      }
      expect(session.output).not.toMatch(/error/i)
    },
  )
})

test.each([
  ['no loader', [], {}, 'require'],
  ['-r', ['-r', './setup.cjs'], {}, 'require'],
  ['--import', ['--import', './setup.cjs'], {}, 'import'],
  ['--import=', ['--import=./setup.cjs'], {}, 'import'],
  ['both', ['-r', './setup.cjs', '--import', './setup.cjs'], {}, 'import'],
  ['NODE_OPTIONS', [], { NODE_OPTIONS: '--no-deprecation --import "./setup.cjs"' }, 'import'],
])(
  'with %s given the runner loads itself and Hot Hook in the same way',
  async (_, args, env, way) => {
    await using session = new Session({
      'package.json': '{}',
      'setup.cjs': '',
      'server.js': `console.log(process.execArgv.filter((each) => /hot-?hook|runner/.test(each)).join(' '))
console.log(require.main === module ? 'main' : 'not main')
setInterval(() => {}, 1e9)`,
    })
    await session.run([...args, 'server.js'], { env })
    await session.see(new RegExp(`--${way}=\\S+preload\\.js --${way}=\\S+register\\.cjs`))
    await session.see('main')
  },
)

describe('where the options name a register the runner adds none', () => {
  const boundary = (text: string) => `import http from 'node:http'
http
  .createServer(async (request, response) => {
    const { default: app } = await import('./app.js', { with: { hot: 'true' } })
    app(request, response)
  })
  .listen(process.env.PORT, () => console.log('up ${text}'))`
  const app = (text: string) => `export default (request, response) => response.end('${text}')`

  // The command line of 1.x's own examples, and the same in our form.
  test.each([
    { args: ['--node-args=--import=tsx', '--node-args=--import=hot-hook/register'] },
    { args: ['--import', 'tsx', '--import', 'hot-hook/register'] },
  ])('hot-hook 1.x with $args starts, is hot and restarts', async ({ args }) => {
    await using session = new Session({
      'package.json': '{ "type": "module", "hotHook": { "root": "./server.js" } }',
      'server.js': boundary('first'),
      'app.js': app('first'),
    })
    const modules = fileURLToPath(new URL('../../../benchmarks/node_modules', import.meta.url))
    linkPackages(session.project, 'tsx')
    symlinkSync(join(modules, 'hot-hook-1'), session.project.path('node_modules/hot-hook'))
    await session.run([...args, 'server.js'])
    await session.see('up first')
    expect(await session.get()).toBe('first')
    for (const text of ['second', 'third', 'fourth']) {
      // 1.x watches a file some time after it has loaded it.
      await until(text, async () => {
        session.project.save('app.js', app(text))
        return (await session.get()) === text
      })
      session.project.save('server.js', boundary(text))
      await session.see(`up ${text}`)
    }
  })
})
