import { App, type AppOptions } from './app.ts'
import { installHotHook, linkPackages } from './formats.ts'

type Syntax = 'esm' | 'commonjs'

/** Files of one ending in one type of package. */
export interface Kind {
  name: string
  extension: string
  type: 'module' | 'commonjs' | undefined
  /** What the sources are written in. */
  syntax: Syntax
  /** What comes of them. */
  runs: Syntax
  /** What the specifiers of relative imports end with. */
  ending: string
}

/** What compiles a program, and how that is preloaded. */
export interface Loader {
  name: string
  /** Registered before and after Hot Hook; none: Node itself. */
  preload?: string
  flag: '--import' | '-r'
  kinds: Kind[]
  tsconfig?: Record<string, unknown>
  /** It emits the metadata of decorators. */
  hasMetadata?: boolean
}

interface KindOptions {
  type?: Kind['type']
  syntax?: Syntax
  ending?: string
}

function kind(
  extension: string,
  runs: Syntax,
  { type, syntax = runs, ending = `.${extension}` }: KindOptions = {},
): Kind {
  const settles = /^[cm]/.test(extension)
  const packageType = type ? `, \`"type": "${type}"\`` : ', no `"type"`'
  const detected = !settles && !type && runs === 'esm' ? ', import statements' : ''
  const name = `\`.${extension}\`${settles ? '' : packageType}${detected}`
  // An ending that settles it does so in the type that means the other.
  const other = extension.startsWith('c') ? 'module' : 'commonjs'
  return { name, extension, type: settles ? other : type, syntax, runs, ending }
}

/** Whatever Node itself can run. */
const native = (family: 'js' | 'ts', required: string): Kind[] => [
  kind(family, 'esm', { type: 'module' }),
  kind(family, 'commonjs', { type: 'commonjs', ending: required }),
  kind(family, 'commonjs', { ending: required }),
  kind(family, 'esm'),
  kind(`m${family}`, 'esm'),
  kind(`c${family}`, 'commonjs'),
]

const short = { ending: '' } as const
const compiledToCommonJs = { syntax: 'esm', ...short } as const

/** For loaders that compile ES modules where the ending or the type says so, and nothing else. */
const inModules = (ending: '' | '.js'): Kind[] => [
  kind('ts', 'esm', { type: 'module', ending }),
  kind('tsx', 'esm', { type: 'module', ending }),
  kind('mts', 'esm', { ending: '.mjs' }),
]

const required: Kind[] = [
  kind('ts', 'commonjs', { type: 'commonjs', ...compiledToCommonJs }),
  kind('ts', 'commonjs', compiledToCommonJs),
  kind('cts', 'commonjs', { syntax: 'esm' }),
]

const decorators = {
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  target: 'es2022',
  jsx: 'react-jsx',
}
const commonJs = { ...decorators, module: 'commonjs' }
const tsNodeEsm =
  'data:text/javascript,import{register}from"node:module";import{pathToFileURL}from"node:url";' +
  'register("ts-node/esm/transpile-only",pathToFileURL("./"))'

export const loaders: Loader[] = [
  { name: 'Node', flag: '--import', kinds: native('js', '') },
  { name: 'Node, types stripped', flag: '--import', kinds: native('ts', '.ts') },
  {
    name: 'tsx',
    preload: 'tsx',
    flag: '--import',
    kinds: [
      kind('ts', 'esm', { type: 'module', ...short }),
      kind('ts', 'commonjs', { type: 'commonjs', ...compiledToCommonJs }),
      kind('ts', 'commonjs', compiledToCommonJs),
      kind('tsx', 'esm', { type: 'module', ...short }),
      kind('tsx', 'commonjs', compiledToCommonJs),
      kind('mts', 'esm'),
      kind('cts', 'commonjs', { syntax: 'esm' }),
    ],
  },
  {
    name: '@oxc-node/core',
    preload: '@oxc-node/core/register',
    flag: '--import',
    kinds: [
      kind('ts', 'esm', { type: 'module', ...short }),
      kind('ts', 'esm', { type: 'commonjs', ...short }),
      kind('ts', 'esm', short),
      kind('tsx', 'esm', { type: 'module', ...short }),
      kind('tsx', 'esm', short),
      kind('mts', 'esm'),
      kind('cts', 'commonjs'),
    ],
  },
  {
    name: '@swc-node/register/esm-register',
    preload: '@swc-node/register/esm-register',
    flag: '--import',
    kinds: inModules(''),
    tsconfig: commonJs,
    hasMetadata: true,
  },
  {
    name: '@swc-node/register',
    preload: '@swc-node/register',
    flag: '-r',
    kinds: required,
    tsconfig: commonJs,
    hasMetadata: true,
  },
  {
    name: 'ts-node/register',
    preload: 'ts-node/register/transpile-only',
    flag: '-r',
    kinds: required,
    tsconfig: commonJs,
    hasMetadata: true,
  },
  {
    name: 'ts-node/esm',
    preload: tsNodeEsm,
    flag: '--import',
    kinds: inModules('.js'),
    tsconfig: { ...decorators, module: 'nodenext' },
    hasMetadata: true,
  },
]

