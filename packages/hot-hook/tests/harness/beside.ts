import { App, type AppOptions } from './app.ts'
import { installHotHook, linkPackages } from './formats.ts'
import type { NodeMajor } from './nodes.ts'

const all = ['22', '24', '26'] as const
const register = ['--import', 'hot-hook/register']

/** What a program is written in. */
export type Syntax = 'esm' | 'deferred' | 'commonjs' | 'typescript'

/** A tool or a flag of Node's that takes part in loading modules, beside Hot Hook. */
export interface Other {
  /** As the table in docs/formats.md names it. */
  name: string
  /** Its arguments of node. */
  arguments: string[]
  /** It is preloaded: in front of Hot Hook and behind it are two things. */
  isPreload: boolean
  syntax: Syntax
  /** The files that it brings. */
  files?: Record<string, string>
  /** What it makes of the package `greeter`; `plain` is what that says by itself. */
  greeting: 'plain' | 'traced'
  /** The versions of Node that have it. */
  nodes: readonly NodeMajor[]
}

interface OtherOptions {
  isPreload?: boolean
  syntax?: Syntax
  files?: Record<string, string>
  greeting?: Other['greeting']
  nodes?: readonly NodeMajor[]
}

function other(name: string, nodeArguments: string[], options: OtherOptions = {}): Other {
  const { nodes = all, isPreload = true, syntax = 'esm', greeting = 'plain' } = options
  return {
    name,
    arguments: nodeArguments,
    isPreload,
    syntax,
    greeting,
    nodes,
    ...(options.files && { files: options.files }),
  }
}

const flag = (name: string, options: OtherOptions = {}): Other =>
  other(name, name.split(' '), { isPreload: false, ...options })

/** Traces what the package exports. */
const hook = `import { Hook } from 'import-in-the-middle'
new Hook(['greeter'], (exported) => {
  const { greet } = exported
  exported.greet = (word) => greet(word).replace('plain', 'traced')
})
`
const inThread = (options: string): Record<string, string> => ({
  'trace.mjs': `import { register } from 'import-in-the-middle/register-hooks.mjs'
register(${options})
${hook}`,
})
const trace = ['--import', './trace.mjs']
/** Every module is imported by one of its own: `app.js?iitm=true`. */
export const wrapping: Other = other('import-in-the-middle, `registerHooks`', trace, {
  files: inThread(''),
  greeting: 'traced',
})
const requireHook = `const { Hook } = require('require-in-the-middle')
new Hook(['greeter'], ({ greet }) => ({ greet: (word) => greet(word).replace('plain', 'traced') }))
`

/** Hooks that look at everything and change nothing, as a test double or a coverage tool has them. */
const watching = `export const resolve = async (specifier, context, next) => next(specifier, context)
export const load = async (url, context, next) => next(url, context)
`

export const others: Other[] = [
  wrapping,
  other('import-in-the-middle, `registerHooks`, for one package', trace, {
    files: inThread("{ include: ['greeter'] }"),
    greeting: 'traced',
  }),
  other('import-in-the-middle, `module.register()`', trace, {
    files: {
      'trace.mjs': `import { register } from 'node:module'
register('import-in-the-middle/hook.mjs', import.meta.url)
${hook}`,
    },
    greeting: 'traced',
  }),
  other(
    'import-in-the-middle, `--experimental-loader`',
    ['--experimental-loader=import-in-the-middle/hook.mjs', ...trace],
    {
      files: { 'trace.mjs': hook },
      greeting: 'traced',
    },
  ),
  other('require-in-the-middle', ['--import', './trace.cjs'], {
    files: { 'trace.cjs': requireHook },
    greeting: 'traced',
    syntax: 'commonjs',
  }),
  other('hooks in another thread, `module.register()`', ['--import', './hooks.mjs'], {
    files: {
      'hooks.mjs': `import { register } from 'node:module'
register('./watching.mjs', import.meta.url)`,
      'watching.mjs': watching,
    },
  }),
  flag('--experimental-loader=./watching.mjs', { files: { 'watching.mjs': watching } }),
  flag('--permission --allow-fs-read=*', { nodes: ['22', '24'] }),
  flag('--permission --allow-fs-read=* --allow-net', { nodes: ['26'] }),
  flag('--js-defer-import-eval', { nodes: ['26'], syntax: 'deferred' }),
  flag('--experimental-vm-modules'),
  flag('--experimental-test-module-mocks'),
  flag('--experimental-import-meta-resolve'),
  flag('--experimental-import-text', { nodes: ['24', '26'] }),
  flag('--experimental-addon-modules'),
  flag('--experimental-vfs', { nodes: ['26'] }),
  flag('--experimental-strip-types', { syntax: 'typescript' }),
  flag('--experimental-transform-types', { syntax: 'typescript', nodes: ['22', '24'] }),
  flag('--experimental-require-module', { syntax: 'commonjs' }),
  flag('--no-experimental-require-module'),
  flag('--no-experimental-detect-module'),
  flag('--experimental-default-type=module', { nodes: ['22'] }),
  flag('--preserve-symlinks --preserve-symlinks-main'),
  flag('--disable-proto=throw'),
  flag('--disallow-code-generation-from-strings'),
]

