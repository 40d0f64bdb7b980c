import { posix } from 'node:path'
import { type Speech, serverImport, serverLines } from '../server.ts'
import {
  entryName,
  isTypeScript,
  type Load,
  type Module,
  moduleOf,
  type Program,
  pathOf,
  viaOf,
} from './program.ts'

/** All files of a program: its modules that are there, and the package.json of each directory. */
export function renderProgram(program: Program, speech: Speech): Record<string, string> {
  const manifest = (type: string | undefined) => JSON.stringify(type ? { type } : {})
  const files: Record<string, string> = { 'package.json': manifest(program.type) }
  for (const module of program.modules) {
    if (module.directory === 'esm/') files['esm/package.json'] = manifest('module')
    if (module.directory === 'cjs/') files['cjs/package.json'] = manifest('commonjs')
    if (module.directory === 'none/') files['none/package.json'] = manifest(undefined)
    const source = renderModule(program, module, speech)
    if (source !== undefined) files[pathOf(module)] = source
  }
  return files
}

/** The source of a module; undefined where its file is missing. */
function renderModule(program: Program, module: Module, speech: Speech): string | undefined {
  if (module.state === 'missing') return undefined
  if (module.syntax === 'json') {
    return module.state === 'syntax'
      ? `{ "value_${module.name}": `
      : `{ "value_${module.name}": ${module.value} }\n`
  }
  const lines = new Source(program, module, speech).lines()
  if (module.state === 'syntax') lines.push('const = broken')
  return `${lines.join('\n')}\n`
}

