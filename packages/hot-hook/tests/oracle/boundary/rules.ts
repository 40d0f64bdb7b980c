import { anyError, problemsOf } from './fresh.ts'
import {
  closureOf,
  entryName,
  evaluatedWith,
  type Load,
  type Module,
  moduleOf,
  type Program,
} from './program.ts'
import { uncertainIn } from './uncertain.ts'

/** What the rules say about a save. */
export type Verdict =
  /** No path reaches the entry: a full reload is a fault. */
  | 'hot'
  /** A path reaches the entry: a full reload has to be asked for. */
  | 'reload'
  /** Either is right, as long as the answers are. */
  | 'either'
  /** What needs a full reload does not compile: the old program runs on. */
  | 'waiting'
  /** It may wait for what does not compile: whether a start requires that is not told from the text. */
  | 'unsure'

/**
 * The rules of propagation, as simple as they can be said: a file that the entry has loaded while
 * it started needs a full reload, all others are hot.
 */
export class Rules {
  readonly #started: Program
  /** Wiring that was asked for again later, by importer and target. */
  readonly #asked = new Set<string>()
  /** The same, by a program that runs on while something is broken. */
  readonly #askedByOld = new Set<string>()
  /** What was asked for in questions, by importer and target: no other `import()` holds its target. */
  readonly #taken = new Set<string>()
  /** The modules that run, as they were when a route over them was last answered without an error. */
  readonly #running = new Map<string, Module>()
  /** What they import in versions that loads have failed with since. */
  readonly #tried = new Map<string, Load[]>()
  /** What CommonJS modules have required while they were evaluated, by importer and target. */
  readonly #required = new Set<string>()
  /** What helpers were to load for others, by helper and target. */
  readonly #helped = new Set<string>()
  /** What may have to be evaluated at the next question. */
  readonly #stale: Set<string>
  #current: Program
  /** A save may have led to a full reload, which may be told only later. */
  mayReload = false

  /** @param program what the process was started with */
  constructor(program: Program) {
    this.#started = program
    this.#current = program
    this.#stale = new Set(program.modules.map(({ name }) => name))
  }

