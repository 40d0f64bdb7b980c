import { at, type LoadGene, makeLoad, withLoads } from './loads.ts'
import { closureOf, entryName, type Module, type Program } from './program.ts'
import { isValid } from './validity.ts'

/** Numbers from which one edit is made, on the program as it is then. */
export interface Edit {
  kind: number
  module: number
  number: number
  load: LoadGene
}

/** The program after some edits, and the modules that are saved as they are. */
export function applyEdits(
  program: Program,
  edits: Edit[],
): { program: Program; touched: string[] } {
  const touched: string[] = []
  for (const edit of edits) {
    const next = applyEdit(program, edit)
    if (typeof next === 'string') touched.push(next)
    else if (next && isValid(next)) program = next
  }
  return { program, touched }
}

/** @returns the name of a module that is only touched, or the next program */
function applyEdit(program: Program, edit: Edit): Program | string {
  const module = editedModule(program, edit)
  const { name, value, syntax, state } = module
  const change = (changes: Partial<Module>): Program =>
    withModule(program, { ...module, value: value + 1, state: 'good', ...changes })
  const { kind } = edit
  if (state !== 'good' && kind < 60) return change({})
  if (kind < 45) return change({})
  if (kind < 52) return change({ state: 'syntax' })
  if (kind < 59 && syntax !== 'json') return change({ state: 'throws' })
  if (kind < 64) return change({ state: 'missing' })
  if (kind < 68) return name
  if (kind < 78) {
    const load = syntax === 'json' ? undefined : makeLoad(program, module, edit.load)
    if (!load) return change({})
    return withLoads(program, name, [...module.loads, load])
  }
  if (kind < 88 && module.loads.length > (name === entryName ? 1 : 0)) {
    const left = at(module.loads, edit.number)
    const loads = module.loads.filter((each) => each !== left)
    return withLoads(program, name, loads)
  }
  if (kind < 92 && syntax === 'esm' && name !== entryName) {
    return change({ isAsync: !module.isAsync })
  }
  if (kind < 95) return change({ isFunctionFirst: !module.isFunctionFirst })
  return change({})
}

/** Mostly one that is hot: programs that only restart show little. */
function editedModule(program: Program, { module, number }: Edit): Module {
  const wiring = closureOf(program, entryName)
  const hot = program.modules.filter(({ name }) => !wiring.has(name))
  return at(hot.length > 0 && number % 5 > 0 ? hot : program.modules, module)
}

export function withModule(program: Program, module: Module): Program {
  const modules = program.modules.map((each) => (each.name === module.name ? module : each))
  return { ...program, modules }
}

/** The program in which everything that fails is healed. */
export function healed(program: Program): Program {
  const modules = program.modules.map((each) =>
    each.state === 'good' ? each : { ...each, state: 'good' as const, value: each.value + 1 },
  )
  return { ...program, modules }
}
