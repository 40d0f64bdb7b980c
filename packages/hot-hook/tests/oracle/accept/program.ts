/** What is in a module's file. */
export type State = 'good' | 'syntax' | 'throws' | 'missing'

export interface Load {
  kind: /** An import statement, or a `require()`. */
    | 'static'
    /** For its effects: a module that accepts itself, asked where it has registered. */
    | 'effect'
    /** The names of the target, exported again. */
    | 'reexport'
    | 'star'
    /** The target's names, from the barrel `via`. */
    | 'through'
  target: string
  via?: string
  style: 'named' | 'default' | 'namespace'
  /** The target's value is read while this module is evaluated. */
  isCaptured: boolean
  /** How this module accepts the file that it imports. */
  accepts: 'no' | 'bindings' | 'callback' | 'array'
}

export interface Module {
  /** `m3`; the entry is `m0`. */
  name: string
  value: number
  state: State
  loads: Load[]
  acceptsItself: 'no' | 'plain' | 'callback'
  declines: boolean
  /** How it closes what it opened. */
  disposes: 'no' | 'sync' | 'async' | 'throws' | 'several'
}

export interface Program {
  format: 'esm' | 'commonjs' | 'typescript'
  modules: Module[]
}

export const entryName = 'm0'

export function moduleOf(program: Program, name: string): Module {
  const found = program.modules.find((module) => module.name === name)
  if (!found) throw new Error(`no module ${name}`)
  return found
}

export const pathOf = ({ format }: Program, name: string): string =>
  `${name}.${format === 'typescript' ? 'ts' : 'js'}`

/** The module whose file a load names. */
export const importedBy = ({ via, target }: Load): string => via ?? target

export const acceptsDependency = ({ loads }: Module, name: string): boolean =>
  loads.some((load) => importedBy(load) === name && load.accepts !== 'no')

/** The modules that are loaded because `name` is, with itself. */
export function closureOf(program: Program, name: string): Set<string> {
  const closure = new Set<string>()
  const visit = (name: string): void => {
    if (closure.has(name)) return
    closure.add(name)
    for (const load of moduleOf(program, name).loads) visit(importedBy(load))
  }
  visit(name)
  return closure
}

/** The modules whose names can be imported from `barrel`. */
export function exportedBy(
  program: Program,
  barrel: string,
  seen = new Set<string>(),
): Set<string> {
  if (seen.has(barrel)) return seen
  seen.add(barrel)
  for (const { kind, target } of moduleOf(program, barrel).loads) {
    if (kind === 'reexport') seen.add(target)
    if (kind === 'star') exportedBy(program, target, seen)
  }
  return seen
}

/** What keeps a fresh process from loading `name`. */
export function problemsOf(program: Program, name: string): string[] {
  return [...closureOf(program, name)].flatMap((each) => {
    const { state, loads } = moduleOf(program, each)
    if (state !== 'good') return [`${state} ${each}`]
    const isUnlinked = loads.some(
      ({ kind, via, target }) => kind === 'through' && via && !exportedBy(program, via).has(target),
    )
    return isUnlinked ? [`link ${each}`] : []
  })
}

/** What a process that was just started answers. */
export function freshAnswer(program: Program): string[] {
  const answer: string[] = []
  const seen = new Set<string>()
  const ask = (name: string): void => {
    const { value, loads } = moduleOf(program, name)
    const captured = loads.filter(({ isCaptured }) => isCaptured)
    const values = captured.map(({ target }) => moduleOf(program, target).value)
    answer.push(`${name}=${value}${captured.length > 0 ? `[${values}]` : ''}`)
    if (seen.has(name)) return
    seen.add(name)
    for (const { kind, target, accepts } of loads) {
      if (kind === 'reexport' || kind === 'star') continue
      const hasLive = kind !== 'effect' && accepts !== 'no' && program.format !== 'commonjs'
      if (hasLive) answer.push(`live ${target}=${moduleOf(program, target).value}`)
      ask(target)
    }
  }
  ask(entryName)
  return answer
}
