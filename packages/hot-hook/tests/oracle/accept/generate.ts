import fc from 'fast-check'
import type { Case, Save } from '../kit.ts'
import {
  closureOf,
  entryName,
  exportedBy,
  type Load,
  type Module,
  moduleOf,
  type Program,
  problemsOf,
} from './program.ts'
import { isValid } from './validity.ts'

export type Step = Save<Program>

/** A program with its edits. */
export type AcceptCase = Case<Program, Step>

interface LoadGene {
  kind: number
  target: number
  via: number
  style: number
  isCaptured: boolean
  accepts: number
}

const rarely = (one: number) => fc.nat(one - 1).map((number) => number === one - 1)

const loadGene = fc.record<LoadGene>({
  kind: fc.nat(99),
  target: fc.nat(99),
  via: fc.nat(99),
  style: fc.nat(2),
  isCaptured: fc.boolean(),
  accepts: fc.nat(9),
})

const moduleGene = fc.record({
  loads: fc.array(loadGene, { maxLength: 4, size: 'max' }),
  acceptsItself: fc.nat(7),
  declines: rarely(20),
  disposes: fc.constantFrom<Module['disposes'][]>('no', 'sync', 'async', 'throws', 'several'),
})

const editGene = fc.record({
  kind: fc.nat(99),
  module: fc.nat(99),
  number: fc.nat(99),
  load: loadGene,
})
type EditGene = typeof editGene extends fc.Arbitrary<infer T> ? T : never

const stepGene = fc.record({
  edits: fc.array(editGene, { minLength: 1, maxLength: 3, size: 'max' }),
  isAlone: fc.nat(2).map((number) => number < 2),
  how: fc.constantFrom<Step['how'][]>('in place', 'rename', 'again'),
})

const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length]
  if (found === undefined) throw new Error('an empty list')
  return found
}

const kinds: Load['kind'][] = [
  'static',
  'static',
  'static',
  'through',
  'reexport',
  'star',
  'static',
]
const styles: Load['style'][] = ['named', 'default', 'namespace']
const acceptances: Load['accepts'][] = ['no', 'no', 'no', 'bindings', 'callback', 'array']
const entryAcceptances: Load['accepts'][] = [
  'no',
  'bindings',
  'bindings',
  'callback',
  'callback',
  'array',
]

function makeLoad(program: Program, module: Module, gene: LoadGene): Load | undefined {
  const { modules } = program
  const others = modules.slice(modules.indexOf(module) + 1)
  if (others.length === 0) return undefined
  const kind = at(kinds, gene.kind)
  const target = at(others, gene.target)
  const isEffect = target.acceptsItself !== 'no'
  const barrels = others.filter(({ name }) => exportedBy(program, name).size > 1)
  const isThrough = kind === 'through' && barrels.length > 0
  const barrel = isThrough ? at(barrels, gene.via).name : undefined
  const exported = barrel ? [...exportedBy(program, barrel)].filter((name) => name !== barrel) : []
  const simple: Load = {
    kind: isEffect ? 'effect' : isThrough ? 'through' : kind === 'through' ? 'static' : kind,
    target: isThrough && !isEffect ? at(exported, gene.target) : target.name,
    ...(isThrough && !isEffect && barrel && { via: barrel }),
    style: at(styles, gene.style),
    isCaptured: false,
    accepts: 'no',
  }
  const accepts = at(module.name === entryName ? entryAcceptances : acceptances, gene.accepts)
  const wishes: Partial<Load>[] = [
    { accepts },
    { accepts: accepts === 'no' ? 'no' : 'callback' },
    { isCaptured: gene.isCaptured },
    {},
  ]
  const candidates = wishes.map((wish) => ({ ...simple, ...wish }))
  return candidates.find((load) =>
    isValid(withLoads(program, module.name, [...module.loads, load])),
  )
}

export function withModule(program: Program, module: Module): Program {
  const modules = program.modules.map((each) => (each.name === module.name ? module : each))
  return { ...program, modules }
}

const withLoads = (program: Program, name: string, loads: Load[]): Program =>
  withModule(program, { ...moduleOf(program, name), loads })

