import type { AcceptCase, Step } from './generate.ts'
import { entryName, type Load, type Module, moduleOf, type Program } from './program.ts'
import { isValid } from './validity.ts'

/** The valid cases that have one thing less than this one, the boldest first. */
export function* smallerAcceptCases(from: AcceptCase): Iterable<AcceptCase> {
  for (const each of candidates(from)) {
    if (isValid(each.program) && each.steps.every(({ program }) => isValid(program))) yield each
  }
}

function* candidates(from: AcceptCase): Iterable<AcceptCase> {
  const { steps, program } = from
  for (let size = steps.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = steps.length - size; at >= 0; at -= size) {
      yield { ...from, steps: steps.toSpliced(at, size) }
    }
  }
  for (const { name } of program.modules.toReversed()) {
    if (name !== entryName) yield everywhere(from, (program) => without(program, name))
  }
  const versions = [program, ...steps.map(({ program }) => program)].flatMap(
    ({ modules }) => modules,
  )
  for (const { name, loads } of versions) {
    for (const load of loads)
      yield everywhere(
        from,
        changeLoad(name, load, () => []),
      )
  }
  yield* withSimplerSteps(from)
  if (program.format === 'typescript') {
    yield everywhere(from, (program) => ({ ...program, format: 'esm' }))
  }
  for (const { name, loads, ...module } of versions) {
    const simple: Partial<Module> = { disposes: 'no', declines: false }
    if (module.disposes !== 'no' || module.declines) yield everywhere(from, change(name, simple))
    if (!['no', 'sync'].includes(module.disposes)) {
      yield everywhere(from, change(name, { disposes: 'sync' }))
    }
    for (const load of loads) {
      const named: Load = { ...load, style: 'named' }
      if (load.isCaptured) {
        yield everywhere(
          from,
          changeLoad(name, load, (load) => [{ ...load, isCaptured: false }]),
        )
      }
      if (load.style !== 'named')
        yield everywhere(
          from,
          changeLoad(name, load, () => [named]),
        )
      if (load.accepts === 'array') {
        yield everywhere(
          from,
          changeLoad(name, load, (load) => [{ ...load, accepts: 'callback' }]),
        )
      }
    }
  }
}

function* withSimplerSteps(from: AcceptCase): Iterable<AcceptCase> {
  for (const [index, step] of from.steps.entries()) {
    const changed = (changes: Partial<Step>): AcceptCase => ({
      ...from,
      steps: from.steps.with(index, { ...step, ...changes }),
    })
    if (step.how !== 'in place') yield changed({ how: 'in place' })
    if (step.touched.length > 0) yield changed({ touched: [] })
    const before = from.steps[index - 1]?.program ?? from.program
    for (const module of step.program.modules) {
      const old = moduleOf(before, module.name)
      if (JSON.stringify(old) === JSON.stringify(module)) continue
      yield changed({ program: replace(step.program, module.name, () => old) })
    }
  }
}

function everywhere(
  { program, steps }: AcceptCase,
  change: (program: Program) => Program,
): AcceptCase {
  return {
    program: change(program),
    steps: steps.map((step) => {
      const changed = change(step.program)
      const names = new Set(changed.modules.map(({ name }) => name))
      return { ...step, program: changed, touched: step.touched.filter((name) => names.has(name)) }
    }),
  }
}

const replace = (program: Program, name: string, change: (module: Module) => Module): Program => ({
  ...program,
  modules: program.modules.map((each) => (each.name === name ? change(each) : each)),
})

const change = (name: string, changes: Partial<Module>) => (program: Program) =>
  replace(program, name, (module) => ({ ...module, ...changes }))

const changeLoad =
  (name: string, { kind, target, via }: Load, change: (load: Load) => Load[]) =>
  (program: Program): Program =>
    replace(program, name, (module) => ({
      ...module,
      loads: module.loads.flatMap((each) =>
        each.kind === kind && each.target === target && each.via === via ? change(each) : [each],
      ),
    }))

function without(program: Program, name: string): Program {
  const keeps = ({ target, via }: Load) => target !== name && via !== name
  const modules = program.modules.filter((each) => each.name !== name)
  return {
    ...program,
    modules: modules.map((each) => ({ ...each, loads: each.loads.filter(keeps) })),
  }
}
