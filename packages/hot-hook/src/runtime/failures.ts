import type { ErrorEvent } from '../events.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { FullReloadPlan } from '../graph/propagate.ts'
import { hasStartedUp } from '../loader/commonjs/commonjs.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import { isError, messageOf, textOf } from '../log/thrown.ts'
import { clarify, culpritOf, phaseOf, throwerOf } from './load-error.ts'
import { innermost, overdueError } from './overdue.ts'

interface FailuresHost {
  readonly graph: ModuleGraph
  failed(event: ErrorEvent): void
  fullReload(plan: FullReloadPlan): void
}

/** A load that failed, or that has not ended in time. */
interface Failure {
  transaction: Transaction
  /** The versions that Node would fail with again, by module. */
  spoiled: Map<ModuleNode, number>
  /** What an update was to load: who accepts these was not called back. */
  roots: readonly ModuleNode[]
  /** A save of one of these tries again. */
  involved: Set<ModuleNode>
}

/** What is due again when something of a failed load was saved. */
export interface DueAgain {
  /** These need versions that were never tried. */
  spoiled: ModuleNode[]
  /** Who accepts these has to be called back; they may have been evaluated. */
  roots: ModuleNode[]
}

/** The loads that failed: reports each failure once, and knows what the next save has to try again. */
export class Failures {
  readonly #host: FailuresHost
  readonly #failures = new Map<string, Failure>()
  readonly #errors = new WeakSet<object>()
  /** Versions that a load had linked when another module threw in it. */
  readonly #sound = new WeakMap<ModuleNode, number>()
  /** What has been reported, by the version that failed. */
  readonly #reported = new Set<string>()

  constructor(host: FailuresHost) {
    this.#host = host
  }

  note(transaction: Transaction, error: unknown): void {
    for (const { node, version } of transaction.instances) {
      node.failed = version
      if (!transaction.isUpdate && transaction.roots.includes(node)) node.thrown = version
    }
    clarify(error, transaction.instances)
    this.#reportOnce(transaction, error)
    this.#keep(transaction, this.#spoiledBy(error, transaction))
    this.#giveUp(transaction, error)
  }

  /** Node never again gives to require() an ES module that was being loaded when its load failed. */
  #giveUp({ roots }: Transaction, error: unknown): void {
    if (textOf(error, 'code') !== 'ERR_REQUIRE_ESM_RACE_CONDITION') return
    const chain = [roots[0] as ModuleNode]
    const reason = 'require() cannot load an ES module again'
    this.#host.fullReload({ kind: 'full-reload', module: roots[0] as ModuleNode, chain, reason })
  }

  /** A load does not end: the next save of something involved supersedes it. */
  noteOverdue(transaction: Transaction, unfinished: ModuleNode[]): void {
    const file = innermost(unfinished) ?? (transaction.roots[0] as ModuleNode)
    const loaded = versionsOf(transaction)
    const spoiled = [...loaded].filter(([node]) => unfinished.includes(node))
    this.#keep(transaction, new Map(spoiled))
    this.#report(file, { file: file.file, error: overdueError(file), phase: 'evaluate' })
  }

  /** It has ended after all. */
  forget(transaction: Transaction): void {
    for (const [key, failure] of this.#failures) {
      if (failure.transaction === transaction) this.#failures.delete(key)
    }
  }

  /** What is due again now that these have changed; it is no failure any more. */
  take(changed: Iterable<ModuleNode>): DueAgain {
    const spoiled = new Set<ModuleNode>()
    const roots = new Set<ModuleNode>()
    const due = new Set(changed)
    // What is due may be involved in yet another failure.
    for (const node of due) {
      for (const [key, failure] of this.#failures) {
        if (!failure.involved.has(node)) continue
        this.#failures.delete(key)
        failure.transaction.end(true)
        for (const root of failure.roots) if (this.#isThere(root)) roots.add(root)
        for (const [module, version] of failure.spoiled) {
          if (module.isCurrent || module.version !== version || !this.#isThere(module)) continue
          // What was only linked has been required since, and has run.
          if (module.isCommonJs && hasStartedUp(module)) continue
          spoiled.add(module)
          due.add(module)
        }
      }
    }
    return { spoiled: [...spoiled], roots: [...roots] }
  }

  #keep(transaction: Transaction, spoiled: Map<ModuleNode, number>): void {
    const { isUpdate } = transaction
    // The roots of an update are due again though they may run by then.
    const roots = isUpdate ? transaction.roots : []
    const key = `${isUpdate} ${transaction.roots.map(({ file }) => file).join('\0')}`
    const involved = this.#involvedIn(transaction)
    this.#failures.set(key, { transaction, spoiled, roots, involved })
  }

  /** What has failed and all that imports it; when it is not known what has, all that may have. */
  #spoiledBy(error: unknown, transaction: Transaction): Map<ModuleNode, number> {
    const loaded = versionsOf(transaction)
    // What was saved during the load may have been linked in its older version.
    if (transaction.pinned.size > 0) return loaded
    const isLoad = phaseOf(error, transaction) === 'load'
    const thrower = isLoad ? undefined : throwerOf(error, transaction)
    if (!thrower) return new Map([...loaded].filter((each) => !this.#isSound(...each)))
    const spoiled = new Map<ModuleNode, number>()
    const queue = new Set([thrower])
    for (const node of queue) {
      const version = loaded.get(node)
      if (version === undefined) continue
      spoiled.set(node, version)
      for (const [importer, edge] of node.importers) {
        if (edge.propagatesTo(loaded.get(importer) ?? 0)) queue.add(importer)
      }
    }
    for (const [node, version] of loaded) if (!spoiled.has(node)) this.#sound.set(node, version)
    return spoiled
  }

  /** CommonJS is loaded while it runs: of that it is known what has run to its end. */
  #isSound(node: ModuleNode, version: number): boolean {
    return node.isCommonJs ? hasStartedUp(node) === true : this.#sound.get(node) === version
  }

  #isThere(module: ModuleNode): boolean {
    return this.#host.graph.get(module.file) === module
  }

  /** All that the load was about, and who imports what it started from. */
  #involvedIn({ roots, instances }: Transaction): Set<ModuleNode> {
    const involved = new Set([...instances].map(({ node }) => node))
    for (const root of roots) {
      for (const node of this.#host.graph.closure(root)) involved.add(node)
      for (const importer of root.importers.keys()) involved.add(importer)
    }
    return involved
  }

  #reportOnce(transaction: Transaction, error: unknown): void {
    // Everybody who imports what has failed gets the same error.
    if (isError(error)) {
      if (this.#errors.has(error)) return
      this.#errors.add(error)
    }
    const phase = phaseOf(error, transaction)
    const culprit = culpritOf(error, transaction)
    const failed = phase === 'load' ? culprit : (throwerOf(error, transaction) ?? culprit)
    this.#report(failed, {
      file: culprit.file,
      error,
      phase,
    })
  }

  /** @param failed what cannot be loaded */
  #report({ file, version }: ModuleNode, event: ErrorEvent): void {
    // Not its stack: loading the same again fails in other frames.
    const key = `${file}@${version} ${messageOf(event.error)}`
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    this.#host.failed(event)
  }
}

/** What a load was to bring. */
function versionsOf({ roots, instances }: Transaction): Map<ModuleNode, number> {
  const versions = new Map(roots.map((root) => [root, root.version]))
  for (const { node, version } of instances) versions.set(node, version)
  return versions
}