/** `server` asks for `page` with each request to `/boundary`, and accepts `view`; each has a leaf. */
export const leaves = { boundary: 'word', accept: 'noun' } as const
export type Mode = keyof typeof leaves

/** A program of three levels in each mode, in what a loader takes. */
export class Program {
  readonly #loader: Loader
  readonly #kind: Kind

  constructor(loader: Loader, kind: Kind) {
    this.#loader = loader
    this.#kind = kind
  }

  file(name: string): string {
    return `${name}.${this.#kind.extension}`
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
    return this.#export(
      'Words',
      `class Words { say()${this.#type('string')} { return '${text}' } }`,
    )
  }

  #server(): string {
    const { syntax, runs } = this.#kind
    const any = this.#type('any')
    const hot = runs === 'esm' ? 'import.meta.hot' : 'module.hot'
    const view = this.#specifier('view')
    const page = this.#specifier('page')
    const asked = syntax === 'esm' ? `(await import('${page}'))` : `require('${page}')`
    return `${any && runs === 'commonjs' ? 'declare const module: any' : ''}
${this.#import('{ createServer }', 'node:http')}
${this.#import('{ text }', view)}
let view = () => text()
${hot}.accept('${view}'${runs === 'esm' ? '' : `, (next${any}) => { view = next.text }`})
${hot}.on('update', ({ files }${any}) => console.log('update of ' + files))
const server${any} = createServer(async ({ url }${any}, response${any}) => {
  try {
    response.end(url === '/accept' ? view() : ${asked}.text())
  } catch (error${any}) {
    response.statusCode = 500
    response.end(String(error.stack))
  }
})
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`
  }

  /** What gets its words from a leaf; as Nest does, where there is metadata. */
  #middle(leaf: string): string {
    const words = this.#import('{ Words }', this.#specifier(leaf))
    const text = (made: string) =>
      this.#export('text', `function text()${this.#type('string')} { return ${made}.say() }`)
    if (!this.#loader.hasMetadata) return `${words}\n${text('new Words()')}`
    return `${words}
const meta = Reflect as any
meta.metadata ??= (key: string, value: unknown) => (type: any) => { type[key] = value }
const injectable = (type: any) => type
@injectable
class Page { constructor(readonly words: Words) {} }
const [Given] = (Page as any)['design:paramtypes']
${text('new Given()')}`
  }

  #specifier(name: string): string {
    return `./${name}${this.#kind.ending}`
  }

  #import(names: string, specifier: string): string {
    return this.#kind.syntax === 'esm'
      ? `import ${names} from '${specifier}'`
      : `const ${names} = require('${specifier}')`
  }

  #export(name: string, declaration: string): string {
    return this.#kind.syntax === 'esm'
      ? `export ${declaration}`
      : `exports.${name} = ${declaration}`
  }

  #type(type: string): string {
    return this.#kind.extension.includes('ts') ? `: ${type}` : ''
  }
}

/** A program as an application that is not started yet. */
export function packageApp(
  { preload, flag, tsconfig }: Loader,
  { type }: Kind,
  files: Record<string, string>,
  { isLoaderFirst, ...options }: AppOptions & { isLoaderFirst: boolean },
): App {
  const register = 'hot-hook/register'
  const preloads = isLoaderFirst
    ? [preload ?? [], register].flat()
    : [register, preload ?? []].flat()
  const app = new App(
    {
      ...(tsconfig && { 'tsconfig.json': JSON.stringify({ compilerOptions: tsconfig }) }),
      ...files,
    },
    {
      packageJson: { type },
      hasParent: true,
      nodeArguments: preloads.flatMap((name) => [flag, name]),
      ...options,
      // The one that the test runner is started with leads @oxc-node/core to other packages.
      env: { NODE_PATH: '' },
    },
  )
  if (preload === undefined) return app
  installHotHook(app)
  const packages = ['tsx', '@oxc-node/core', '@swc-node/register', '@swc/core', 'ts-node']
  linkPackages(app, ...packages, 'typescript')
  return app
}
