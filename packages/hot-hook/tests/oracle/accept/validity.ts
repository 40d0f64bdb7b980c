import {
  acceptsDependency,
  closureOf,
  entryName,
  exportedBy,
  importedBy,
  type Load,
  type Module,
  moduleOf,
  type Program,
} from './program.ts'

/**
 * Whether the answer is a function of the sources alone: nothing that was read from an accepted
 * module while another one was evaluated is kept.
 */
export function isValid(program: Program): boolean {
  return program.modules.every((module) => {
    const files = new Map<string, boolean>()
    const targets = new Set<string>()
    return module.loads.every((load) => {
      const accepts = load.accepts !== 'no'
      const file = importedBy(load)
      if ((files.get(file) ?? accepts) !== accepts) return false
      files.set(file, accepts)
      if (targets.has(load.target)) return false
      targets.add(load.target)
      return fits(program, module, load)
    })
  })
}

function fits(program: Program, module: Module, load: Load): boolean {
  const { kind, target, accepts, isCaptured, style } = load
  const isCommonJs = program.format === 'commonjs'
  const file = importedBy(load)
  if (file === entryName || target === entryName || file === module.name) return false
  if (closureOf(program, file).has(module.name)) return false
  const { acceptsItself } = moduleOf(program, file)
  const acceptsFile = acceptsItself !== 'no'
  // Who imports a module that accepts itself is not told.
  if ((kind === 'effect') !== acceptsFile) return false
  if (kind === 'effect') return accepts === 'no' && !isCaptured
  if (isCommonJs && accepts === 'bindings') return false
  const isReexport = kind === 'reexport' || kind === 'star'
  if (isReexport) {
    return (
      module.name !== entryName &&
      !isCaptured &&
      (accepts === 'no' || (!isCommonJs && accepts === 'bindings'))
    )
  }
  if (moduleOf(program, target).acceptsItself !== 'no') return false
  if (kind === 'through') {
    if (module.loads.some((each) => each !== load && importedBy(each) === file)) return false
    if (isCommonJs && !exportedBy(program, file).has(target)) return false
  }
  // A namespace cannot be known to follow: names that were added, CommonJS.
  if (style === 'namespace' && accepts === 'array') return false
  if (!isCaptured) return true
  if (accepts !== 'no') return false
  return kind !== 'through' || !isMoved(program, file, target)
}

/** Whether what `barrel` exports of `target` may move to another instance without the barrel. */
function isMoved(program: Program, barrel: string, target: string): boolean {
  const module = moduleOf(program, barrel)
  return module.loads.some(
    (load) =>
      (load.kind === 'star' || load.kind === 'reexport') &&
      (load.target === target || exportedBy(program, load.target).has(target)) &&
      (acceptsDependency(module, load.target) ||
        (load.target !== target && isMoved(program, load.target, target))),
  )
}
