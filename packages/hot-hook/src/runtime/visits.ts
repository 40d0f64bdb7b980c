import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import { isInTime } from './deadline.ts'

/** What is looked at of a request and a response of Node's. */
interface Incoming {
  readonly headers: { readonly accept?: string | string[] | undefined }
}
interface Outgoing {
  getHeader(name: string): unknown
  once(event: 'close', listener: () => void): unknown
}

/** One request that is inside an app. */
interface Visit {
  /** The modules that its handler has imported for it; none when it imports in another way. */
  roots: ReadonlySet<ModuleNode>
  request?: Incoming
  response?: Outgoing
  /** Resolves when the request has left; made when somebody waits for it. */
  left?: { promise: Promise<void>; resolve: () => void }
}

interface VisitsHost {
  readonly graph: ModuleGraph
  /** So many requests were not waited for any longer. */
  overstayed(count: number): void
}

/** The requests that are inside what `hot.handler` has loaded: what they use is disposed when they have left. */
export class Visits {
  readonly #host: VisitsHost
  readonly #inside = new Set<Visit>()
  /** All that handlers have imported. */
  readonly #roots = new WeakSet<ModuleNode>()
  /** What the load that runs has imported so far. */
  #loading: Set<ModuleNode> | undefined
  /** End what is being waited for. */
  readonly #waits = new Set<() => void>()

  constructor(host: VisitsHost) {
    this.#host = host
  }

  /** A handler's own import is being resolved: it will ask for it again, whenever that is. */
  get isLoading(): boolean {
    return this.#loading !== undefined
  }

  /** Runs what imports an app. @returns what that gives, and the modules that it imports */
  load(run: () => unknown): { loaded: unknown; roots: ReadonlySet<ModuleNode> } {
    const roots = new Set<ModuleNode>()
    const outer = this.#loading
    this.#loading = roots
    try {
      return { loaded: run(), roots }
    } finally {
      this.#loading = outer
    }
  }

  /** The program imports a boundary. @param isDue it will be loaded */
  imported(root: ModuleNode, isDue: boolean): void {
    if (this.#loading) {
      this.#loading.add(root)
      this.#roots.add(root)
    } else if (isDue) {
      // Who asks may be inside, and would wait for a load that waits for it.
      for (const giveUp of this.#waits) giveUp()
    }
  }

  /** A request goes into an app, until its response is closed. */
  enter(roots: ReadonlySet<ModuleNode>, request: Incoming, response: Outgoing): void {
    const visit: Visit = { roots, request, response }
    this.#inside.add(visit)
    response.once('close', () => this.#leave(visit))
  }

  /** The same where there is no response of Node's: until `work` has ended. */
  async during<T>(roots: ReadonlySet<ModuleNode>, work: () => T | Promise<T>): Promise<T> {
    const visit: Visit = { roots }
    this.#inside.add(visit)
    try {
      return await work()
    } finally {
      this.#leave(visit)
    }
  }

  /**
   * Waits until the requests have left that are inside what a load replaces, 5 s at most. What a request
   * imports by itself is not waited for: it may be the one that waits.
   */
  async leave({ isUpdate, roots }: Transaction, replaced: readonly ModuleNode[]): Promise<void> {
    if (this.#inside.size === 0) return
    if (!isUpdate && !roots.some((root) => this.#roots.has(root))) return
    const staying = [...this.#inside].filter((visit) => this.#isInside(visit, replaced))
    if (staying.length === 0) return
    const givenUp = Promise.withResolvers<void>()
    this.#waits.add(givenUp.resolve)
    const left = Promise.all(staying.map(leaving))
    const isOver = await isInTime(Promise.race([left, givenUp.promise]))
    this.#waits.delete(givenUp.resolve)
    if (!isOver) this.#host.overstayed(staying.filter((visit) => this.#inside.has(visit)).length)
  }

  #isInside(visit: Visit, replaced: readonly ModuleNode[]): boolean {
    if (isEventStream(visit)) return false
    const { roots } = visit
    if (roots.size === 0) return true
    return [...roots].some((root) => {
      const closure = this.#host.graph.closure(root)
      return replaced.some((module) => closure.has(module))
    })
  }

  #leave(visit: Visit): void {
    this.#inside.delete(visit)
    visit.left?.resolve()
  }
}

/** It ends when somebody ends it: a dispose handler, perhaps. */
function isEventStream({ request, response }: Visit): boolean {
  const types = [request?.headers.accept, response?.getHeader('content-type')]
  return types.some((type) => /^text\/event-stream\b/.test(String(type)))
}

function leaving(visit: Visit): Promise<void> {
  visit.left ??= Promise.withResolvers<void>()
  return visit.left.promise
}