export const modes = ['boundary', 'accept'] as const
export type Mode = (typeof modes)[number]

/** `server` asks for `page` with each request to `/boundary`, and accepts `view`; each has a leaf. */
export const leaves: Record<Mode, string> = { boundary: 'word', accept: 'noun' }

const listen = (view: string, page: string) => `
http.createServer(async ({ url }, response) => {
  try {
    response.end(url === '/accept' ? ${view}() : (${page}).text())
  } catch (error) {
    response.statusCode = 500
    response.end(String(error.stack))
  }
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
`

/** A program of three levels in each mode, with a package that others look into. */
export class Program {
  readonly #syntax: Syntax

  constructor(syntax: Syntax) {
    this.#syntax = syntax
  }

  file(name: string): string {
    return `${name}.${this.#syntax === 'typescript' ? 'ts' : 'js'}`
  }

  files(text: string): Record<string, string> {
    return {
      [this.file('server')]: this.#server(),
      [this.file('page')]: this.#middle(leaves.boundary),
      [this.file('view')]: this.#middle(leaves.accept),
      [this.file(leaves.boundary)]: this.leaf(text),
      [this.file(leaves.accept)]: this.leaf(text),
    }
  }

  leaf(text: string): string {
    if (this.#syntax === 'commonjs') return `exports.say = () => '${text}'`
    return this.#syntax === 'typescript'
      ? `export const say = (): string => '${text}'`
      : `export const say = () => '${text}'`
  }

  #server(): string {
    const view = `'./${this.file('view')}'`
    const page = `'./${this.file('page')}'`
    if (this.#syntax === 'commonjs') {
      return `const http = require('node:http')
let view = require(${view})
module.hot.accept(${view}, (next) => { view = next })${listen('view.text', `require(${page})`)}`
    }
    return `import http from 'node:http'
import ${this.#syntax === 'deferred' ? 'defer ' : ''}* as view from ${view}
import.meta.hot.accept(${view})${listen('view.text', `await import(${page})`)}`
  }

  #middle(leaf: string): string {
    const from = `'./${this.file(leaf)}'`
    return this.#syntax === 'commonjs'
      ? `const { say } = require(${from})
const { greet } = require('greeter')
exports.text = () => greet(say())`
      : `import ${this.#syntax === 'deferred' ? 'defer ' : ''}* as leaf from ${from}
import { greet } from 'greeter'
export const text = () => greet(leaf.say())`
  }
}

const greeter = {
  'node_modules/greeter/package.json':
    '{ "name": "greeter", "version": "1.0.0", "main": "./index.js" }',
  'node_modules/greeter/index.js': "exports.greet = (word) => 'plain ' + word",
}

/** A program as an application that is not started yet. */
export function besideApp(
  { syntax, arguments: own, files }: Other,
  program: Program,
  { isOtherFirst, ...options }: AppOptions & { isOtherFirst: boolean },
): App {
  const app = new App(
    { ...program.files('one'), ...greeter, ...files },
    {
      packageJson: { type: syntax === 'commonjs' ? 'commonjs' : 'module' },
      hasParent: true,
      entry: program.file('server'),
      nodeArguments: isOtherFirst ? [...own, ...register] : [...register, ...own],
      ...options,
    },
  )
  installHotHook(app)
  linkPackages(app, 'import-in-the-middle', 'require-in-the-middle')
  return app
}
