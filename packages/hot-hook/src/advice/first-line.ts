import { posix } from 'node:path'
import { isDynamicBoundary } from '../graph/dump.ts'
import type { ModuleNode } from '../graph/module-graph.ts'
import type { AcceptRules } from '../graph/propagate.ts'
import { isSpecifierOf, specifierOf } from './specifier.ts'

/** A program that has started up. */
export interface StartedProgram {
  modules: Iterable<ModuleNode>
  rules: AcceptRules
  /** What a module would ask for with an `import()` or `require()` that it has not come to yet. */
  waitingIn: (module: ModuleNode) => Iterable<string>
  /** Whether an `import()` of this path, perhaps without its extension, would be a boundary. */
  mayBeBoundary: (file: string) => boolean
  /** A file as the log names it. */
  name: (file: string) => string
}

const mostNamed = 3

/** `42 files, 3 boundaries, src/server.ts accepts ./app.ts`: how much of a program is hot. */
export function firstLine(program: StartedProgram): string {
  const modules = [...program.modules].filter(isOwn)
  const files = amount(modules.length, 'file')
  const boundaries = boundariesOf(modules, program)
  const accepted = modules.flatMap((module) => acceptedBy(module, program))
  if (boundaries === 0 && accepted.length === 0) {
    return `${files}, nothing is hot yet: hot-runner doctor`
  }
  const more = accepted.length > mostNamed ? [`${accepted.length - mostNamed} more accepted`] : []
  const count = boundaries === 1 ? '1 boundary' : `${boundaries} boundaries`
  return [files, count, ...accepted.slice(0, mostNamed), ...more].join(', ')
}

function isOwn(module: ModuleNode): boolean {
  return !module.isIgnored && !module.isMissing && module.running !== undefined
}

/** Those that were asked for, and those that are written and wait for a request. */
function boundariesOf(modules: readonly ModuleNode[], program: StartedProgram): number {
  const boundaries = new Set<string>()
  for (const module of modules) {
    if (isDynamicBoundary(module)) boundaries.add(module.file)
    for (const specifier of program.waitingIn(module)) {
      // A package is ignored, as a rule.
      if (!/^(?:\.{0,2}\/|#)/.test(specifier)) continue
      const path = posix.join(posix.dirname(module.file.replaceAll('\\', '/')), specifier)
      if (!specifier.startsWith('#') && !program.mayBeBoundary(path)) continue
      const known = modules.find(({ file }) => isSpecifierOf(specifier, module.file, file))
      boundaries.add(known?.file ?? path)
    }
  }
  return boundaries.size
}

function acceptedBy(module: ModuleNode, { rules, name }: StartedProgram): string[] {
  const own = rules.acceptsSelf(module) ? [`${name(module.file)} accepts itself`] : []
  const source = module.signature?.source ?? ''
  const others = [...module.imports.keys()].filter((dependency) =>
    rules.accepts(module, dependency),
  )
  const named = others.map(({ file }) => specifierOf(source, module.file, file))
  return [...own, ...named.map((specifier) => `${name(module.file)} accepts ${specifier}`)]
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
