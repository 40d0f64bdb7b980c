import type { ModuleNode } from '../../graph/module-graph.ts'
import type { ModuleInstance } from '../instances/module-instance.ts'
import { syntheticUrl } from '../instances/module-url.ts'
import { facadeSource } from '../sources/additions.ts'
import { withClause } from '../sources/import-attributes.ts'
import { type Import, parseModule } from '../sources/lexer.ts'
import { literalValue, stringLiteral } from '../sources/string-literal.ts'

export const facadeUrl = syntheticUrl('facade')

/** All exports that a module may have, or those that its importer names. */
type Names = '*' | string[]

/** Between what a facade stands. */
export interface FacadeTarget {
  importer: ModuleInstance
  dependency: ModuleNode
  /** The dependency's instance that it shows at first. */
  url: string
  /** With what the dependency is imported. */
  attributes: ImportAttributes
}

/** Stands between an importer that accepts a dependency and that dependency. */
interface Facade extends FacadeTarget {
  id: number
  required: string[]
  names: string[]
  stars: string[]
  /** It shows every export: a name that comes or goes cannot follow. */
  showsAll: boolean
  /** Sets one binding, and says whether it was another before. */
  set: ((namespace: object, index: number) => boolean) | undefined
  /** What it shows now, once it is evaluated. */
  namespace: object | undefined
}

/** What `Facades` needs to know of a module that is re-exported with a star. */
export interface StarTarget {
  node: ModuleNode | undefined
  url: string
}

/** How the exports of a module are found out before it is loaded. */
export interface ExportReader {
  /** The text of the module, `undefined` when its exports cannot be read off it (CommonJS). */
  sourceOf(node: ModuleNode): string | undefined
  resolveStar(parentUrl: string, specifier: string): StarTarget
}

/**
 * Live bindings without a rewrite: a static import of a dependency that its module accepts gets a
 * small module whose exports are `let` bindings, which follow the dependency's instances.
 */
export class Facades {
  readonly #facades = new Map<number, Facade>()
  readonly #byDependency = new Map<ModuleNode, Set<Facade>>()
  /** Evaluated in front of their dependency, in an import cycle: what they could not show yet. */
  readonly #late = new Set<Facade>()
  #count = 0

  /**
   * The URL that answers a static import, or `undefined` when no binding is asked for. Throws
   * nothing: what the dependency lacks is said by Node when the facade is linked.
   */
  create(
    target: FacadeTarget,
    specifier: string,
    reader: ExportReader,
  ): { url: string } | { problem: string } | undefined {
    const { importer, dependency, url } = target
    const names = namesTakenFrom(importer, specifier)
    if (names === '*') {
      return this.#createForAll(target, { node: dependency, url }, reader, new Set())
    }
    if (names.length === 0) return undefined
    // Some of the names may be types, which another loader takes out.
    const required = importer.isFinal ? names : []
    return this.#add({ ...target, required, names, stars: [] })
  }

  /** Whether bindings of `importer` to `dependency` can follow. */
  has(importer: ModuleInstance, dependency: ModuleNode): boolean {
    const facades = this.#byDependency.get(dependency) ?? []
    return [...facades].some((facade) => facade.importer === importer)
  }

  source(url: string): string {
    const facade = this.#facades.get(Number(url.slice(facadeUrl.length)))
    if (!facade) throw new Error(`${url} is not known: its importer was replaced`)
    return facadeSource({ ...facade, attributes: withClause(facade.attributes) })
  }

  /** Called by a facade when it is evaluated. */
  register(id: number, namespace: object, set: Facade['set']): void {
    const facade = this.#facades.get(id)
    if (!facade || !set) return
    facade.set = set
    facade.namespace = namespace
    if (assign(facade).failed.length === 0) return
    this.#late.add(facade)
    setImmediate(() => {
      this.settle()
      this.#late.delete(facade)
    })
  }

  /** Some module begins to be evaluated: what was evaluated before it can be shown by now. */
  settle(): void {
    for (const facade of this.#late) {
      if (assign(facade).failed.length === 0) this.#late.delete(facade)
    }
  }

