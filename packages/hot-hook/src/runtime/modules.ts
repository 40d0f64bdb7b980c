import { pathToFileURL } from 'node:url'
import type { EventBus } from '../events.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { requiredSpecifiers, resolveFrom } from '../loader/commonjs/commonjs.ts'
import type { Loader } from '../loader/hooks.ts'
import { versionOf, withoutVersion } from '../loader/instances/module-url.ts'
import type { Facades } from '../loader/live-bindings/facade.ts'
import type { ModuleRuntime } from '../loader/sources/additions.ts'
import { coded } from '../log/codes.ts'
import type { Log } from '../log/log.ts'
import { textOf } from '../log/thrown.ts'
import type { HeadStartApi } from '../reload/protocol.ts'
import { AcceptedDependency } from './accepted-dependency.ts'
import type { Disposal } from './disposal.ts'
import { type ContextHost, type HotApi, HotContext } from './hot-context.ts'
import type { Loads } from './loads.ts'
import type { Registry } from './registry.ts'
import { watchResource } from './resource.ts'

interface ModulesHost {
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly facades: Facades
  readonly loader: Loader
  readonly headStart: HeadStartApi
  readonly disposal: Disposal
  readonly loads: Loads
  readonly events: EventBus
  readonly log: Log
  changed(node: ModuleNode): void
  /** A file or directory is watched as part of the program. */
  watched(node: ModuleNode): void
  /** Whether a file can be hot: it is not ignored. */
  isHot(file: string): boolean
}

/** What loaded modules call: for their `import.meta.hot`, at their gate, as a facade. */
export class Modules implements ModuleRuntime {
  readonly #host: ModulesHost
  readonly #ofModule = new WeakMap<object, HotContext>()

  /** What the runner calls in a process that is started before it is needed. */
  readonly headStart: HeadStartApi

  constructor(host: ModulesHost) {
    this.#host = host
    this.headStart = host.headStart
  }

  meta(meta: ImportMeta): void {
    const { loader, graph, facades } = this.#host
    facades.settle()
    const instance = loader.instances.get(meta.url)
    const clean = withoutVersion(meta.url)
    const node = instance?.node ?? graph.getByUrl(clean)
    if (!node) return
    const accepted = new AcceptedDependency(this.#host, node, instance, (specifier) =>
      meta.resolve(specifier),
    )
    const version = instance?.version ?? versionOf(meta.url)
    const context = this.createContext(node, version, (specifier) => accepted.find(specifier))
    if (instance?.transaction) instance.transaction.isEvaluating = true
    else this.#host.registry.commit(node, context.version)
    const given = meta.resolve
    const resolveClean = (...of: Parameters<typeof given>) =>
      loader.resolving(() => given.call(meta, ...of))
    Object.assign(meta, { url: clean, resolve: resolveClean })
    defineHot(meta, node.file, context.api)
  }

  gate(url: string): Promise<void> | undefined {
    const transaction = this.#host.loader.instances.get(url)?.transaction
    if (!transaction || transaction.isEnded) return undefined
    return this.#host.disposal.gate(transaction, this.#host.loads.underWay.earlierThan(transaction))
  }

  gateSync(url: string): void {
    const transaction = this.#host.loader.instances.get(url)?.transaction
    if (transaction && !transaction.isEnded) this.#host.disposal.gateSync(transaction)
  }

  /** `module.hot` of a CommonJS module: one context for each time that it is evaluated. */
  hotOf(file: string, module: object): HotApi | undefined {
    const known = this.#ofModule.get(module)
    if (known) return known.api
    const { graph, loader, registry } = this.#host
    const url = pathToFileURL(file).href
    const node = graph.get(file) ?? graph.ensure(file, url)
    const instance = loader.instances.latest(url)
    const context = this.createContext(node, instance?.version ?? node.version, (specifier) => {
      const dependency = graph.get(resolveFrom(file, specifier))
      if (dependency && node.imports.get(dependency)?.isImport) return dependency
      const { specifiers, hasComputed } = requiredSpecifiers(node.signature?.source ?? '')
      const target = resolveFrom(file, specifier)
      const isRequired = [...specifiers].some((given) => {
        try {
          return resolveFrom(file, given) === target
        } catch {
          return false
        }
      })
      if (!isRequired && !hasComputed) return undefined
      return dependency ?? graph.ensure(target, pathToFileURL(target).href)
    })
    this.#ofModule.set(module, context)
    if (instance?.transaction?.isEnded === false) instance.transaction.isEvaluating = true
    else registry.commit(node, context.version)
    return context.api
  }

  facade(id: number, namespace: object, set: (namespace: object, index: number) => boolean): void {
    const { facades } = this.#host
    facades.settle()
    facades.register(id, namespace, set)
  }

  /**
   * @param findAccepted the module that a specifier means, `undefined` when this one does not
   *   import it; throws when it cannot be resolved
   */
  createContext(
    node: ModuleNode,
    version: number,
    findAccepted: (specifier: string) => ModuleNode | undefined,
  ): HotContext {
    const { registry, disposal, events } = this.#host
    const host: ContextHost = {
      resolveAccepted: (context, specifier) => resolveAccepted(context, specifier, findAccepted),
      dataOf: (module) => registry.data(module),
      noteDisposers: (context) => {
        if (registry.isLive(context)) registry.noteDisposers(context.module)
        // It was replaced while it was still being evaluated: what it has opened by now is closed.
        else if (context.hasDisposers) queueMicrotask(() => void disposal.dispose([context]))
      },
      invalidate: (context, message) => {
        const { module } = context
        // As in an accept callback: loaded again it would say the same again.
        if (this.#host.loads.underWay.isEvaluating(context)) {
          context.refusal = { message }
          return
        }
        this.#host.log.debug(`${module.file} invalidated itself${message ? `: ${message}` : ''}`)
        this.#host.changed(module)
      },
      watch: ({ module, version }, file) => {
        // An instance that was replaced reads for nobody any more.
        if (version < (module.running ?? 0)) return
        this.#host.watched(watchResource(this.#host.graph, module, version, file))
      },
      on: (event, handler) => events.on(event, handler),
      off: (event, handler) => events.off(event, handler),
    }
    const context = new HotContext(node, version, host)
    registry.add(context)
    return context
  }
}

function resolveAccepted(
  context: HotContext,
  specifier: string,
  find: (specifier: string) => ModuleNode | undefined,
): ModuleNode {
  let problem = 'which it does not import: import it, or leave it out'
  let options: ErrorOptions | undefined
  try {
    const dependency = find(specifier)
    if (dependency) return dependency
  } catch (error) {
    const isMissing = missingCodes.has(textOf(error, 'code'))
    problem = `which ${isMissing ? 'does not exist' : 'cannot be resolved'}: check the path`
    if (!isMissing) options = { cause: error }
  }
  const message = `import.meta.hot.accept() in ${context.module.file} names "${specifier}", ${problem}`
  throw coded('ERR_HOT_HOOK_ACCEPT', new Error(message, options))
}

const missingCodes = new Set<unknown>(['ENOENT', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])

function defineHot(meta: ImportMeta, file: string, hot: HotApi): void {
  Object.defineProperty(meta, 'hot', {
    enumerable: true,
    configurable: true,
    get: () => hot,
    set: () => {
      const message = `import.meta.hot in ${file} cannot be assigned: it is Hot Hook's`
      throw coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
    },
  })
}
