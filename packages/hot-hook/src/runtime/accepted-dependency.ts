import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { ModuleInstance } from '../loader/instances/module-instance.ts'
import { withoutQuery } from '../loader/instances/module-url.ts'
import { type Facades, namesTakenFrom } from '../loader/live-bindings/facade.ts'
import type { Log } from '../log/log.ts'

interface AcceptedDependencyHost {
  readonly graph: ModuleGraph
  readonly facades: Facades
  readonly log: Log
  /** Whether a file can be hot: it is not ignored. */
  isHot(file: string): boolean
}

/** What a specifier in `accept()` of an ES module means. */
export class AcceptedDependency {
  readonly #host: AcceptedDependencyHost
  readonly #module: ModuleNode
  readonly #instance: ModuleInstance | undefined
  readonly #resolve: (specifier: string) => string

  /** @param resolve the module's `import.meta.resolve` */
  constructor(
    host: AcceptedDependencyHost,
    module: ModuleNode,
    instance: ModuleInstance | undefined,
    resolve: (specifier: string) => string,
  ) {
    this.#host = host
    this.#module = module
    this.#instance = instance
    this.#resolve = resolve
  }

  /**
   * The module that the specifier means, `undefined` when this one does not import it. Throws when
   * it cannot be resolved.
   */
  find(specifier: string): ModuleNode | undefined {
    const { graph, isHot } = this.#host
    const url = this.#urlOf(specifier)
    const lexed = this.#instance?.lexed
    if (!url.startsWith('file:') || !isHot(fileURLToPath(url))) {
      const isImported = [lexed?.statics, lexed?.dynamics].some((of) => this.#named(of, url).length)
      // It never changes; outside of the graph nothing reaches it.
      return isImported ? new ModuleNode(specifier, url) : undefined
    }
    const file = fileURLToPath(url)
    const known = graph.get(file)
    if (known && (this.#module.imports.get(known)?.isImport || lexed?.hasComputedImport)) {
      this.#warnUnbound(known, specifier)
      return known
    }
    if (this.#named(lexed?.dynamics, url).length > 0) return graph.ensure(file, url)
    if (!existsSync(file)) throw Object.assign(new Error(`no file ${file}`), { code: 'ENOENT' })
    return undefined
  }

  /** Bindings follow when the source names the dependency to `accept`: nobody else knows in time. */
  #warnUnbound(dependency: ModuleNode, specifier: string): void {
    const instance = this.#instance
    if (!instance?.lexed || this.#host.facades.has(instance, dependency)) return
    const { accepted, statics } = instance.lexed
    if (this.#named(accepted, dependency.url).length > 0) return
    const isBound = this.#named(statics, dependency.url).some(
      (given) => namesTakenFrom(instance, given).length > 0,
    )
    if (!isBound) return
    this.#host.log.warn(
      `${this.#module.file} accepts "${specifier}", but its bindings cannot follow: no call of accept ` +
        "in its source names it, as in accept('./dep.js'). The accept callback gets the new module all the same.",
      'HOT_HOOK_BINDINGS',
    )
  }

  /** The URL that a specifier means, without version and query. */
  #urlOf(specifier: string): string {
    return withoutQuery(this.#resolve(specifier))
  }

  /** Those of `specifiers` that mean the file of `url`. */
  #named(specifiers: Iterable<string> | undefined, url: string): string[] {
    const clean = withoutQuery(url)
    return [...(specifiers ?? [])].filter((specifier) => {
      try {
        return this.#urlOf(specifier) === clean
      } catch {
        return false
      }
    })
  }
}