  /** Names of `dependency` that importers use, but for what their next versions are about to replace. */
  namesOf(dependency: ModuleNode): string[] {
    const facades = [...(this.#byDependency.get(dependency) ?? [])]
    const kept = facades.filter(({ importer }) => importer.version === importer.node.version)
    return [...new Set(kept.flatMap((facade) => facade.required))]
  }

  /**
   * Moves the bindings of `importer` to another instance of `dependency`.
   * Returns a sentence for each name that cannot follow.
   */
  move(importer: ModuleNode, dependency: ModuleNode, namespace: object): string[] {
    const problems: string[] = []
    for (const facade of this.#byDependency.get(dependency) ?? []) {
      if (facade.importer.node !== importer || !facade.set) continue
      this.#late.delete(facade)
      facade.namespace = namespace
      for (const name of assign(facade).failed) {
        if (!facade.importer.isFinal) continue
        problems.push(`"${name}" is no longer exported: importers keep its last value`)
      }
      if (!facade.showsAll) continue
      for (const name of Object.keys(namespace)) {
        if (name === 'default' || facade.names.includes(name)) continue
        if (facade.stars.length > 0) continue
        problems.push(`"${name}" is new: a namespace or "export *" of it does not get it`)
      }
    }
    return problems
  }

  /**
   * Bindings were moved: facades of what re-exports them hold a copy, and facades of what re-exports
   * those. The outer ones were made first, so most often one round is all.
   */
  follow(): void {
    const facades = [...this.#facades.values()].reverse()
    for (let round = 0; round < facades.length; round++) {
      const moved = facades.filter((facade) => assign(facade).hasMoved)
      if (moved.length === 0) return
    }
  }

  /** Forgets the facades of an importer's older instances. */
  release(importer: ModuleNode, version: number): void {
    for (const facade of this.#facades.values()) {
      if (facade.importer.node !== importer || facade.importer.version >= version) continue
      this.#facades.delete(facade.id)
      this.#byDependency.get(facade.dependency)?.delete(facade)
    }
  }

  /**
   * Shows every export of `module`: the dependency, or what it re-exports with a star. Those are
   * shown as the dependency has them, which may accept what it re-exports.
   */
  #createForAll(
    target: FacadeTarget,
    module: { node: ModuleNode; url: string },
    reader: ExportReader,
    seen: Set<string>,
  ): { url: string } | { problem: string } {
    seen.add(module.url)
    const exports = exportsIn(reader.sourceOf(module.node)) ?? this.#shown(module.node)
    if (!exports) return { problem: 'its exports are not known before it runs: import it by name' }
    const names: string[] = []
    const stars: string[] = []
    for (const record of exports) {
      if (record.typeOnly) continue
      if (record.type !== 'reexport-all') {
        if (module.node === target.dependency || record.name !== 'default') names.push(record.name)
        continue
      }
      const { node, url } = reader.resolveStar(module.url, record.from)
      if (seen.has(url)) continue
      const inner = node && this.#createForAll(target, { node, url }, reader, seen)
      stars.push(inner && 'url' in inner ? inner.url : url)
    }
    return this.#add({ ...target, required: [], names, stars }, true)
  }

  /** The exports of what runs, when its file is gone: as another facade shows it. */
  #shown(node: ModuleNode): { type: 'export'; name: string; typeOnly: false }[] | undefined {
    const facades = [...(this.#byDependency.get(node) ?? [])]
    const namespace = facades.find((facade) => facade.namespace)?.namespace
    return (
      namespace && Object.keys(namespace).map((name) => ({ type: 'export', name, typeOnly: false }))
    )
  }

  #add(
    facade: Omit<Facade, 'id' | 'set' | 'showsAll' | 'namespace'>,
    showsAll = false,
  ): { url: string } {
    const id = ++this.#count
    const added: Facade = { ...facade, id, showsAll, set: undefined, namespace: undefined }
    this.#facades.set(id, added)
    const others = this.#byDependency.get(facade.dependency)
    if (others) others.add(added)
    else this.#byDependency.set(facade.dependency, new Set([added]))
    return { url: `${facadeUrl}${id}` }
  }
}

/** The exports of a source, `undefined` where they cannot be read off it: Node says what is wrong. */
function exportsIn(source: string | undefined): ReturnType<typeof parseModule>[1] | undefined {
  try {
    return source === undefined ? undefined : parseModule(source)[1]
  } catch {
    return undefined
  }
}

/** Sets every binding that the namespace has; says which it has not, and whether any is another. */
function assign({ names, namespace, set }: Facade): {
  failed: string[]
  hasMoved: boolean
} {
  const failed: string[] = []
  let hasMoved = false
  if (!namespace || !set) return { failed, hasMoved }
  for (const [index, name] of names.entries()) {
    try {
      if (!(name in namespace)) failed.push(name)
      else if (set(namespace, index)) hasMoved = true
    } catch {
      // The dependency has not come to this declaration yet.
      failed.push(name)
    }
  }
  return { failed, hasMoved }
}

/** The import and re-export statements of one specifier. */
function statementsFor(importer: ModuleInstance, specifier: string): Import[] {
  return (importer.lexed?.records ?? []).filter(
    (record) =>
      (record.type === 'static' || record.type === 'reexport-star') &&
      record.specifier === specifier &&
      !record.typeOnly,
  )
}

/** The names that a module imports and re-exports from a specifier with statements. */
export function namesTakenFrom(importer: ModuleInstance, specifier: string): Names {
  const source = importer.source ?? ''
  const statements = statementsFor(importer, specifier)
  return union(statements.map((statement) => importedNames(source, statement)))
}

function union(all: Names[]): Names {
  if (all.includes('*')) return '*'
  return [...new Set(all.flat())]
}

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n\r]*/g
const identifier = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*`
const specifierInClause = String.raw`(type\s+(?!as\s+[^\s,]+\s*(?:,|$)))?(?:(${stringLiteral})|(${identifier}))(?:\s+as\s+(?:${stringLiteral}|${identifier}))?`

/** The names that an import or re-export statement takes from its module. */
export function importedNames(source: string, statement: Import): Names {
  if (statement.type === 'reexport-star') return '*'
  const clause = source
    .slice(statement.importStart, statement.start - 1)
    .replace(comment, ' ')
    .replace(/^(import|export)\b/, '')
    .replace(/\bfrom\s*$/, '')
    .trim()
  if (clause.includes('*')) return '*'
  const names: string[] = []
  const braces = /\{([\s\S]*)\}/.exec(clause)
  // Not made before: letters of all scripts take every start a quarter of a millisecond.
  const specifiers = (braces?.[1] ?? '').matchAll(new RegExp(specifierInClause, 'gu'))
  for (const [, isType, quoted, name] of specifiers) {
    if (isType) continue
    if (quoted) names.push(literalValue(quoted))
    else if (name) names.push(name)
  }
  if (clause.replace(/\{[\s\S]*\}/, '').replace(/[,\s]/g, '') !== '') names.push('default')
  return names
}
