import { entryName, type Load, type LoadKind, type Module, type Program } from './program.ts'
import { isValid } from './validity.ts'

/** Numbers from which one load is made; small ones are the simplest. */
export interface LoadGene {
  kind: number
  target: number
  via: number
  style: number
  isCaptured: boolean
  isBare: boolean
}

const entryKinds: LoadKind[] = [
  ...Array<LoadKind>(10).fill('lazy'),
  'static',
  'static',
  'top',
  'calls',
  'helper',
  'lazyHelper',
  'warm',
]
const otherKinds: LoadKind[] = [
  ...Array<LoadKind>(10).fill('static'),
  'lazy',
  'lazy',
  'through',
  'through',
  'reexport',
  'star',
  'top',
  'helper',
  'lazyHelper',
  'calls',
  'boot',
  'warm',
]
const helperKinds: LoadKind[] = ['boot', 'boot', 'static', 'lazy']
const styles: Load['style'][] = ['named', 'default', 'namespace']

/** The element that a number stands for. */
export const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length]
  if (found === undefined) throw new Error('an empty list')
  return found
}

/** A load of `module` made from a gene; undefined where the program would not be valid with it. */
export function makeLoad(program: Program, module: Module, gene: LoadGene): Load | undefined {
  const isEntry = module.name === entryName
  const kinds = isEntry ? entryKinds : module.isHelper ? helperKinds : otherKinds
  const kind = at(kinds, gene.kind)
  const { modules } = program
  const index = modules.indexOf(module)
  const isBackwards = gene.target % 8 === 7 || index === modules.length - 1
  const others = isBackwards ? modules.slice(1) : modules.slice(index + 1)
  if (others.length === 0) return undefined
  const target = at(others, Math.floor(gene.target / 8))
  const helpers = modules.slice(1).filter(({ isHelper }) => isHelper)
  const barrels = modules.filter(({ loads }) =>
    loads.some(({ kind }) => kind === 'reexport' || kind === 'star'),
  )
  const vias = kind === 'through' ? barrels : helpers
  const needsVia = ['through', 'helper', 'lazyHelper'].includes(kind)
  if (needsVia && vias.length === 0) return undefined
  const isEsm = module.syntax === 'esm'
  const takesImport = kind === 'top' || (kind === 'lazy' && gene.style === 2)
  const load: Load = {
    kind,
    target: kind === 'calls' && helpers.length > 0 ? at(helpers, gene.target).name : target.name,
    ...(needsVia && { via: at(vias, gene.via).name }),
    style: at(styles, gene.style),
    by: isEsm || takesImport || target.syntax === 'esm' ? 'import' : 'require',
    isCaptured: gene.isCaptured,
    isBare: gene.isBare,
  }
  // `require()` of an ES module is rare.
  if (!isEsm && kind === 'static') load.by = 'require'
  for (const each of [load, { ...load, isCaptured: false }]) {
    const next = withLoads(program, module.name, [...module.loads, each])
    if (isValid(next)) return each
  }
  return undefined
}

/** The program with other loads in one module. */
export function withLoads(program: Program, name: string, loads: Load[]): Program {
  const modules = program.modules.map((each) => (each.name === name ? { ...each, loads } : each))
  return { ...program, modules }
}
