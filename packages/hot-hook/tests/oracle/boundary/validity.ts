import {
  closureOf,
  entryName,
  evaluatedWith,
  exportedBy,
  isTypeScript,
  type Load,
  type Module,
  moduleOf,
  type Program,
} from './program.ts'

/**
 * Whether a fresh process has one answer to each question, whatever was asked before: rules out
 * what deadlocks, what reads a name before it is there, and what Node itself answers differently
 * the second time.
 */
export function isValid(program: Program): boolean {
  const reach = new Map(program.modules.map(({ name }) => [name, closureFrom(program, name)]))
  const isCycle = (from: string, to: string) => reach.get(to)?.has(from) === true
  return (
    hasUniquePairs(program) &&
    program.modules.every((module) => {
      const isCircular = evaluatedWith(module, true).some(({ name }) => isCycle(module.name, name))
      if (isCircular && !mayBeCircular(module)) return false
      return module.loads.every((load) => {
        if (!fits(program, module, load)) return false
        // Asked by a function while its module is evaluated: taken for a require() at the top, which
        // restarts where a boundary would do.
        if (load.kind === 'warm' && module.syntax === 'commonjs') return false
        const inCycle = [load.target, load.via].some((to) => to && isCycle(module.name, to))
        const mayBeCircular =
          module.syntax === 'esm' ? ['static', 'lazy', 'lazyHelper'] : ['static', 'lazy']
        const needsOrder = load.isCaptured || !mayBeCircular.includes(load.kind)
        return !inCycle || !needsOrder
      })
    })
  )
}

/** In a cycle of CommonJS Node keeps half a module when another one fails. */
function mayBeCircular({ syntax, state, hasExportsObject }: Module): boolean {
  return syntax === 'esm' || (state === 'good' && !hasExportsObject)
}

function closureFrom(program: Program, name: string): Set<string> {
  const closure = new Set<string>()
  const { loads } = moduleOf(program, name)
  for (const next of [...evaluatedWith(moduleOf(program, name), true)]) {
    for (const each of closureOf(program, next.name, true)) closure.add(each)
  }
  for (const { kind, via, target } of loads) {
    if (kind === 'helper' && via)
      for (const each of closureOf(program, target, true)) closure.add(each)
  }
  return closure
}

/** Whether `load` can be written into `module` at all. */
function fits(program: Program, module: Module, load: Load): boolean {
  const { kind, target, via, by, isCaptured } = load
  if (target === entryName || target === module.name || via === module.name || via === target) {
    return false
  }
  const to = moduleOf(program, target)
  const isFloating = module.start === 'floating'
  const isEsm = module.syntax === 'esm'
  const isJson = to.syntax === 'json'
  if (module.syntax === 'json') return false
  if (isJson && !['static', 'lazy'].includes(kind)) return false
  if (isCaptured && !['static', 'through', 'top', 'helper'].includes(kind)) return false
  if (isCaptured && (module.name === entryName || isFloating)) return false
  if (by === 'require' && isEsm) return false
  if (by === 'import' && !isEsm && kind !== 'lazy' && !(isFloating && kind === 'top')) return false
  if (by === 'require' && kind === 'top') return false
  if (kind === 'boot' && !module.isHelper) return false
  if (kind === 'calls') return to.isHelper && (isEsm || to.syntax === 'commonjs')
  if (module.name === entryName && (kind === 'reexport' || kind === 'star')) return false
  if (kind === 'through') {
    const barrel = via && moduleOf(program, via)
    if (!barrel || barrel.syntax !== module.syntax) return false
    return isEsm || exportedBy(program, barrel.name).has(target)
  }
  if (kind === 'helper' || kind === 'lazyHelper') {
    const helper = via && moduleOf(program, via)
    if (!helper || helper.syntax === 'json' || !helper.isHelper) return false
    if (!isEsm && helper.syntax === 'esm') return false
    return helper.syntax === 'esm' || to.syntax === 'commonjs'
  }
  return fitsRequire(program, module, load, to)
}

/**
 * `require()` takes ES modules that are not async and in no cycle with CommonJS. Here only such that
 * nobody imports and that never fail: it cannot be given another version of them.
 */
function fitsRequire(program: Program, module: Module, { by }: Load, to: Module): boolean {
  if (module.syntax !== 'commonjs' || by !== 'require' || to.syntax !== 'esm') return true
  // Node 22 itself fails to link it where the CommonJS was imported.
  if (isTypeScript(module)) return false
  const closure = closureOf(program, to.name, true)
  const isShared = program.modules.some(
    (other) =>
      other !== module &&
      !closure.has(other.name) &&
      other.loads.some(({ target, via }) => closure.has(target) || (via && closure.has(via))),
  )
  if (isShared) return false
  return [...closure].every((name) => {
    const { syntax, isAsync, loads, state } = moduleOf(program, name)
    const isPlain = loads.every(({ kind }) => ['static', 'lazy', 'star'].includes(kind))
    return syntax !== 'commonjs' && state === 'good' && !isAsync && isPlain
  })
}

/** One import of a file is either kept or asked for again, never both. */
function hasUniquePairs({ modules }: Program): boolean {
  const pairs = new Set<string>()
  return modules.every(({ name, loads }) =>
    loads.every(({ kind, target, via }) => {
      const isStatic = ['static', 'through', 'reexport', 'star', 'calls'].includes(kind)
      const pair =
        isStatic || kind === 'calls'
          ? `${name} static ${kind === 'calls' ? 'calls' : ''}${target}`
          : `${via ?? name} ${target}`
      if (pairs.has(pair)) return false
      pairs.add(pair)
      return true
    }),
  )
}
