import type { ErrorEvent } from '../events.ts'
import type { ModuleNode } from '../graph/module-graph.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import { isInTime, notWaitedFor, overdue } from './deadline.ts'
import { importersFirst } from './disposal-order.ts'
import { inHandlers } from './handler-scope.ts'
import type { HotContext } from './hot-context.ts'
import type { Registry } from './registry.ts'

interface DisposalHost {
  report(event: ErrorEvent): void
  /** Waits for the requests that are inside what a load replaces. */
  leave(transaction: Transaction, replaced: readonly ModuleNode[]): Promise<void>
}

/** Disposes what is replaced or has left the program. */
export class Disposal {
  readonly #registry: Registry
  readonly #host: DisposalHost
  readonly #opening = new WeakMap<Transaction, Promise<void>>()
  /** Files that have left the program, while their handlers run. */
  readonly #leaving = new Map<string, Promise<void>>()

  constructor(registry: Registry, host: DisposalHost) {
    this.#registry = registry
    this.#host = host
  }

  /** Some module has left the program and its handlers still run. */
  get isPruning(): boolean {
    return this.#leaving.size > 0
  }

  /**
   * Called by every module of a gated load in front of its first statement. The first call means
   * that all of it is linked: it disposes what the load replaces, importers first.
   *
   * @param earlier loads under way that began before this one
   */
  gate(transaction: Transaction, earlier: Transaction[]): Promise<void> | undefined {
    transaction.isEvaluating = true
    const opening = this.#opening.get(transaction)
    const rivals = earlier.filter((other) => overlaps(other, transaction))
    const leaving = this.#leavingOf(transaction)
    const isOpen = !opening && rivals.length === 0 && leaving.length === 0
    if (isOpen && this.#replaced(transaction).length === 0) return undefined
    const opened = transaction.hold(
      Promise.all([opening, ...leaving]).then(() => this.#open(transaction, rivals)),
    )
    this.#opening.set(transaction, opened)
    return opened
  }

  /** The same for a module that is required and cannot wait: handlers are called, not awaited. */
  gateSync(transaction: Transaction): void {
    transaction.isEvaluating = true
    for (const context of importersFirst(this.#replaced(transaction))) {
      const data = this.#registry.data(context.module)
      for (const handler of context.takeDisposers()) {
        void this.#call(context.module, 'dispose', () => handler(data))
      }
      context.end()
    }
  }

  /** Disposes what the due versions of modules replace, for a load that is about to begin. */
  async disposeReplaced(transaction: Transaction, modules: ModuleNode[]): Promise<void> {
    const replaced = () =>
      modules
        .flatMap((node) => this.#registry.olderThan(node, node.version))
        .filter((context) => context.hasDisposers)
    await this.#leave(transaction, replaced())
    await this.dispose(replaced())
  }

  /** Runs the dispose handlers of instances, one after the other, importers before what they import. */
  async dispose(contexts: HotContext[]): Promise<void> {
    for (const context of importersFirst(contexts)) {
      const data = this.#registry.data(context.module)
      for (const handler of context.takeDisposers()) {
        await this.#call(context.module, 'dispose', () => handler(data))
      }
      context.end()
    }
  }

  /** A module has left the program: disposes and prunes all its instances. */
  async prune(module: ModuleNode): Promise<void> {
    const { file } = module
    const before = this.#leaving.get(file)
    const pruned = Promise.resolve(before).then(() => this.#prune(module))
    this.#leaving.set(file, pruned)
    await pruned
    if (this.#leaving.get(file) === pruned) this.#leaving.delete(file)
  }

  async #prune(module: ModuleNode): Promise<void> {
    const contexts = this.#registry.olderThan(module, Number.POSITIVE_INFINITY)
    await this.dispose(contexts)
    const data = this.#registry.data(module)
    for (const context of contexts) {
      for (const handler of context.pruners) {
        await this.#call(module, 'prune', () => handler(data))
      }
    }
  }

  /** Disposes the whole program before it restarts, in no more time than one handler has. */
  async disposeAll(): Promise<void> {
    await isInTime(this.dispose([...this.#registry.all()]))
  }

  async #open(transaction: Transaction, rivals: Transaction[]): Promise<void> {
    // A load of older versions of the same modules has to end first.
    const pending = rivals.filter((rival) => !rival.isEnded).map((rival) => rival.ended)
    if (pending.length > 0) await isInTime(Promise.all(pending))
    await this.#leave(transaction, this.#replaced(transaction))
    await this.dispose(this.#replaced(transaction))
  }

  async #leave(transaction: Transaction, replaced: HotContext[]): Promise<void> {
    if (replaced.length === 0) return
    const modules = replaced.map(({ module }) => module)
    await this.#host.leave(transaction, modules)
  }

  /** What was of the same files, and has not left yet. */
  #leavingOf({ instances }: Transaction): Promise<void>[] {
    if (!this.isPruning) return []
    const leaving = [...instances].map(({ node }) => this.#leaving.get(node.file))
    return leaving.filter((pruned) => pruned !== undefined)
  }

  /** What the load replaces and was not disposed. */
  #replaced(transaction: Transaction): HotContext[] {
    const contexts: HotContext[] = []
    for (const { node, version } of transaction.instances) {
      contexts.push(...this.#registry.olderThan(node, version))
    }
    return contexts.filter((context) => context.hasDisposers)
  }

  async #call(
    module: ModuleNode,
    phase: 'dispose' | 'prune',
    handler: () => void | Promise<void>,
  ): Promise<void> {
    try {
      const call = inHandlers('dispose', handler)
      if (await isInTime(call)) return
      const error = overdue(`A ${phase} handler of ${module.file} has not ended`, notWaitedFor)
      this.#host.report({ file: module.file, error, phase })
    } catch (error) {
      this.#host.report({ file: module.file, error, phase })
    }
  }
}

function overlaps(one: Transaction, other: Transaction): boolean {
  const modules = new Set([...one.instances].map((instance) => instance.node))
  return [...other.instances].some((instance) => modules.has(instance.node))
}
