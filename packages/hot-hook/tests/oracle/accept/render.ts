import { type Speech, serverImport, serverLines } from '../server.ts'
import { entryName, importedBy, type Load, type Module, type Program, pathOf } from './program.ts'

/** All files of a program, with what observes it from node_modules. */
export function renderProgram(program: Program, speech: Speech): Record<string, string> {
  const type = program.format === 'commonjs' ? undefined : 'module'
  const files: Record<string, string> = { 'package.json': JSON.stringify(type ? { type } : {}) }
  for (const module of program.modules) {
    const source = renderModule(program, module, speech)
    if (source !== undefined) files[pathOf(program, module.name)] = source
  }
  return files
}

/** The source of a module; undefined where its file is missing. */
function renderModule(program: Program, module: Module, speech: Speech): string | undefined {
  if (module.state === 'missing') return undefined
  const lines = new Source(program, module, speech).lines()
  if (module.state === 'syntax') lines.push('const = broken')
  return `${lines.join('\n')}\n`
}

class Source {
  readonly #program: Program
  readonly #module: Module
  readonly #speech: Speech
  readonly #isEsm: boolean
  readonly #any: string
  readonly #global: string

  constructor(program: Program, module: Module, speech: Speech) {
    this.#speech = speech
    this.#program = program
    this.#module = module
    this.#isEsm = program.format !== 'commonjs'
    const isTypeScript = program.format === 'typescript'
    this.#any = isTypeScript ? ': any' : ''
    this.#global = isTypeScript ? '(globalThis as any)' : 'globalThis'
  }