/** The source of one module, piece by piece. */
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
    this.#isEsm = module.syntax === 'esm'
    this.#any = isTypeScript(module) ? ': any' : ''
    this.#global = isTypeScript(module) ? '(globalThis as any)' : 'globalThis'
  }

  lines(): string[] {
    const { name, isFunctionFirst, isAsync, state, value } = this.#module
    const ran = this.#global
    return [
      ...(isFunctionFirst ? this.#ask() : []),
      ...this.#imports(),
      `;(${ran}.ran ??= []).push('${name}')`,
      ...(state === 'throws' ? [`if (${ran}) throw new Error('boom ${name} ${value}')`] : []),
      ...(isAsync ? [`await ${ran}.gate?.('${name}')`] : []),
      ...this.#exportedValue(),
      ...this.#helper(),
      ...this.#evaluated(),
      ...(isFunctionFirst ? [] : this.#ask()),
      ...this.#exportedAsk(),
      ...(name === entryName ? this.#server() : []),
    ]
  }

  #imports(): string[] {
    const { loads } = this.#module
    const helpers = loads.filter(({ kind }) => kind === 'helper' || kind === 'lazyHelper')
    const vias = new Set(helpers.map(viaOf))
    const called = loads.filter(({ kind }) => kind === 'calls').map(({ target }) => target)
    return [
      ...(this.#module.name === entryName ? [serverImport(this.#style)] : []),
      ...loads.flatMap((load, index) => this.#import(load, index)),
      ...[...vias].map((via) => this.#importName(`load_${via}`, via)),
      ...called.map((helper) => this.#importName(`boot_${helper}`, helper)),
    ]
  }

  #importName(name: string, target: string): string {
    return this.#isEsm
      ? `import { ${name} } from ${this.#specifier(target)}`
      : `const { ${name} } = require(${this.#specifier(target)})`
  }

  #import(load: Load, index: number): string[] {
    const { kind, target, isBare } = load
    const value = `value_${target}`
    const isJson = moduleOf(this.#program, target).syntax === 'json'
    const from = this.#specifier(kind === 'through' ? viaOf(load) : target, isBare)
    if (!this.#isEsm) {
      if (kind === 'static' || kind === 'through') return [`const k${index} = require(${from})`]
      if (kind === 'star') return [`Object.assign(exports, require(${from}))`]
      if (kind !== 'reexport') return []
      return [value, `ask_${target}`].map((name) => `exports.${name} = require(${from}).${name}`)
    }
    const names = isJson ? value : `${value}, ask_${target}`
    if (kind === 'reexport') return [`export { ${names} } from ${from}`]
    if (kind === 'star') return [`export * from ${from}`]
    if (kind === 'through') return [`import { ${names} } from ${from}`]
    if (kind !== 'static') return []
    if (isJson) return [`import k${index} from ${from} with { type: 'json' }`]
    if (load.style === 'named') return [`import { ${names} } from ${from}`]
    return [`import ${load.style === 'default' ? '' : '* as '}k${index} from ${from}`]
  }

  #exportedValue(): string[] {
    const { name, value, hasExportsObject } = this.#module
    const declared = `const value_${name}${this.#any} = ${value}`
    if (this.#isEsm) return [`export ${declared}`]
    return hasExportsObject ? [declared] : [declared, `exports.value_${name} = value_${name}`]
  }

  /** The functions that load for others. */
  #helper(): string[] {
    const { name, loads, isHelper } = this.#module
    if (!isHelper) return []
    const added = loads.flatMap((load) => {
      if (load.kind !== 'boot') return []
      const got = this.#isEsm ? `(await ${this.#dynamic(load)})` : this.#dynamic(load)
      return [`app.push(${got}.ask_${load.target})`]
    })
    const load = `(path${this.#any}) => ${this.#isEsm ? 'import' : 'require'}(path)`
    const boot = `${this.#isEsm ? 'async ' : ''}(app${this.#any}) => { ${added.join('; ')} }`
    return [this.#export(`load_${name}`, load), this.#export(`boot_${name}`, boot)]
  }

  #export(name: string, expression: string): string {
    return this.#isEsm
      ? `export const ${name} = ${expression}`
      : `${this.#module.hasExportsObject ? `const ${name}` : `exports.${name}`} = ${expression}`
  }

  /** What is done when the module is evaluated. */
  #evaluated(): string[] {
    const { loads, start } = this.#module
    const lines: string[] = []
    const inMain: string[] = []
    for (const [index, load] of loads.entries()) {
      const isAwaited = this.#isEsm || start === 'floating'
      const into = start === 'floating' ? inMain : lines
      const keep = (expression: string) => {
        if (start === 'floating') lines.push(`let k${index}${this.#any}`)
        into.push(`${start === 'floating' ? '' : 'const '}k${index} = ${expression}`)
      }
      const wait = isAwaited ? 'await ' : ''
      if (load.kind === 'top') keep(`${wait}${this.#dynamic(load)}`)
      if (load.kind === 'helper') keep(`${wait}${this.#throughHelper(load)}`)
      if (load.kind === 'calls') {
        lines.push(`const k${index}${this.#any} = []`)
        into.push(`${wait}boot_${load.target}(k${index})`)
      }
      if (load.kind === 'warm') {
        lines.push(`const get${index} = () => ${this.#dynamic(load)}`)
        into.push(`${wait}get${index}()`)
      }
    }
    const captured = loads.flatMap((load, index) =>
      load.isCaptured ? [this.#member(load, index, `value_${load.target}`)] : [],
    )
    lines.push(`const at${this.#any} = ${captured.length > 0 ? `'[' + [${captured}] + ']'` : "''"}`)
    if (start !== 'floating') return lines
    const later = 'await new Promise((resolve) => setTimeout(resolve, 1))'
    return [
      ...lines,
      'async function main() {',
      ...[later, ...inMain, 'listen()'].map((each) => `  ${each}`),
      '}',
      'main()',
    ]
  }

  /** The function that answers. */
  #ask(): string[] {
    const { name, loads } = this.#module
    const isEntry = name === entryName
    const lines = loads.flatMap((load, index) => {
      const asked = this.#askLoad(load, index)
      if (asked.length === 0 || !isEntry) return asked
      return [`if (route === '/${index}') {`, ...asked.map((line) => `  ${line}`), '}']
    })
    const tokens = isEntry
      ? []
      : [`to.push('${name}=' + value_${name} + at)`, `if (to.${name}) return`, `to.${name} = true`]
    const parameters = isEntry ? `to${this.#any}, route${this.#any}` : `to${this.#any}`
    return [
      `async function ask_${name}(${parameters}) {`,
      ...[...tokens, ...lines].map((line) => `  ${line}`),
      '}',
    ]
  }

  #askLoad(load: Load, index: number): string[] {
    const { kind, target } = load
    if (kind === 'reexport' || kind === 'star' || kind === 'boot') return []
    if (kind === 'calls') return [`for (const ask of k${index}) await ask(to)`]
    const isLater = kind === 'lazy' || kind === 'lazyHelper' || kind === 'warm'
    const isJson = moduleOf(this.#program, target).syntax === 'json'
    const question = (name: string) =>
      isJson ? `to.push('${target}=' + ${name}.value_${target})` : `await ${name}.ask_${target}(to)`
    if (!isLater) {
      if (isJson) return [`to.push('${target}=' + ${this.#member(load, index, `value_${target}`)})`]
      return [`await ${this.#member(load, index, `ask_${target}`)}(to)`]
    }
    const isDefault = isJson && load.by === 'import'
    const got = this.#got(load, index)
    return [
      'try {',
      `  const got${this.#any} = ${`await ${got}`}`,
      `  ${question(isDefault ? 'got.default' : 'got')}`,
      `} catch (error${this.#any}) { to.push('!' + error.stack) }`,
    ]
  }

  #got(load: Load, index: number): string {
    if (load.kind === 'warm') return `get${index}()`
    return load.kind === 'lazy' ? this.#dynamic(load) : this.#throughHelper(load)
  }

  /** A name of the target of a load that is kept. */
  #member(load: Load, index: number, name: string): string {
    const isNamed = load.kind === 'through' || (load.kind === 'static' && load.style === 'named')
    const isJson = moduleOf(this.#program, load.target).syntax === 'json'
    return this.#isEsm && isNamed && !isJson ? name : `k${index}.${name}`
  }

  #dynamic({ by, target, isBare }: Load): string {
    if (by === 'require') return `require(${this.#specifier(target, isBare)})`
    const isJson = moduleOf(this.#program, target).syntax === 'json'
    return `import(${this.#specifier(target)}${isJson ? ", { with: { type: 'json' } }" : ''})`
  }

  #throughHelper(load: Load): string {
    const via = moduleOf(this.#program, viaOf(load))
    return `load_${via.name}(${specifier(via, moduleOf(this.#program, load.target))})`
  }

  #exportedAsk(): string[] {
    const { name, hasExportsObject } = this.#module
    const names = [`value_${name}`, `ask_${name}`]
    if (this.#isEsm) return [`export { ask_${name} }`, `export default { ${names.join(', ')} }`]
    if (!hasExportsObject) return [`exports.ask_${name} = ask_${name}`]
    if (this.#module.isHelper) names.push(`load_${name}`, `boot_${name}`)
    const reexported = this.#module.loads.some(({ kind }) => kind === 'reexport' || kind === 'star')
    const all = [...names, ...(reexported ? ['...exports'] : [])]
    return [`module.exports = { ${all.join(', ')} }`]
  }

  #specifier(target: string, isBare = false): string {
    const module = moduleOf(this.#program, target)
    const isKnown = module.extension === 'js' || module.extension === 'json'
    return specifier(this.#module, module, isBare && isKnown && !this.#isEsm)
  }

  #server(): string[] {
    const { start } = this.#module
    const g = this.#global
    const gate = [
      `  if (path === '/hold') ${g}.gate = (name${this.#any}) => {`,
      "    console.log('held ' + name)",
      `    return ${g}.held ??= new Promise((resolve) => { ${g}.open = resolve })`,
      '  }',
      `  if (path === '/open') { ${g}.open?.(); ${g}.gate = ${g}.held = undefined }`,
    ]
    return [
      `async function answer(path${this.#any}) {`,
      `  const to${this.#any} = []`,
      ...(this.#program.canHold ? gate : []),
      `  try { await ask_m0(to, path) } catch (error${this.#any}) { to.push('!' + error.stack) }`,
      `  return JSON.stringify({ to, ran: ${g}.ran.splice(0) })`,
      '}',
      ...serverLines(this.#style),
      ...(start === 'floating' ? [] : ['listen()']),
    ]
  }

  get #style() {
    return { speaks: this.#speech, isEsm: this.#isEsm, any: this.#any }
  }
}

function specifier(from: Module, to: Module, isBare = false): string {
  const path = posix.relative(`/${from.directory}`, `/${pathOf(to)}`)
  const relative = path.startsWith('.') ? path : `./${path}`
  return `'${isBare ? relative.slice(0, -to.extension.length - 1) : relative}'`
}
