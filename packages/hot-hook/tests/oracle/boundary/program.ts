/** What is in a module's file: its code as intended, or one of the ways to fail. */
export type State = 'good' | 'syntax' | 'throws' | 'missing'

/** How a module comes to another one. */
export type LoadKind =
  /** An import statement, or a `require()` at the top. */
  | 'static'
  /** The names of the target, exported again by this module. */
  | 'reexport'
  /** All that the target exports, exported again by this module. */
  | 'star'
  /** The target's names, imported from the barrel `via`, which exports them again. */
  | 'through'
  /** `await import()` at the top level; in an entry that starts with `main()`, inside it. */
  | 'top'
  /** `import()` or `require()` at each question. */
  | 'lazy'
  /** As lazy, but once while the module is evaluated too. */
  | 'warm'
  /** The helper `via` loads the target when this module is evaluated. */
  | 'helper'
  /** The helper `via` loads the target at each question. */
  | 'lazyHelper'
  /** Calls the target's `boot(app)` while this module is evaluated. */
  | 'calls'
  /** Inside this module's `boot(app)`, which others call: the target joins `app`. */
  | 'boot'

export interface Load {
  kind: LoadKind
  target: string
  via?: string
  style: 'named' | 'default' | 'namespace'
  by: 'import' | 'require'
  /** The target's value is read while this module is evaluated. */
  isCaptured: boolean
  /** `require('./m3')`, without the extension. */
  isBare: boolean
}

export interface Module {
  /** `m3`; the entry is `m0`. */
  name: string
  directory: '' | 'esm/' | 'cjs/' | 'none/'
  extension: 'js' | 'mjs' | 'cjs' | 'ts' | 'mts' | 'cts' | 'json'
  syntax: 'esm' | 'commonjs' | 'json'
  value: number
  state: State
  loads: Load[]
  /** A function begins at the first character of the file. */
  isFunctionFirst: boolean
  /** Has a top-level await that can be held. */
  isAsync: boolean
  /** Has `load(path)` and `boot(app)`, with which it loads for others. */
  isHelper: boolean
  /** CommonJS: `module.exports = {…}`. */
  hasExportsObject: boolean
  /** How the server comes to listen (entry only): at the top level, or after a floating `main()`. */
  start?: 'plain' | 'floating'
}

export interface Program {
  /** The "type" of the root's package.json. */
  type: 'module' | 'commonjs' | undefined
  modules: Module[]
  /** The server can hold what has a top-level await. */
  canHold: boolean
}

export const entryName = 'm0'

/** The helper that a load goes through, or the barrel. */
export const viaOf = ({ via }: Load): string => {
  if (!via) throw new Error('this load goes through nothing')
  return via
}

export function moduleOf(program: Program, name: string): Module {
  const found = program.modules.find((module) => module.name === name)
  if (!found) throw new Error(`no module ${name}`)
  return found
}

export const pathOf = ({ directory, name, extension }: Module): string =>
  `${directory}${name}.${extension}`

export const isTypeScript = ({ extension }: Module): boolean => extension.endsWith('ts')

/** The modules whose names importers of `barrel` can import from it. */
export function exportedBy(
  program: Program,
  barrel: string,
  seen = new Set<string>(),
): Set<string> {
  if (seen.has(barrel)) return seen
  seen.add(barrel)
  const { loads, syntax } = moduleOf(program, barrel)
  for (const { kind, target } of loads) {
    if (kind === 'reexport') seen.add(target)
    if (kind !== 'star') continue
    // What a CommonJS module assigns in a loop is not seen by Node's lexer.
    if (syntax === 'esm' && moduleOf(program, target).syntax === 'commonjs') seen.add(target)
    else exportedBy(program, target, seen)
  }
  return seen
}

/**
 * The modules that are evaluated because `module` is: all but what is asked for later.
 *
 * @param isCalled its `boot` is called too
 */
export function evaluatedWith(
  module: Module,
  isCalled = false,
): { name: string; boots: boolean }[] {
  return module.loads.flatMap(({ kind, target, via }) => {
    const plain = (name: string) => ({ name, boots: false })
    switch (kind) {
      case 'lazy':
        return []
      case 'boot':
        return isCalled ? [plain(target)] : []
      case 'calls':
        return [{ name: target, boots: true }]
      case 'through':
      case 'lazyHelper':
        return via ? [plain(via)] : []
      case 'helper':
        return via ? [plain(via), plain(target)] : [plain(target)]
      default:
        return [plain(target)]
    }
  })
}

/**
 * All that is evaluated because `name` is, with itself.
 *
 * @param isCalled its `boot` is called too
 */
export function closureOf(program: Program, name: string, isCalled = false): Set<string> {
  const closure = new Set<string>()
  const booted = new Set<string>()
  const visit = (name: string, boots: boolean): void => {
    const known = boots ? booted : closure
    if (known.has(name)) return
    known.add(name)
    closure.add(name)
    const module = moduleOf(program, name)
    for (const next of evaluatedWith(module, boots)) visit(next.name, next.boots)
  }
  visit(name, false)
  if (isCalled) visit(name, true)
  return closure
}
