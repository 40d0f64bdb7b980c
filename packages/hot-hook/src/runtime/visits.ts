import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import { isInTime } from './deadline.ts'

/** What is looked at of a request and a response of Node's. */
interface Incoming {
  readonly headers: { readonly accept?: string | string[] | undefined }
}
interface Outgoing {
  readonly destroyed: boolean
  readonly writableEnded: boolean
  getHeader(name: string): unknown
  once(event: 'close', listener: () => void): unknown
}

/** One request that has come to an app. */
interface Visit {
  /** The modules that its handler has imported for it; none when it imports in another way. */
  readonly roots: ReadonlySet<ModuleNode>
  readonly request?: Incoming
  readonly response?: Outgoing
  /** What is done for it, where there is no response of Node's. */
  readonly work?: Promise<unknown>
}

/** So many are noted before those that have left are looked for: what is held costs more than the look. */
const leastSweep = 8

interface VisitsHost {
  readonly graph: ModuleGraph
  /** So many requests were not waited for any longer. */
  overstayed(count: number): void
}

/** The requests that are inside what `hot.handler` has loaded: what they use is disposed when they have left. */
export class Visits {
  readonly #host: VisitsHost
  /** Some have left: that is looked at when it matters. */
  #visits: Visit[] = []
  #sweepAt = leastSweep
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

  /** A request has gone into an app, where it is until its response is ended. */
  enter(roots: ReadonlySet<ModuleNode>, request: Incoming, response: Outgoing): void {
    // Most have left as soon as that.
    if (!hasLeft(response)) this.#add({ roots, request, response })
  }

  /** The same where there is no response of Node's: until `work` has ended. */
  during<T>(roots: ReadonlySet<ModuleNode>, work: Promise<T>): Promise<T> {
    const visit: Visit = { roots, work }
    this.#add(visit)
    const leave = () => {
      this.#visits = this.#visits.filter((other) => other !== visit)
    }
    work.then(leave, leave)
    return work
  }

  #add(visit: Visit): void {
    this.#visits.push(visit)
    if (this.#visits.length < this.#sweepAt) return
    this.#sweep()
    this.#sweepAt = Math.max(leastSweep, this.#visits.length * 2)
  }

  #sweep(): void {
    this.#visits = this.#visits.filter(({ response }) => !response || !hasLeft(response))
  }

  /**
   * Waits until the requests have left that are inside what a load replaces, 5 s at most. What a request
   * imports by itself is not waited for: it may be the one that waits.
   */
  async leave({ isUpdate, roots }: Transaction, replaced: readonly ModuleNode[]): Promise<void> {
    if (!isUpdate && !roots.some((root) => this.#roots.has(root))) return
    this.#sweep()
    const staying = this.#visits.filter((visit) => this.#isInside(visit, replaced))
    if (staying.length === 0) return
    const givenUp = Promise.withResolvers<void>()
    this.#waits.add(givenUp.resolve)
    const left = Promise.all(staying.map(leaving))
    const isOver = await isInTime(Promise.race([left, givenUp.promise]))
    this.#waits.delete(givenUp.resolve)
    this.#sweep()
    if (!isOver)
      this.#host.overstayed(staying.filter((visit) => this.#visits.includes(visit)).length)
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
}

function hasLeft(response: Outgoing): boolean {
  return response.writableEnded || response.destroyed
}

/** It ends when somebody ends it: a dispose handler, perhaps. */
function isEventStream({ request, response }: Visit): boolean {
  const types = [request?.headers.accept, response?.getHeader('content-type')]
  return types.some((type) => /^text\/event-stream\b/.test(String(type)))
}

async function leaving({ response, work }: Visit): Promise<void> {
  if (work) await work.catch(() => undefined)
  else await new Promise<void>((resolve) => response?.once('close', resolve))
}