function makeProgram(genes: {
  format: Program['format']
  modules: (typeof moduleGene extends fc.Arbitrary<infer T> ? T : never)[]
}): Program {
  let program: Program = {
    format: genes.format,
    modules: genes.modules.map(({ acceptsItself, declines, disposes }, index) => ({
      name: `m${index}`,
      value: 1,
      state: 'good',
      loads: [],
      acceptsItself:
        index === 0 || acceptsItself < 6 ? 'no' : acceptsItself === 6 ? 'plain' : 'callback',
      declines: declines && index > 0,
      disposes,
    })),
  }
  for (const index of [...genes.modules.keys()].reverse()) {
    for (const gene of genes.modules[index]?.loads ?? []) {
      const module = at(program.modules, index)
      const load = makeLoad(program, module, gene)
      if (load) program = withLoads(program, module.name, [...module.loads, load])
    }
  }
  return program
}

/** @returns the name of a module that is only touched, or the next program */
function applyEdit(program: Program, edit: EditGene): Program | string {
  const loaded = [...closureOf(program, entryName)].filter((name) => name !== entryName)
  const isAny = edit.number % 8 === 0 || loaded.length === 0
  const name = isAny ? at(program.modules, edit.module).name : at(loaded, edit.module)
  const module = moduleOf(program, name)
  const { kind } = edit
  const change = (changes: Partial<Module>): Program =>
    withModule(program, { ...module, value: module.value + 1, state: 'good', ...changes })
  if (module.state !== 'good' && kind < 60) return change({})
  if (kind < 50) return change({})
  if (kind < 56) return change({ state: 'syntax' })
  if (kind < 62) return change({ state: 'throws' })
  if (kind < 64) return change({ state: 'missing' })
  if (kind < 68) return name
  if (kind < 80) {
    const load = makeLoad(program, module, edit.load)
    return load ? withLoads(program, name, [...module.loads, load]) : change({})
  }
  if (kind < 90 && module.loads.length > 0) {
    const left = at(module.loads, edit.number)
    return withLoads(
      program,
      name,
      module.loads.filter((each) => each !== left),
    )
  }
  if (kind < 96 && module.loads.length > 0) {
    const { accepts: _, ...load } = at(module.loads, edit.number)
    const accepts = at(acceptances, edit.load.accepts)
    const changed = module.loads.map((each) =>
      each.target === load.target ? { ...load, accepts } : each,
    )
    return withLoads(program, name, changed)
  }
  return change({
    disposes: at(['sync', 'async', 'throws', 'several', 'no'] as const, edit.number),
  })
}

/** Programs with their edits. */
export function cases(edits: number): fc.Arbitrary<AcceptCase> {
  return fc
    .record({
      format: fc.constantFrom<Program['format'][]>('esm', 'esm', 'commonjs', 'typescript'),
      modules: fc.array(moduleGene, { minLength: 2, maxLength: 9, size: 'max' }),
      steps: fc.array(stepGene, { minLength: edits, maxLength: edits, size: 'max' }),
    })
    .map(({ steps, ...genes }) => {
      const first = makeProgram(genes)
      let program = first
      const made = steps.map(({ edits, isAlone, how }): Step => {
        const touched: string[] = []
        for (const edit of isAlone ? edits.slice(0, 1) : edits) {
          const next = applyEdit(program, edit)
          if (typeof next === 'string') touched.push(next)
          else if (isValid(next)) program = next
        }
        return { program, touched, how }
      })
      return { program: first, steps: made }
    })
}

/** The program in which everything that fails is healed. */
export function healed(program: Program): Program {
  const unlinked = new Set(problemsOf(program, entryName).map((each) => each.split(' ')[1]))
  const modules = program.modules.map((module) => ({
    ...module,
    ...(module.state !== 'good' && { state: 'good' as const, value: module.value + 1 }),
    loads: unlinked.has(module.name)
      ? module.loads.filter(
          ({ kind, via, target }) =>
            kind !== 'through' || !via || exportedBy(program, via).has(target),
        )
      : module.loads,
  }))
  return { ...program, modules }
}
