import type { Import } from 'es-module-lexer'
import type { ModuleNode } from '../graph/module-graph.ts'
import { facadeSource } from './additions.ts'
import { parseModule } from './lexer.ts'
import type { ModuleInstance } from './module-instance.ts'
import { syntheticUrl } from './module-url.ts'

export const facadeUrl = syntheticUrl('facade')

/** All exports that a module may have, or those that its importer names. */
type Names = '*' | string[]

/** Stands between an importer that accepts a dependency and that dependency. */
interface Facade {
  id: number
  importer: ModuleInstance
  dependency: ModuleNode
  /** The instance that it shows at first. */
  url: string
  required: string[]
  names: string[]
  stars: string[]
  attributes: string
  /** It shows every export: a name that comes or goes cannot follow. */
  showsAll: boolean
  set: ((namespace: object, index: number) => void) | undefined
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
  readonly #late = new Map<Facade, object>()
  #count = 0

  /**
   * The URL that answers a static import, or `undefined` when no binding is asked for. Throws
   * nothing: what the dependency lacks is said by Node when the facade is linked.
   *
   * @param url the dependency's instance
   */
  create(
    importer: ModuleInstance,
    specifier: string,
    dependency: ModuleNode,
    url: string,
    reader: ExportReader,
  ): { url: string } | { problem: string } | undefined {
    const names = namesTakenFrom(importer, specifier)
    if (names !== '*' && names.length === 0) return undefined
    const attributes = attributesOf(importer.source ?? '', statementsFor(importer, specifier))
    if (names !== '*') {
      // Some of the names may be types, which another loader takes out.
      const required = importer.isFinal ? names : []
      return this.#add({ importer, dependency, url, required, names, stars: [], attributes })
    }
    return this.#createForAll(importer, dependency, url, attributes, reader, new Set())
  }

  /** Whether bindings of `importer` to `dependency` can follow. */
  has(importer: ModuleInstance, dependency: ModuleNode): boolean {
    const facades = this.#byDependency.get(dependency) ?? []
    return [...facades].some((facade) => facade.importer === importer)
  }

  source(url: string): string {
    const facade = this.#facades.get(Number(url.slice(facadeUrl.length)))
    if (!facade) throw new Error(`${url} is not known: its importer was replaced`)
    return facadeSource(facade)
  }

  /** Called by a facade when it is evaluated. */
  register(id: number, namespace: object, set: Facade['set']): void {
    const facade = this.#facades.get(id)
    if (!facade || !set) return
    facade.set = set
    if (assign(facade, namespace).length === 0) return
    this.#late.set(facade, namespace)
    setImmediate(() => {
      this.settle()
      this.#late.delete(facade)
    })
  }

  /** Some module begins to be evaluated: what was evaluated before it can be shown by now. */
  settle(): void {
    for (const [facade, namespace] of this.#late) {
      if (assign(facade, namespace).length === 0) this.#late.delete(facade)
    }
  }

  /** Names of `dependency` that running importers use. */
  namesOf(dependency: ModuleNode): { names: string[]; attributes: string } {
    const facades = [...(this.#byDependency.get(dependency) ?? [])]
    const names = new Set(facades.flatMap((facade) => facade.required))
    return { names: [...names], attributes: facades[0]?.attributes ?? '' }
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
      for (const name of assign(facade, namespace)) {
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

  /** Forgets the facades of an importer's older instances. */
  release(importer: ModuleNode, version: number): void {
    for (const facade of this.#facades.values()) {
      if (facade.importer.node !== importer || facade.importer.version >= version) continue
      this.#facades.delete(facade.id)
      this.#byDependency.get(facade.dependency)?.delete(facade)
    }
  }

  #createForAll(
    importer: ModuleInstance,
    dependency: ModuleNode,
    url: string,
    attributes: string,
    reader: ExportReader,
    seen: Set<string>,
    origin = dependency,
  ): { url: string } | { problem: string } {
    seen.add(url)
    const source = reader.sourceOf(dependency)
    if (source === undefined) {
      return { problem: 'its exports are not known before it runs: import it by name' }
    }
    const names: string[] = []
    const stars: string[] = []
    for (const record of parseModule(source)[1]) {
      if (record.typeOnly) continue
      if (record.type !== 'reexport-all') {
        if (origin === dependency || record.name !== 'default') names.push(record.name)
        continue
      }
      const star = reader.resolveStar(url, record.from)
      if (seen.has(star.url)) continue
      const inner =
        star.node && this.#createForAll(importer, star.node, star.url, '', reader, seen, origin)
      stars.push(inner && 'url' in inner ? inner.url : star.url)
    }
    return this.#add(
      { importer, dependency: origin, url, required: [], names, stars, attributes },
      true,
    )
  }

  #add(facade: Omit<Facade, 'id' | 'set' | 'showsAll'>, showsAll = false): { url: string } {
    const id = ++this.#count
    const added: Facade = { ...facade, id, showsAll, set: undefined }
    this.#facades.set(id, added)
    const others = this.#byDependency.get(facade.dependency)
    if (others) others.add(added)
    else this.#byDependency.set(facade.dependency, new Set([added]))
    return { url: `${facadeUrl}${id}` }
  }
}

/** Sets every binding that the namespace has; returns the names of the others. */
function assign(facade: Facade, namespace: object): string[] {
  const failed: string[] = []
  for (const [index, name] of facade.names.entries()) {
    try {
      if (name in namespace) facade.set?.(namespace, index)
      else failed.push(name)
    } catch {
      // The dependency has not come to this declaration yet.
      failed.push(name)
    }
  }
  return failed
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

function attributesOf(source: string, statements: readonly Import[]): string {
  for (const statement of statements) {
    if (statement.type === 'dynamic' || statement.type === 'import-meta') continue
    if (statement.attributes?.some(([key]) => key !== 'hot')) {
      return ` with ${source.slice(statement.attributesStart, statement.importEnd)}`
    }
  }
  return ''
}

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n\r]*/g
const specifierInClause =
  /(type\s+(?!as\s+[^\s,]+\s*(?:,|$)))?(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*))(?:\s+as\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\p{ID_Start}$_][\p{ID_Continue}$]*))?/gu

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
  const braces = /\{([^}]*)\}/.exec(clause)
  for (const [, isType, quoted, name] of (braces?.[1] ?? '').matchAll(specifierInClause)) {
    if (isType) continue
    if (quoted) names.push(unquote(quoted))
    else if (name) names.push(name)
  }
  if (clause.replace(/\{[^}]*\}/, '').replace(/[,\s]/g, '') !== '') names.push('default')
  return names
}

function unquote(literal: string): string {
  return literal.startsWith('"')
    ? (JSON.parse(literal) as string)
    : (JSON.parse(`"${literal.slice(1, -1).replace(/\\'/g, "'").replace(/"/g, '\\"')}"`) as string)
}
