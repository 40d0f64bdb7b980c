import {
  closureOf,
  exportedBy,
  isTypeScript,
  type Load,
  moduleOf,
  type Program,
} from './program.ts'

/** One word of an answer: the word itself, or any of these errors. */
export type Expected = string | { anyOf: string[] }

/** An error, whatever it says. */
export const anyError = 'any error'

const hasEsmImporter = (program: Program, name: string): boolean =>
  program.modules.some(
    (module) =>
      module.syntax === 'esm' &&
      module.loads.some(({ kind, target, via }) => kind !== 'lazy' && (via ?? target) === name),
  )

/**
 * Where nothing but its source says what a file is, Node takes an ES module that awaits at the top
 * and does not compile for CommonJS: who imports names from it fails in its place.
 */
function linksToBroken(program: Program, name: string): string[] {
  const { syntax, directory, extension } = moduleOf(program, name)
  const isTyped = directory === '' ? program.type : directory !== 'none/'
  if (syntax !== 'esm' || isTyped || !/^[jt]s$/.test(extension)) return []
  const importers = program.modules.filter(({ loads }) =>
    loads.some(({ kind, target, via }) => kind !== 'lazy' && [target, via].includes(name)),
  )
  return importers.map((importer) => `link ${importer.name}`)
}

/** What keeps `name` from being loaded by a fresh process: `syntax m3`, `missing m4` … */
export function problemsOf(program: Program, name: string): string[] {
  return [...closureOf(program, name)].flatMap((each) => {
    const { state, loads, syntax } = moduleOf(program, each)
    // Node itself gives ES modules that import it half a module the second time.
    if (state !== 'good' && syntax === 'commonjs' && hasEsmImporter(program, each))
      return [anyError]
    if (state === 'syntax') return [`syntax ${each}`, ...linksToBroken(program, each)]
    if (state === 'missing') return [`missing ${each}`]
    const unlinked = loads.some(
      ({ kind, via, target }) =>
        kind === 'through' && via && syntax === 'esm' && !exportedBy(program, via).has(target),
    )
    if (unlinked) return [`link ${each}`]
    return state === 'throws' ? [`throws ${each}`] : []
  })
}

/**
 * Whether Node 22 may give an ES module the empty exports of what failed: it does where a `require()` of
 * CommonJS in TypeScript failed before, with any hooks.
 */
export function mayBeHalf(program: Program, name: string): boolean {
  const asked = new Set([name])
  // What it calls later, too.
  for (const each of asked) {
    for (const { target, via } of moduleOf(program, each).loads)
      asked.add(via ?? target).add(target)
  }
  return [...asked].some((each) => {
    const module = moduleOf(program, each)
    if (module.syntax !== 'commonjs' || !isTypeScript(module)) return false
    return hasEsmImporter(program, each) && problemsOf(program, each).length > 0
  })
}

/** What a process that was just started answers on the route of `load`. */
export function freshAnswer(program: Program, load: Load): Expected[] {
  const answer: Expected[] = []
  const seen = new Set<string>()
  askLoad(load)
  return answer

  function ask(name: string): void {
    const module = moduleOf(program, name)
    answer.push(`${name}=${module.value}${capturedBy(program, name)}`)
    if (module.syntax === 'json' || seen.has(name)) return
    seen.add(name)
    for (const load of module.loads) askLoad(load)
  }

  function askLoad({ kind, target }: Load): void {
    if (kind === 'reexport' || kind === 'star' || kind === 'boot') return
    if (kind === 'calls') {
      for (const { kind, target: booted } of moduleOf(program, target).loads) {
        if (kind === 'boot') ask(booted)
      }
      return
    }
    const isLater = kind === 'lazy' || kind === 'lazyHelper' || kind === 'warm'
    const problems = isLater ? problemsOf(program, target) : []
    if (problems.length > 0) answer.push({ anyOf: problems })
    else ask(target)
  }
}

/** What a module has read of others while it was evaluated. */
function capturedBy(program: Program, name: string): string {
  const captured = moduleOf(program, name).loads.filter(({ isCaptured }) => isCaptured)
  if (captured.length === 0) return ''
  return `[${captured.map(({ target }) => moduleOf(program, target).value)}]`
}
