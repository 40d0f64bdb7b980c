import type { ModuleNode } from '../graph/module-graph.ts'
import type { AcceptRules } from '../graph/propagate.ts'
import type { HotContext } from './hot-context.ts'

/** What one module has registered, over all its instances. */
interface Registration {
  /** `import.meta.hot.data`: one object that all instances share. */
  data: Record<string, unknown>
  /** Instances that were evaluated and not disposed yet, the oldest first. */
  live: HotContext[]
  /** The instance whose handlers count: the last one that was evaluated without an error. */
  running: HotContext | undefined
}

/** Handlers and data by module. */
export class Registry implements AcceptRules {
  readonly #registrations = new Map<ModuleNode, Registration>()
  /** The modules with a dispose handler that has not run. */
  readonly #disposable = new Set<ModuleNode>()

  /** An instance begins to be evaluated. One that was superseded before that never counts. */
  add(context: HotContext): void {
    if (context.version < (context.module.running ?? 0)) return
    const registration = this.#ensure(context.module)
    registration.live.push(context)
    registration.running ??= context
  }

  /** Its evaluation ended without an error: its handlers count from now on. */
  commit(module: ModuleNode, version: number): void {
    const registration = this.#registrations.get(module)
    if (!registration || version < (module.running ?? 0)) return
    const context = registration.live.findLast((candidate) => candidate.version === version)
    registration.running = context
    // Older instances that had nothing to dispose are still among the living.
    for (const old of registration.live) if (old !== context) old.end()
    registration.live = context ? [context] : []
    this.#noteDisposers(module)
  }

  data(module: ModuleNode): Record<string, unknown> {
    return this.#ensure(module).data
  }

  /** The instance whose accept callbacks are called. */
  running(module: ModuleNode): HotContext | undefined {
    return this.#registrations.get(module)?.running
  }

  /** Instances of `module` older than `version` that were not disposed, the newest first. */
  olderThan(module: ModuleNode, version: number): HotContext[] {
    const live = this.#registrations.get(module)?.live ?? []
    return live.filter((context) => context.version < version).reverse()
  }

  /** It has not been replaced by one that was evaluated without an error. */
  isLive(context: HotContext): boolean {
    return this.#registrations.get(context.module)?.live.includes(context) ?? false
  }

  /** Every instance that was not disposed. */
  *all(): Iterable<HotContext> {
    for (const { live } of this.#registrations.values()) yield* live
  }

  /** Some module that is due to be replaced has something to dispose. */
  get awaitsDisposal(): boolean {
    for (const module of this.#disposable) if (module.isStale) return true
    return false
  }

  /** A context got a dispose handler, or its handlers have been taken. */
  noteDisposers(module: ModuleNode): void {
    this.#noteDisposers(module)
  }

  remove(module: ModuleNode): void {
    for (const context of this.#registrations.get(module)?.live ?? []) context.end()
    this.#registrations.delete(module)
    this.#disposable.delete(module)
  }

  acceptsSelf(module: ModuleNode): boolean {
    return this.running(module)?.acceptsSelf ?? false
  }

  accepts(importer: ModuleNode, dependency: ModuleNode): boolean {
    return this.running(importer)?.acceptsDependency(dependency) ?? false
  }

  declines(module: ModuleNode): boolean {
    return this.running(module)?.declined ?? false
  }

  #ensure(module: ModuleNode): Registration {
    let registration = this.#registrations.get(module)
    if (!registration) {
      registration = { data: {}, live: [], running: undefined }
      this.#registrations.set(module, registration)
    }
    return registration
  }

  #noteDisposers(module: ModuleNode): void {
    const live = this.#registrations.get(module)?.live ?? []
    if (live.some((context) => context.hasDisposers)) this.#disposable.add(module)
    else this.#disposable.delete(module)
  }
}