  lines(): string[] {
    const { name, state, value } = this.#module
    const { loads } = this.#module
    const isEntry = name === entryName
    const captured = loads.flatMap((load, index) =>
      load.isCaptured ? [this.#member(load, index, 'value')] : [],
    )
    const own = this.#isEsm
      ? [`export const value_${name} = ${value}`]
      : [`const value_${name} = (exports.value_${name} = ${value})`]
    return [
      ...(isEntry ? [serverImport(this.#style)] : []),
      ...loads.flatMap((load, index) => this.#import(load, index)),
      `const hot${this.#any} = ${this.#isEsm ? 'import.meta.hot' : 'module.hot'}`,
      `const seen${this.#any} = (${this.#global}.oracle ??= { runs: {}, open: {}, data: {}, asks: {}, log: [], errors: [] })`,
      ...(state === 'throws' ? [`if (seen) throw new Error('boom ${name} ${value}')`] : []),
      ...own,
      `seen.log.push('run ${name}')`,
      `seen.runs.${name} = (seen.runs.${name} ?? 0) + 1`,
      `if (hot) seen.data.${name} = hot.data.count = (hot.data.count ?? 0) + 1`,
      `const at = ${captured.length > 0 ? `'[' + [${captured}] + ']'` : "''"}`,
      ...this.#opened(),
      ...this.#ask(),
      ...this.#accepted(),
      ...(isEntry ? this.#server() : []),
    ]
  }

  #import(load: Load, index: number): string[] {
    const { kind, target, style } = load
    const from = this.#specifier(importedBy(load))
    if (!this.#isEsm) {
      if (kind === 'effect') return [`require(${from})`]
      if (kind === 'static' || kind === 'through') return [`let k${index} = require(${from})`]
      if (kind === 'star') return [`Object.assign(exports, require(${from}))`]
      return [`value_${target}`, `ask_${target}`].map(
        (each) => `exports.${each} = require(${from}).${each}`,
      )
    }
    const names = `value_${target}, ask_${target}`
    if (kind === 'effect') return [`import ${from}`]
    if (kind === 'reexport') return [`export { ${names} } from ${from}`]
    if (kind === 'star') return [`export * from ${from}`]
    if (kind === 'through' || style === 'named') return [`import { ${names} } from ${from}`]
    return [`import ${style === 'default' ? '' : '* as '}k${index} from ${from}`]
  }

  /** What is opened when the module is evaluated, and closed when it is disposed. */
  #opened(): string[] {
    const { name, disposes } = this.#module
    if (disposes === 'no') return []
    const close = `seen.log.push('dispose ${name}'); seen.open.${name} -= 1; if (++closed > 1) seen.errors.push('disposed twice: ${name}')`
    const handlers = {
      sync: [`() => { ${close} }`],
      async: [`async () => { await new Promise((resolve) => setTimeout(resolve, 1)); ${close} }`],
      throws: [`() => { ${close}; throw new Error('dispose ${name}') }`],
      several: [
        '() => { isLast = true }',
        `() => { if (isLast) seen.errors.push('order: ${name}'); ${close} }`,
      ],
    }[disposes]
    return [
      `seen.open.${name} = (seen.open.${name} ?? 0) + 1`,
      'let closed = 0',
      'let isLast = false',
      ...handlers.map((handler) => `hot?.dispose(${handler})`),
      `hot?.prune(() => seen.log.push('prune ${name}'))`,
    ]
  }

  #ask(): string[] {
    const { name, loads, acceptsItself } = this.#module
    const questions = loads.flatMap((load, index) => {
      const { kind, target, accepts } = load
      if (kind === 'reexport' || kind === 'star') return []
      if (kind === 'effect') return [`await seen.asks.${target}(to)`]
      const ask = this.#member(load, index, 'ask')
      if (accepts === 'no' || !this.#isEsm) return [`await ${ask}(to)`]
      const live = `to.push('live ${target}=' + ${this.#member(load, index, 'value')})`
      const hasCallback = accepts === 'callback' || accepts === 'array'
      const answers = hasCallback ? `(c${index}?.ask_${target} ?? ${ask})` : ask
      return [live, `await ${answers}(to)`]
    })
    const callbacks = loads.flatMap(({ accepts }, index) =>
      this.#isEsm && (accepts === 'callback' || accepts === 'array')
        ? [`let c${index}${this.#any}`]
        : [],
    )
    const exported = this.#isEsm
      ? [`export default { value_${name}, ask_${name} }`]
      : [`exports.ask_${name} = ask_${name}`]
    const registered = {
      no: [],
      plain: [`seen.asks.${name} = ask_${name}`],
      callback: [
        `seen.asks.${name} ??= ask_${name}`,
        `hot?.prune(() => { delete seen.asks.${name} })`,
      ],
    }[acceptsItself]
    return [
      ...callbacks,
      `${this.#isEsm ? 'export ' : ''}async function ask_${name}(to${this.#any}) {`,
      ...[
        `to.push('${name}=' + value_${name} + at)`,
        `if (to.${name}) return`,
        `to.${name} = true`,
        ...questions,
      ].map((line) => `  ${line}`),
      '}',
      ...exported,
      ...registered,
    ]
  }

  /** The calls of `accept()` and `decline()`. */
  #accepted(): string[] {
    const { name, loads, acceptsItself, declines } = this.#module
    const hot = this.#isEsm ? 'import.meta.hot' : 'module.hot'
    const into = this.#isEsm ? 'c' : 'k'
    const lines: string[] = []
    if (declines) lines.push(`${hot}?.decline()`)
    if (acceptsItself === 'plain') lines.push(`${hot}?.accept()`)
    if (acceptsItself === 'callback') {
      lines.push(`${hot}?.accept((next${this.#any}) => { seen.asks.${name} = next.ask_${name} })`)
    }
    const together: { specifier: string; index: number }[] = []
    for (const [index, load] of loads.entries()) {
      const specifier = this.#specifier(importedBy(load))
      if (load.accepts === 'bindings') lines.push(`${hot}?.accept(${specifier})`)
      if (load.accepts === 'callback') {
        lines.push(`${hot}?.accept(${specifier}, (next${this.#any}) => { ${into}${index} = next })`)
      }
      if (load.accepts === 'array') together.push({ specifier, index })
    }
    if (together.length > 0) {
      const set = together.map(({ index }, at) => `if (all[${at}]) ${into}${index} = all[${at}]`)
      const specifiers = together.map(({ specifier }) => specifier)
      lines.push(
        `${hot}?.accept([${specifiers.join(', ')}], (all${this.#any}) => { ${set.join('; ')} })`,
      )
    }
    return lines
  }

  #member({ kind, style, target }: Load, index: number, what: 'value' | 'ask'): string {
    const isNamed = this.#isEsm && (kind === 'through' || style === 'named')
    return isNamed ? `${what}_${target}` : `k${index}.${what}_${target}`
  }

  #specifier(name: string): string {
    return `'./${pathOf(this.#program, name)}'`
  }

  #server(): string[] {
    return [
      'async function answer() {',
      `  const to${this.#any} = []`,
      `  try { await ask_m0(to) } catch (error${this.#any}) { to.push('!' + error.stack) }`,
      '  const { log, runs, open, data, errors, updates } = seen',
      '  return JSON.stringify({ to, log: log.splice(0), runs, open, data, errors, updates })',
      '}',
      ...serverLines(this.#style),
      'listen()',
    ]
  }

  get #style() {
    return { speaks: this.#speech, isEsm: this.#isEsm, any: this.#any }
  }
}

/** Preloaded from node_modules, so it is no part of the program. */
export const observer = {
  'node_modules/observer/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/observer/index.js': `import { hot } from 'hot-hook'
const seen = (globalThis.oracle = { runs: {}, open: {}, data: {}, asks: {}, log: [], errors: [], updates: 0 })
hot.on('update', () => { seen.updates += 1 })
hot.on('error', ({ phase, file }) => seen.errors.push(phase + ' ' + /(\\w+)\\.\\w+$/.exec(file)?.[1]))
`,
}
