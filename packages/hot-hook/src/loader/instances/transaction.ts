import type { ModuleNode } from '../../graph/module-graph.ts'
import type { LexedSource } from '../sources/lexer.ts'

/** What a load knows of an instance that was loaded in it. */
export interface LoadedInstance {
  readonly node: ModuleNode
  readonly version: number
  /** With its version. */
  readonly url: string
  /** As Node names it, once it is loaded. */
  readonly format: string | null | undefined
  /** Nobody but Node compiles its source. */
  readonly isFinal: boolean
  /** What its source asks for; `undefined` when all it can do is import statically. */
  readonly lexed: LexedSource | undefined
  /** The load that it belongs to, until that is committed. */
  transaction: Transaction | undefined
}

/**
 * One load of new versions, from the `import()` that asks for it until everything is evaluated or
 * something has failed.
 */
export class Transaction {
  /** What the load starts from. */
  readonly roots: readonly ModuleNode[]
  /** It is an update, which modules have accepted: no `import()` or `require()` of the program. */
  readonly isUpdate: boolean
  /** The instances that were loaded in it. */
  readonly instances = new Set<LoadedInstance>()
  /** Versions of modules that changed while this was being linked: it goes on with the older ones. */
  readonly pinned = new Map<ModuleNode, number>()
  /** What Node or another loader threw instead of giving a source. */
  readonly loadErrors = new WeakSet<Error>()
  readonly startedAt = performance.now()
  /** Modules wait in front of their first statement until the old instances are disposed. */
  isGated: boolean
  /** Something of it has been evaluated: from here on an error is the program's. */
  isEvaluating = false
  isEnded = false
  hasFailed = false
  readonly ended: Promise<void>
  #end: (() => void) | undefined
  #progressAt = this.startedAt
  #waits = 0

  constructor(roots: readonly ModuleNode[], isGated: boolean, isUpdate: boolean) {
    this.roots = roots
    this.isGated = isGated
    this.isUpdate = isUpdate
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** An instance that was loaded in it. */
  add(instance: LoadedInstance): void {
    this.instances.add(instance)
    this.#progressAt = performance.now()
  }

  /** Holds its modules until `work` has ended. */
  async hold(work: Promise<void>): Promise<void> {
    this.#waits++
    try {
      await work
    } finally {
      this.#waits--
      this.#progressAt = performance.now()
    }
  }

  /** How long nothing has come of it that it does not hold back itself, in milliseconds. */
  get silentMs(): number {
    return this.#waits > 0 ? 0 : performance.now() - this.#progressAt
  }

  end(hasFailed: boolean): void {
    this.isEnded = true
    this.hasFailed = hasFailed
    this.#end?.()
  }
}
