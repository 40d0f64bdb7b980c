import fc from 'fast-check'
import type { BoundaryKind } from '../kinds.ts'
import type { Case, Save } from '../kit.ts'
import { applyEdits, type Edit } from './edits.ts'
import { at, type LoadGene, makeLoad, withLoads } from './loads.ts'
import type { Module, Program } from './program.ts'

interface ModuleGene {
  flavour: number
  loads: LoadGene[]
  isFunctionFirst: boolean
  isAsync: boolean
  isHelper: boolean
  hasExportsObject: boolean
}

/** What is saved together, and what is asked then. */
export interface Step extends Save<Program> {
  /** Which routes are asked afterwards, as bits. */
  asks: number
  /** Saved while a route is being loaded. */
  isHeld: boolean
}

/** A program with its edits. */
export type BoundaryCase = Case<Program, Step>

type Flavour = Pick<Module, 'directory' | 'extension' | 'syntax'>

const flavour = (
  extension: Module['extension'],
  syntax: Module['syntax'],
  directory: Module['directory'] = '',
): Flavour => ({ directory, extension, syntax })

/** The files that a program of a kind is made of; the first is the commonest. */
const flavours: Record<
  BoundaryKind,
  { type: Program['type']; entry: Flavour; others: Flavour[] }[]
> = {
  esm: [
    {
      type: 'module',
      entry: flavour('js', 'esm'),
      others: [
        ...Array<Flavour>(5).fill(flavour('js', 'esm')),
        flavour('mjs', 'esm'),
        flavour('js', 'esm', 'none/'),
        flavour('json', 'json'),
      ],
    },
    {
      type: undefined,
      entry: flavour('js', 'esm'),
      others: [...Array<Flavour>(3).fill(flavour('js', 'esm')), flavour('mjs', 'esm')],
    },
  ],
  commonjs: [
    {
      type: undefined,
      entry: flavour('js', 'commonjs'),
      others: [
        ...Array<Flavour>(5).fill(flavour('js', 'commonjs')),
        flavour('cjs', 'commonjs'),
        flavour('json', 'json'),
      ],
    },
    {
      type: 'commonjs',
      entry: flavour('js', 'commonjs'),
      others: [
        ...Array<Flavour>(3).fill(flavour('js', 'commonjs')),
        flavour('js', 'commonjs', 'none/'),
        flavour('mjs', 'esm'),
        flavour('js', 'esm', 'esm/'),
      ],
    },
    {
      type: 'module',
      entry: flavour('js', 'esm'),
      others: [
        flavour('js', 'esm'),
        flavour('js', 'commonjs', 'none/'),
        flavour('cjs', 'commonjs'),
        flavour('js', 'commonjs', 'cjs/'),
      ],
    },
  ],
  typescript: [
    {
      type: 'module',
      entry: flavour('ts', 'esm'),
      others: [
        ...Array<Flavour>(4).fill(flavour('ts', 'esm')),
        flavour('mts', 'esm'),
        flavour('cts', 'commonjs'),
        flavour('ts', 'esm', 'none/'),
        flavour('js', 'esm'),
        flavour('json', 'json'),
      ],
    },
    {
      type: undefined,
      entry: flavour('ts', 'commonjs'),
      others: [
        ...Array<Flavour>(3).fill(flavour('ts', 'commonjs')),
        flavour('cts', 'commonjs'),
        flavour('mts', 'esm'),
        flavour('ts', 'commonjs', 'cjs/'),
      ],
    },
    {
      type: 'commonjs',
      entry: flavour('ts', 'commonjs'),
      others: [
        ...Array<Flavour>(3).fill(flavour('ts', 'commonjs')),
        flavour('ts', 'commonjs', 'none/'),
        flavour('ts', 'esm', 'esm/'),
        flavour('js', 'commonjs'),
      ],
    },
  ],
}

const rarely = (one: number) => fc.nat(one - 1).map((number) => number === one - 1)

const loadGene = fc.record<LoadGene>({
  kind: fc.nat(99),
  target: fc.nat(99),
  via: fc.nat(99),
  style: fc.nat(2),
  isCaptured: fc.boolean(),
  isBare: fc.boolean(),
})

const moduleGene = fc.record<ModuleGene>({
  flavour: fc.nat(99),
  loads: fc.array(loadGene, { maxLength: 4, size: 'max' }),
  isFunctionFirst: rarely(4),
  isAsync: rarely(6),
  isHelper: rarely(4),
  hasExportsObject: rarely(3),
})

function makeProgram(
  kind: BoundaryKind,
  genes: { variant: number; modules: ModuleGene[]; isFloating: boolean; canHold: boolean },
): Program {
  const { type, entry, others } = at(flavours[kind], genes.variant)
  const [first, ...rest] = genes.modules
  if (!first) throw new Error('a program has an entry')
  const make = (
    gene: ModuleGene,
    index: number,
    { directory, extension, syntax }: Flavour,
  ): Module => ({
    name: `m${index}`,
    directory,
    extension,
    syntax,
    value: 1,
    state: 'good',
    loads: [],
    isFunctionFirst: gene.isFunctionFirst,
    isAsync: gene.isAsync && syntax === 'esm' && index > 0,
    isHelper: gene.isHelper && syntax !== 'json' && index > 0,
    hasExportsObject: gene.hasExportsObject && syntax === 'commonjs',
  })
  let program: Program = {
    type,
    canHold: genes.canHold,
    modules: [
      { ...make(first, 0, entry), start: genes.isFloating ? 'floating' : 'plain' },
      ...rest.map((gene, index) => make(gene, index + 1, at(others, gene.flavour))),
    ],
  }
  // From the last to the first, so that barrels are there when they are looked for.
  for (const index of [...genes.modules.keys()].reverse()) {
    const wanted = genes.modules[index]?.loads ?? []
    // An entry that loads nothing answers nothing.
    const isEmpty = index === 0 && wanted.length === 0
    const simplest = { kind: 0, target: 0, via: 0, style: 0, isCaptured: false, isBare: false }
    for (const gene of isEmpty ? [simplest] : wanted) {
      const module = at(program.modules, index)
      const load = makeLoad(program, module, gene)
      if (load) program = withLoads(program, module.name, [...module.loads, load])
    }
  }
  return program
}

const edit = fc.record<Edit>({
  kind: fc.nat(99),
  module: fc.nat(99),
  number: fc.nat(99),
  load: loadGene,
})

const stepGene = fc.record({
  edits: fc.array(edit, { minLength: 1, maxLength: 3, size: 'max' }),
  isAlone: fc.nat(2).map((number) => number < 2),
  how: fc.constantFrom<Step['how'][]>('in place', 'rename', 'again'),
  asks: fc.nat(7),
  isHeld: rarely(6),
})

/** Programs of one kind with their edits. */
export function cases(kind: BoundaryKind, edits: number): fc.Arbitrary<BoundaryCase> {
  return fc
    .record({
      variant: fc.nat(99),
      modules: fc.array(moduleGene, { minLength: 2, maxLength: 9, size: 'max' }),
      isFloating: rarely(6),
      canHold: fc.boolean(),
      steps: fc.array(stepGene, { minLength: edits, maxLength: edits, size: 'max' }),
    })
    .map(({ steps, ...genes }) => {
      const first = makeProgram(kind, genes)
      let program = first
      return {
        program: first,
        steps: steps.map(({ edits, isAlone, ...rest }) => {
          const applied = applyEdits(program, isAlone ? edits.slice(0, 1) : edits)
          program = applied.program
          return { ...rest, ...applied }
        }),
      }
    })
}
