import type { HotEventHandler, HotEventName } from './events.ts'
import { dump } from './graph/dump.ts'
import type { DumpedModule, Explanation } from './graph/dump-types.ts'
import { type GraphFile, graphFiles } from './graph/graph-file.ts'
import { createHandler } from './handler/mounts.ts'
import type { HotHandler } from './handler/types.ts'
import { hasStartedUp, installModuleHot } from './loader/commonjs/commonjs.ts'
import { noteImportsOf, noteOutside } from './loader/outside.ts'
import { runtimeKey } from './loader/sources/additions.ts'
import { enableCompileCache } from './node/compile-cache.ts'
import { type InitArguments, readInitArguments } from './options/init-arguments.ts'
import type { HotOptions } from './options/options.ts'
import { watchRestarted } from './reload/full-reload.ts'

import { Wiring } from './wiring.ts'

/** Where options come from when the application gives them, for errors. */
const initSource = 'hot.init'

/** Hot module reloading of this process: `import { hot } from 'hot-hook'`. */
export class Hot {
  static readonly name = 'Hot'
  readonly #rooms = new Wiring()

  constructor() {
    this.#rooms.doubts.loaded()
  }

  /**
   * Starts hot reloading; what is imported from now on is hot. Called again, it takes the options
   * given now in place of those given before, and starts nothing twice.
   *
   * @param entry the entry's `import.meta.url` or path (`__filename`), or the options, whose `root`
   *   is the entry then
   * @throws HotHookOptionsError that names the option and what was expected; nothing is started
   */
  async init(entry?: string | URL | HotOptions, options?: HotOptions): Promise<void> {
    this.#start(initSource, () => readInitArguments(entry, options))
  }

  /** As `init`, before the application is loaded: `source` is where the options were written. */
  register(options: HotOptions | undefined, source: string): void {
    this.#start(source, () => ({ given: options, isOldForm: false }))
  }

  #start(source: string, read: () => InitArguments): void {
    const isFirst = this.#rooms.settings.known === undefined
    const options = this.#rooms.settings.take(source, read)
    this.#rooms.log.level = options.log
    if (isFirst) this.#register()
    for (const node of this.#rooms.graph.modules()) this.#rooms.noteReload(node)
    if (source === initSource) this.#noteEntry()
    this.#rooms.watch.start()
    const isRootGiven = this.#rooms.settings.given.root !== undefined
    this.#rooms.doubts.started(options, isRootGiven ? new Error().stack : undefined)
  }

  /**
   * Calls `handler` with every `event`: 'invalidate', 'update', 'full-reload', 'prune' or 'error'.
   *
   * @returns a function that takes the handler off again
   * @throws TypeError for an unknown event or a handler that is no function
   */
  on<Name extends HotEventName>(event: Name, handler: HotEventHandler<Name>): () => void {
    return this.#rooms.events.on(event, handler)
  }

  /** Takes a handler off again. */
  off<Name extends HotEventName>(event: Name, handler: HotEventHandler<Name>): void {
    this.#rooms.events.off(event, handler)
  }

  /** The modules of the program with their boundaries, versions and edges; empty before `init`. */
  async dump(): Promise<DumpedModule[]> {
    const options = this.#rooms.settings.known
    return options ? dump(this.#rooms.graph, options.rootDirectory, this.#rooms.registry) : []
  }

  /** What relative paths and globs start from, absolute path; `undefined` where Hot Hook does not run. */
  get rootDirectory(): string | undefined {
    return this.#rooms.settings.known?.rootDirectory
  }

  /** The same for those who draw it: absolute paths, kinds of files and of edges. */
  graph(): GraphFile[] {
    return graphFiles(this.#rooms.graph, this.#rooms.registry)
  }

  /**
   * What a save of `file` would do.
   *
   * @param file a path, absolute or from the root directory, or a file URL
   * @throws TypeError for anything else
   */
  explain(file: string | URL): Explanation {
    if (!this.#rooms.settings.known) {
      this.#rooms.log.warnOnce(
        'hot.explain() knows nothing before hot.init()',
        'HOT_HOOK_NOT_STARTED',
      )
    }
    return this.#rooms.explanations.of(file)
  }

  /**
   * A request listener that is always the latest app, `hot.handler(() => import('./app.js'))`: for
   * `http.createServer` and Express as it is, for Koa, Fastify and fetch apps by its properties. A load
   * that fails is answered with its error. Without Hot Hook running `load` is called once, and what it
   * rejects with is not answered but passed on.
   *
   * @param load imports the app: its default export, or `fetch`; what is not imported
   *   (`() => app`) is looked at again with every request
   * @throws TypeError when `load` is no function
   */
  handler(load: () => unknown): HotHandler {
    return createHandler(this.#rooms.handlerHost, load)
  }

  #register(): void {
    Object.assign(globalThis, { [Symbol.for(runtimeKey)]: this.#rooms.modules })
    if (this.#rooms.settings.options.compileCache) enableCompileCache()
    installModuleHot((file, of) => this.#rooms.modules.hotOf(file, of))
    this.#rooms.loader.register()
    this.#rooms.uncaughtLoads.start()
    this.#rooms.startedUp = watchRestarted(this.#rooms.log)
  }

  /** The entry was running before us when it calls `init`: it is what everything starts from. */
  #noteEntry(): void {
    const { root } = this.#rooms.settings.options
    if (root === undefined) return
    const known = this.#rooms.graph.get(root)
    // With --import hot-hook/register the entry was loaded like everything else.
    if (known?.signature) return
    const { isIgnored } = this.#rooms.settings.options
    const nodes = noteOutside(this.#rooms.graph, root, isIgnored)
    // A path may be another spelling than Node's, and would be loaded: only the entry's own URL is sure.
    const { root: given } = this.#rooms.settings.given
    if (nodes[0] && hasStartedUp(nodes[0]) === false) this.#rooms.loader.followEntry(root, true)
    else if (given?.startsWith('file:')) this.#rooms.loader.followEntry(given, false)
    for (const node of nodes) node.isEntry = node.file === root
    for (const node of noteImportsOf(nodes, this.#rooms.graph, isIgnored))
      this.#rooms.watch.watch(node)
  }
}
