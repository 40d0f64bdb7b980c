import { subscribe } from 'node:diagnostics_channel'
import type { Edge, ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { ModuleInstance } from '../loader/instances/module-instance.ts'
import { withoutVersion } from '../loader/instances/module-url.ts'
import { isError, textOf } from '../log/thrown.ts'
import { clarify } from './load-error.ts'

/**
 * The boundary that an `import()` asks for, which could not be loaded. A loader that was registered
 * after us may have asked under another name.
 */
function boundaryOf(importer: ModuleNode, specifier: string): ModuleNode | undefined {
  const edges = [...importer.imports.values()]
  const named = edges.filter((edge) => edge.specifiers.has(specifier))
  const isBoundary = ({ kinds, dependency }: Edge) => kinds.has('boundary') && !dependency.isCurrent
  const found =
    named.length > 0
      ? named.find((edge) => edge.specifiers.get(specifier) === 'boundary')
      : edges.find(isBoundary)
  return found?.dependency
}

/** What Node's public channel tells of an `import()` that was rejected. */
interface RejectedImport {
  error: unknown
  /** The specifier. */
  url: string
  parentURL?: string
}

/**
 * A boundary that cannot be loaded must not end the process where nobody catches the error of its
 * `import()`: the next save heals it. All other errors that nobody catches do what Node does with
 * them, which asks `process.emit()` for listeners before it ends: for ours there is one, so to say.
 */
export class UncaughtLoads {
  readonly #graph: ModuleGraph
  readonly #latestOf: (node: ModuleNode) => ModuleInstance | undefined
  readonly #report: (file: string, error: unknown) => void
  readonly #errors = new WeakSet<object>()
  /** A module may throw what is no object: to be told from others only until this turn is over. */
  readonly #primitives = new Set<unknown>()
  /** Who asked for what could not even be found. */
  readonly #unreported = new WeakMap<object, ModuleNode>()
  readonly #reported = new Set<string>()
  #isPatched = false

  /**
   * @param latestOf the latest instance of a module
   * @param report told when nobody caught an error that was not reported when it happened
   */
  constructor(
    graph: ModuleGraph,
    latestOf: (node: ModuleNode) => ModuleInstance | undefined,
    report: (file: string, error: unknown) => void,
  ) {
    this.#graph = graph
    this.#latestOf = latestOf
    this.#report = report
  }

  start(): void {
    subscribe('tracing:module.import:error', (message) => {
      const { error, url, parentURL } = message as RejectedImport
      if (parentURL === undefined) return
      const importer = this.#graph.getByUrl(withoutVersion(parentURL))
      const boundary = importer && boundaryOf(importer, url)
      if (!boundary) return
      // Before Node 24 who imports the boundary itself gets another error than Hot Hook, later.
      const latest = this.#latestOf(boundary)
      clarify(error, latest ? [latest] : [])
      this.add(error)
    })
  }

  /** A boundary could not be loaded; that is reported. */
  add(error: unknown): void {
    this.#patch()
    if (typeof error === 'object' && error !== null) this.#errors.add(error)
    else {
      this.#primitives.add(error)
      setImmediate(() => this.#primitives.delete(error)).unref()
    }
  }

  /** Node has not found what a program that has started up imports: it may be caught. */
  addUnresolved(error: unknown, importer: ModuleNode): void {
    this.add(error)
    if (isError(error)) this.#unreported.set(error, importer)
  }

  /** Stands in front of `process.emit`, so that no listener of the program is added, called or counted. */
  #patch(): void {
    if (this.#isPatched) return
    this.#isPatched = true
    const emit: (event: string | symbol, ...given: unknown[]) => boolean = process.emit
    const emitFirst: typeof emit = (event, ...given) => {
      if (this.#isExpected(event, given[0])) return true
      return Reflect.apply(emit, process, [event, ...given])
    }
    process.emit = emitFirst as typeof process.emit
  }

  #isExpected(event: string | symbol, error: unknown): boolean {
    // The first is all that Node emits by default, the others those of `--unhandled-rejections=strict`
    // and of a require() outside of a promise.
    if (event !== 'unhandledRejection' && event !== 'uncaughtException') {
      if (event !== 'uncaughtExceptionMonitor') return false
    }
    if (typeof error !== 'object' || error === null) return this.#primitives.has(error)
    if (!this.#errors.has(error)) return false
    const importer = this.#unreported.get(error)
    if (importer) this.#reportOnce(importer, error)
    return true
  }

  /** Once for each version of who asks, however often it does. */
  #reportOnce({ file, version }: ModuleNode, error: unknown): void {
    const key = `${file}@${version} ${textOf(error, 'message')}`
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    this.#report(file, error)
  }
}
