import {
  acceptsDependency,
  closureOf,
  entryName,
  freshAnswer,
  importedBy,
  moduleOf,
  type Program,
  problemsOf,
} from './program.ts'

/** What the server of a program tells of itself. */
export interface Seen {
  to: string[]
  /** What happened since the last question. */
  log: string[]
  /** How often each module was evaluated. */
  runs: Record<string, number>
  /** How many instances of each module have something open. */
  open: Record<string, number>
  /** How many instances have shared the data of each module. */
  data: Record<string, number>
  errors: string[]
  updates: number
}

export const isSeen = (value: unknown): value is Seen =>
  typeof value === 'object' && value !== null && 'to' in value

export type Verdict =
  /** The change is accepted: a full reload is a fault. */
  | 'hot'
  /** The change is accepted, but cannot be loaded: the old program runs on. */
  | 'fails'
  /** A path reaches the entry. */
  | 'reload'
  /** What needs a full reload does not compile. */
  | 'waiting'
  /** After something failed: hot or a full reload, by what was loaded in between. */
  | 'either'

/** The running program, by the rules of propagation. */
export class Model {
  /** What the process has loaded, as long as everything went well. */
  #running: Program
  #isBroken = false
  readonly #runs = new Map<string, number>()
  /** Modules of which it is not known how often they were evaluated. */
  readonly #uncounted = new Set<string>()
  /** Evaluations that belong to instances whose data is gone. */
  readonly #pruned = new Map<string, number>()

  constructor(program: Program) {
    this.#running = program
    for (const name of closureOf(program, entryName)) this.#runs.set(name, 1)
  }

  /** The sources are `program` now. */
  saved(program: Program, changed: ReadonlySet<string>): Verdict {
    const loaded = closureOf(this.#running, entryName)
    const stale = this.#isBroken ? undefined : stalePath(this.#running, loaded, changed)
    if (this.#isBroken || !stale) return this.#savedIntoBroken(program)
    if (stale.has(entryName)) {
      this.#isBroken = true
      const states = [...changed].map((name) => moduleOf(program, name).state)
      const isGone = moduleOf(program, entryName).state === 'missing'
      if (isGone || states.includes('syntax')) return 'waiting'
      const isUnlinked = problemsOf(program, entryName).some((each) => !each.startsWith('throws'))
      return isUnlinked ? 'either' : 'reload'
    }
    const next = withVersions(this.#running, program, stale)
    const nextLoaded = closureOf(next, entryName)
    const fresh = [...nextLoaded].filter((name) => stale.has(name) || !loaded.has(name))
    if (stale.size === 0) return 'hot'
    const left = [...stale].filter((name) => !nextLoaded.has(name))
    if (hasBroken(next, left) || problemsOf(next, entryName).length > 0) {
      this.#isBroken = true
      return 'fails'
    }
    this.#running = next
    // Whether it is still evaluated before it is pruned is nobody's business.
    for (const name of left) this.#uncounted.add(name)
    for (const name of fresh) {
      this.#uncounted.delete(name)
      this.#runs.set(name, (this.#runs.get(name) ?? 0) + 1)
    }
    for (const name of loaded) {
      if (!nextLoaded.has(name)) this.#pruned.set(name, this.#runs.get(name) ?? 0)
    }
    return 'hot'
  }

  /** After something failed: all is well again once everything is. */
  #savedIntoBroken(program: Program): Verdict {
    // What the new program leaves out fails the update that has it all the same: updates are whole.
    const isHeld = hasBroken(program, closureOf(this.#running, entryName))
    return isHeld || problemsOf(program, entryName).length > 0 ? 'waiting' : 'either'
  }

  /** What is wrong with what the process tells of itself. */
  faults(seen: Seen, program: Program): string[] {
    const loaded = closureOf(program, entryName)
    const expected = freshAnswer(program)
    const faults: string[] = []
    if (seen.to.join(' ') !== expected.join(' ')) {
      faults.push(
        `it answers\n  ${seen.to.join(' ').slice(0, 600)}\nin place of\n  ${expected.join(' ')}`,
      )
    }
    for (const { name, disposes } of program.modules) {
      const open = disposes === 'no' && !seen.open[name] ? undefined : (seen.open[name] ?? 0)
      const isOpen = loaded.has(name) ? 1 : 0
      if (open !== undefined && open !== isOpen)
        faults.push(`${open} open in ${name}, ${isOpen} running`)
      if (this.#isBroken) continue
      const runs = seen.runs[name] ?? 0
      if (this.#uncounted.has(name)) {
        this.#runs.set(name, runs)
        this.#pruned.set(name, runs)
        continue
      }
      const expectedRuns = this.#runs.get(name) ?? 0
      if (runs !== expectedRuns)
        faults.push(`${name} was evaluated ${runs} times, not ${expectedRuns}`)
      const shared = expectedRuns - (this.#pruned.get(name) ?? 0)
      if (loaded.has(name) && seen.data[name] !== shared) {
        faults.push(`the data of ${name} counts ${seen.data[name]}, not ${shared}`)
      }
    }
    return [...faults, ...seen.errors.filter((each) => /^(disposed|order)/.test(each))]
  }

  /** All is well again: what was evaluated meanwhile is not known. */
  healed(program: Program, seen: Seen): void {
    this.#isBroken = false
    this.#running = program
    this.#uncounted.clear()
    const loaded = closureOf(program, entryName)
    for (const { name } of program.modules) {
      const runs = seen.runs[name] ?? 0
      this.#runs.set(name, runs)
      // What has left the program has left its data.
      this.#pruned.set(name, loaded.has(name) ? runs - (seen.data[name] ?? 0) : runs)
    }
  }
}

function hasBroken(program: Program, names: Iterable<string>): boolean {
  return [...names].some((name) => ['syntax', 'throws'].includes(moduleOf(program, name).state))
}

/** The changed modules and all between them and what accepts them. */
function stalePath(
  running: Program,
  loaded: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): Set<string> {
  const stale = new Set<string>()
  const visit = (name: string): void => {
    if (stale.has(name) || !loaded.has(name)) return
    stale.add(name)
    const { acceptsItself, declines } = moduleOf(running, name)
    if (declines) stale.add(entryName)
    if (acceptsItself !== 'no') return
    for (const importer of loaded) {
      const module = moduleOf(running, importer)
      const imports = module.loads.some((load) => importedBy(load) === name)
      if (imports && (module.declines || !acceptsDependency(module, name))) visit(importer)
    }
  }
  for (const name of changed) visit(name)
  return stale
}

/** The running program with some modules as they are on disk, and those that were not loaded. */
function withVersions(running: Program, program: Program, stale: ReadonlySet<string>): Program {
  const loaded = closureOf(running, entryName)
  return {
    ...program,
    modules: program.modules.map((module) =>
      loaded.has(module.name) && !stale.has(module.name) ? moduleOf(running, module.name) : module,
    ),
  }
}
