import { closureOf, moduleOf, type Program } from './program.ts'

/**
 * What is under an import whose importer may never ask again: helpers', and `require()` of ES modules.
 *
 * @param programs all that may still run
 */
export function uncertainIn(programs: readonly Program[]): Set<string> {
  const found = new Set<string>()
  for (const program of programs) {
    for (const { loads, syntax } of program.modules) {
      for (const { kind, by, target, via } of loads) {
        const isAcross =
          syntax === 'commonjs' &&
          by === 'require' &&
          moduleOf(program, via ?? target).syntax === 'esm'
        if (kind !== 'helper' && kind !== 'boot' && kind !== 'warm' && !isAcross) continue
        for (const each of closureOf(program, target)) found.add(each)
      }
    }
  }
  return found
}