  /**
   * What has to follow when a save has made `program` of the sources.
   *
   * @param changed modules whose files were changed by this save
   * @param changedSinceStart modules whose files are not what the process was started with
   */
  saved(
    program: Program,
    changed: ReadonlySet<string>,
    changedSinceStart: ReadonlySet<string>,
  ): Verdict {
    for (const each of [this.#whole, this.#current, program]) this.#makeStale(each, changed)
    this.#current = program
    this.#makeOrphansStale()
    const verdict = this.#verdict(program, changed, changedSinceStart)
    if (verdict !== 'hot') this.mayReload = true
    return verdict
  }

  #verdict(
    program: Program,
    changed: ReadonlySet<string>,
    changedSinceStart: ReadonlySet<string>,
  ): Verdict {
    const wiring = [...this.#wiring()].filter((name) => changedSinceStart.has(name))
    if (wiring.length === 0) {
      const uncertain = uncertainIn([this.#started, this.#whole, this.#current])
      const isBroken = (name: string) => moduleOf(program, name).state === 'syntax'
      // What may need a full reload may wait for it as well.
      if ([...changedSinceStart].some((name) => uncertain.has(name) && isBroken(name))) {
        return 'unsure'
      }
      // What was saved and not asked for since may be asked for by such an import only now.
      const due = [...changedSinceStart].filter((name) => this.#stale.has(name))
      return [...changed, ...due].some((name) => uncertain.has(name)) ? 'either' : 'hot'
    }
    const states = wiring.map((name) => moduleOf(program, name).state)
    const isGone = moduleOf(program, entryName).state === 'missing'
    const isBoundary = wiring.every((name) => !this.#wiring(this.#askedByOld).has(name))
    if (isBoundary) return states.includes('syntax') ? 'unsure' : 'either'
    if (isGone) return 'waiting'
    const problems = problemsOf(program, entryName)
    const isBroken = problems.some((each) => each === anyError || each.startsWith('syntax'))
    // One that the entry no longer comes to may hold back nothing.
    if (states.includes('syntax')) return isBroken ? 'waiting' : 'unsure'
    if (isBroken) return 'unsure'
    if (states.includes('missing')) return 'either'
    if (!problems.every((each) => each.startsWith('throws'))) return 'either'
    return this.#mayWait(program, wiring, changedSinceStart) ? 'unsure' : 'reload'
  }

  /**
   * A CommonJS file that was saved may name a broken one, or what leads to it, in a function; of what a
   * helper has loaded it is not known who asked.
   */
  #mayWait(
    program: Program,
    wiring: readonly string[],
    changedSinceStart: ReadonlySet<string>,
  ): boolean {
    const uncertain = uncertainIn([this.#started, this.#whole, this.#current])
    const isAmbiguous = wiring.some((name) => moduleOf(program, name).syntax === 'commonjs')
    return program.modules.some(
      ({ name, state }) =>
        state === 'syntax' && changedSinceStart.has(name) && (isAmbiguous || uncertain.has(name)),
    )
  }

  /**
   * The route of `load` was answered, for which `ran` was evaluated.
   *
   * @param isFresh the answer is the one of the last save: one before it leaves things to evaluate
   * @returns what should not have been evaluated, or not twice
   */
  answered(load: Load, ran: readonly string[], isFresh: boolean): string[] {
    const isWhole = (name: string) => problemsOf(this.#current, name).length === 0
    const surplus = ran.filter(
      (name, index) => isWhole(name) && (!this.#stale.has(name) || ran.indexOf(name) !== index),
    )
    // Of a load that failed without a stack it is not known who has failed: all may be tried again.
    const problems = problemsOf(this.#current, load.target)
    if (isFresh && problems.every((each) => each.startsWith('throws'))) {
      const isDone = (name: string) =>
        [...closureOf(this.#current, name, true)].every(
          (each) => isWhole(each) && this.#helpedBy(this.#current, each).every(isWhole),
        )
      for (const name of ran.filter(isDone)) this.#stale.delete(name)
    }
    for (const name of closureOf(this.#current, load.target, true)) {
      const tried = [...(this.#tried.get(name) ?? []), ...moduleOf(this.#current, name).loads]
      if (problems.length > 0) this.#tried.set(name, tried)
      else if (isFresh) this.#tried.delete(name)
    }
    this.#askLoad(entryName, load, new Set())
    return surplus
  }

  /** The program as it is now, where what was wiring and is asked again is a boundary. */
  get asAsked(): Program {
    const modules = this.#current.modules.map((module) => ({
      ...module,
      loads: module.loads.map((load) =>
        load.kind === 'warm' && this.#asked.has(`${module.name} ${load.target}`)
          ? { ...load, kind: 'lazy' as const }
          : load,
      ),
    }))
    return { ...this.#current, modules }
  }

  /** While something fails, the old program runs on: what it imports counts as well. */
  get #whole(): Program {
    const { modules } = this.#current
    return {
      ...this.#current,
      modules: modules.map((each) => {
        const running = this.#running.get(each.name) ?? each
        return { ...running, loads: [...running.loads, ...(this.#tried.get(each.name) ?? [])] }
      }),
    }
  }

  /** All that has a changed file under it may be evaluated once more. */
  #makeStale(program: Program, changed: ReadonlySet<string>): void {
    for (const { name } of program.modules) {
      const below = closureOf(program, name, true)
      // The set grows while it is walked.
      for (const each of below) {
        for (const more of this.#keptBy(program, each)) below.add(more)
        for (const target of this.#helpedBy(program, each)) {
          for (const more of closureOf(program, target, true)) below.add(more)
        }
      }
      if ([...below].some((each) => changed.has(each))) this.#stale.add(name)
    }
  }

  /**
   * What a CommonJS module has required and still names counts as required: Node does not ask again. A
   * helper may name anything.
   */
  #keptBy(program: Program, name: string): string[] {
    const module = moduleOf(program, name)
    if (module.syntax !== 'commonjs') return []
    for (const { name: required } of evaluatedWith(module)) {
      this.#required.add(`${name} ${required}`)
    }
    const isNamed = (target: string) =>
      module.isHelper || module.loads.some((load) => load.kind === 'lazy' && load.target === target)
    const kept = [...this.#required].map((edge) => edge.split(' ') as [string, string])
    return kept
      .filter(([importer, target]) => importer === name && isNamed(target))
      .flatMap(([, target]) => [...closureOf(program, target, true)])
  }

  /** What a helper has loaded for others, and may load again for all that is known of it. */
  #helpedBy(program: Program, helper: string): string[] {
    for (const { target, via } of program.modules.flatMap(({ loads }) => loads)) {
      if (via) this.#helped.add(`${via} ${target}`)
    }
    const helped = [...this.#helped].map((edge) => edge.split(' ') as [string, string])
    return helped.filter(([via]) => via === helper).map(([, target]) => target)
  }

  /** What nobody has imported is pruned, and evaluated again when somebody does. */
  #makeOrphansStale(): void {
    const reached = new Set<string>()
    const booted = new Set<string>()
    const visit = (name: string, boots: boolean): void => {
      const known = boots ? booted : reached
      if (known.has(name)) return
      known.add(name)
      for (const { kind, target, via } of moduleOf(this.#current, name).loads) {
        const isLater = kind === 'lazy' || kind === 'lazyHelper' || (kind === 'boot' && !boots)
        if (!isLater || this.#taken.has(`${name} ${target}`)) visit(target, false)
        if (kind === 'calls') visit(target, true)
        if (via) visit(via, false)
      }
    }
    visit(entryName, false)
    for (const { name, loads } of this.#current.modules) {
      if (!reached.has(name)) this.#stale.add(name)
      for (const edge of this.#taken) {
        const [importer, target] = edge.split(' ')
        const isThere = reached.has(name) && loads.some((load) => load.target === target)
        if (importer === name && !isThere) this.#taken.delete(edge)
      }
    }
  }

  /** What the entry has loaded while it started, without what was asked for again later. */
  #wiring(asked: ReadonlySet<string> = new Set()): Set<string> {
    const found = new Set<string>()
    const booted = new Set<string>()
    const visit = (name: string, boots: boolean): void => {
      const known = boots ? booted : found
      if (known.has(name)) return
      known.add(name)
      found.add(name)
      for (const next of evaluatedWith(moduleOf(this.#started, name), boots)) {
        const edge = `${name} ${next.name}`
        if (!this.#asked.has(edge) && !asked.has(edge)) visit(next.name, next.boots)
      }
    }
    visit(entryName, false)
    return found
  }

  #askLoad(importer: string, { kind, target }: Load, seen: Set<string>): void {
    if (kind === 'reexport' || kind === 'star' || kind === 'boot') return
    this.#taken.add(`${importer} ${target}`)
    const isOld = problemsOf(this.#current, importer).length > 0
    if (kind === 'warm') (isOld ? this.#askedByOld : this.#asked).add(`${importer} ${target}`)
    if (kind !== 'calls') this.#ask(target, seen)
    else {
      for (const each of moduleOf(this.#current, target).loads) {
        if (each.kind === 'boot') this.#ask(each.target, seen)
      }
    }
  }

  #ask(name: string, seen: Set<string>): void {
    if (seen.has(name)) return
    seen.add(name)
    const isOld = problemsOf(this.#current, name).length > 0
    if (!isOld) {
      for (const each of closureOf(this.#current, name, true)) {
        this.#running.set(each, moduleOf(this.#current, each))
      }
    }
    const old = this.#running.get(name) ?? moduleOf(this.#started, name)
    const { loads } = isOld ? old : moduleOf(this.#current, name)
    for (const load of loads) this.#askLoad(name, load, seen)
  }
}
