import type { BoundaryCase, Step } from './generate.ts'
import { entryName, type Load, type Module, moduleOf, type Program } from './program.ts'
import { isValid } from './validity.ts'

/** The valid cases that have one thing less than this one, the boldest first. */
export function* smallerCases(from: BoundaryCase): Iterable<BoundaryCase> {
  for (const each of candidates(from)) {
    if (isValid(each.program) && each.steps.every(({ program }) => isValid(program))) yield each
  }
}

function* candidates(from: BoundaryCase): Iterable<BoundaryCase> {
  const { steps } = from
  for (let size = steps.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = steps.length - size; at >= 0; at -= size) {
      yield { ...from, steps: steps.toSpliced(at, size) }
    }
  }
  for (const { name } of from.program.modules.toReversed()) {
    if (name !== entryName) yield everywhere(from, (program) => without(program, name))
  }
  for (const { name, loads } of programsOf(from).flatMap(({ modules }) => modules)) {
    for (const load of loads) {
      yield everywhere(from, (program) => changeLoads(program, name, load, () => []))
    }
  }
  yield everywhere(from, (program) => ({ ...program, canHold: false }))
  yield* withSimplerSteps(from)
  yield* withSimplerModules(from)
}

function* withSimplerSteps(from: BoundaryCase): Iterable<BoundaryCase> {
  for (const [index, step] of from.steps.entries()) {
    const changed = (changes: Partial<Step>): BoundaryCase => ({
      ...from,
      steps: from.steps.with(index, { ...step, ...changes }),
    })
    if (step.isHeld) yield changed({ isHeld: false })
    if (step.how !== 'in place') yield changed({ how: 'in place' })
    if (step.asks !== 7) yield changed({ asks: 7 })
    if (step.touched.length > 0) yield changed({ touched: [] })
    const before = from.steps[index - 1]?.program ?? from.program
    for (const module of step.program.modules) {
      const old = moduleOf(before, module.name)
      if (JSON.stringify(old) === JSON.stringify(module)) continue
      yield changed({ program: replace(step.program, module.name, () => old) })
    }
  }
}

function* withSimplerModules(from: BoundaryCase): Iterable<BoundaryCase> {
  const flags = ['isFunctionFirst', 'isAsync', 'isHelper', 'hasExportsObject'] as const
  for (const { name } of from.program.modules) {
    const versions = programsOf(from).map((program) => moduleOf(program, name))
    for (const flag of flags) {
      if (versions.some((each) => each[flag])) {
        yield everywhere(from, (program) =>
          replace(program, name, (module) => ({ ...module, [flag]: false })),
        )
      }
    }
    if (versions.some(({ start }) => start === 'floating')) {
      yield everywhere(from, (program) =>
        replace(program, name, (module) => ({ ...module, start: 'plain' })),
      )
    }
    for (const load of versions.flatMap(({ loads }) => loads)) {
      if (load.isCaptured || load.isBare || load.style !== 'named') {
        const simple: Partial<Load> = { isCaptured: false, isBare: false, style: 'named' }
        yield everywhere(from, (program) =>
          changeLoads(program, name, load, (load) => [{ ...load, ...simple }]),
        )
      }
    }
  }
}

const programsOf = ({ program, steps }: BoundaryCase): Program[] => [
  program,
  ...steps.map(({ program }) => program),
]

function everywhere(
  { program, steps }: BoundaryCase,
  change: (program: Program) => Program,
): BoundaryCase {
  return {
    program: change(program),
    steps: steps.map((step) => {
      const changed = change(step.program)
      const touched = step.touched.filter((name) =>
        changed.modules.some((each) => each.name === name),
      )
      return { ...step, program: changed, touched }
    }),
  }
}

const replace = (program: Program, name: string, change: (module: Module) => Module): Program => ({
  ...program,
  modules: program.modules.map((each) => (each.name === name ? change(each) : each)),
})

function without(program: Program, name: string): Program {
  const modules = program.modules.filter((each) => each.name !== name)
  const keeps = ({ target, via }: Load) => target !== name && via !== name
  return {
    ...program,
    modules: modules.map((each) => ({ ...each, loads: each.loads.filter(keeps) })),
  }
}

function changeLoads(
  program: Program,
  name: string,
  { kind, target, via }: Load,
  change: (load: Load) => Load[],
): Program {
  const isIt = (each: Load) => each.kind === kind && each.target === target && each.via === via
  return replace(program, name, (module) => ({
    ...module,
    loads: module.loads.flatMap((each) => (isIt(each) ? change(each) : [each])),
  }))
}
