import type { ModuleNode } from '../../graph/module-graph.ts'
import { type LexedSource, lex, mayImportOrReadMeta } from '../sources/lexer.ts'
import type { Transaction } from './transaction.ts'

/** What an import of one specifier came to, so that the next one need not ask Node again. */
export interface KnownImport {
  node: ModuleNode
  /** URL without version, with the query that the user gave it. */
  url: string
  format: string | null | undefined
}

/** One loaded version of a file: what a URL stands for. */
export class ModuleInstance {
  readonly node: ModuleNode
  readonly version: number
  /** With its version: `import.meta.url` as Node knows it. */
  readonly url: string
  /** The load that it belongs to; it decides which versions its imports get. */
  transaction: Transaction | undefined
  /** Node got what is on disk; `undefined` as long as it is not loaded. */
  isUntouched: boolean | undefined
  /** Nobody but Node compiles its source: what it imports by name, it needs. */
  isFinal = true
  /** As Node names it, once it is loaded. */
  format: string | null | undefined
  /** With what it was imported, `{ type: 'json' }`: loaded again it is imported so. */
  attributes: ImportAttributes = {}
  /** Of a module that was imported by itself: gone when Node has freed it. */
  namespace: WeakRef<object> | undefined
  /** How often the `load` hook was asked for it. */
  loads = 0
  /** `import()` expressions that were found to be boundaries, by specifier. */
  boundaries: Map<string, KnownImport> | undefined
  /** What its import statements named when it was last reloaded, by specifier. */
  statics: Map<string, KnownImport> | undefined
  #source: string | undefined
  #lexed: LexedSource | undefined
  #onlyImportsStatically = false
  #isDeferred: boolean | undefined
  #unlinked: Set<string> | undefined

  constructor(
    node: ModuleNode,
    version: number,
    url: string,
    transaction: Transaction | undefined,
  ) {
    this.node = node
    this.version = version
    this.url = url
    this.transaction = transaction
  }

  /** The source of an ES module as it goes to Node, before anything is added to it. */
  setSource(source: string): void {
    this.#lexed = undefined
    this.#onlyImportsStatically = !mayImportOrReadMeta(source)
    this.#source = this.#onlyImportsStatically ? undefined : source
    this.#unlinked = this.lexed && new Set(this.lexed.statics)
  }

  /** The source, as far as it can do more than import statically. */
  get source(): string | undefined {
    return this.#source
  }

  /** What its source asks for; `undefined` when all it can do is import statically. */
  get lexed(): LexedSource | undefined {
    if (this.#source !== undefined) this.#lexed ??= lex(this.#source)
    return this.#lexed
  }

  /** Only `import defer` has asked for it, or for what imports it: it is evaluated when it is used. */
  get isDeferred(): boolean {
    return this.#isDeferred === true
  }

  askedBy(importer: ModuleInstance | undefined, specifier: string): void {
    const isDeferred = importer?.isDeferred || importer?.lexed?.deferred.has(specifier) || false
    this.#isDeferred = isDeferred && this.#isDeferred !== false
  }

  /**
   * Whether this request can only come from an import statement: the module has nothing else, or
   * the statement has not been linked yet and linking comes before everything else.
   */
  isStaticRequest(specifier: string): boolean {
    return this.#onlyImportsStatically || (this.#unlinked?.delete(specifier) ?? false)
  }
}
