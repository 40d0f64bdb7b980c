import type { ModuleNode } from '../graph/module-graph.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import type { Registry } from './registry.ts'

/** What a module may leave open, as Node names it, and how its source tends to ask for it. */
const kinds = [
  { name: 'timer', resources: ['Timeout'], opened: /\bset(?:Interval|Timeout)\b|cron|schedule/i },
  {
    name: 'server',
    resources: ['TCPServerWrap', 'UDPWrap'],
    opened: /\blisten\b|Server\b|\bbind\b/,
  },
  {
    name: 'socket',
    resources: ['TCPSocketWrap', 'TLSWrap', 'PipeWrap'],
    opened: /connect|client|socket|pool/i,
  },
] as const

/** How many of each kind keep the process alive. */
type Counts = readonly number[]

/** How often in a row more of each kind stayed, and how many there were before the last time. */
interface Series {
  times: number[]
  before: Counts
}

/** So many replacements that each left something more are no chance. */
const enough = 3
const mostNamed = 3

/**
 * Finds modules that open something with each replacement and have no dispose handler that closes it:
 * each time their evaluation opened a timer, server or socket, and none had gone by the next.
 */
export class LeftOvers {
  readonly #registry: Registry
  readonly #hint: (modules: ModuleNode[], kind: string) => void
  readonly #before = new WeakMap<Transaction, Counts>()
  readonly #series = new WeakMap<ModuleNode, Series>()
  readonly #told = new WeakSet<ModuleNode>()

  /** @param hint says a line about these modules to the user */
  constructor(registry: Registry, hint: (modules: ModuleNode[], kind: string) => void) {
    this.#registry = registry
    this.#hint = hint
  }

  /** New versions are about to be loaded. */
  begin(transaction: Transaction): void {
    this.#before.set(transaction, countResources())
  }

  /** They are evaluated, and have replaced these modules. */
  replaced(transaction: Transaction, modules: readonly ModuleNode[]): void {
    const before = this.#before.get(transaction)
    if (!before || modules.length === 0) return
    const after = countResources()
    const suspects: ModuleNode[][] = kinds.map(() => [])
    for (const module of modules) {
      const times = this.#follow(module, before, after)
      for (const [kind, count] of times.entries()) if (count >= enough) suspects[kind]?.push(module)
    }
    for (const [kind, { name, opened }] of kinds.entries()) {
      const found = suspects[kind]?.filter((module) => !this.#told.has(module)) ?? []
      if (found.length === 0) continue
      const likely = found.filter(({ signature }) => opened.test(signature?.source ?? ''))
      for (const module of found) this.#told.add(module)
      this.#hint((likely.length > 0 ? likely : found).slice(0, mostNamed), name)
    }
  }

  #follow(module: ModuleNode, before: Counts, after: Counts): number[] {
    if (this.#registry.running(module)?.hasDisposers) {
      this.#series.delete(module)
      return []
    }
    const last = this.#series.get(module)
    const times = kinds.map((_, kind) => {
      const [start = 0, end = 0] = [before[kind], after[kind]]
      if (end <= start) return 0
      const stayed = last !== undefined && start > (last.before[kind] ?? 0)
      return stayed ? (last.times[kind] ?? 0) + 1 : 1
    })
    this.#series.set(module, { times, before })
    return times
  }
}

function countResources(): Counts {
  const active = process.getActiveResourcesInfo()
  return kinds.map(({ resources }) => {
    return active.filter((resource) => (resources as readonly string[]).includes(resource)).length
  })
}
