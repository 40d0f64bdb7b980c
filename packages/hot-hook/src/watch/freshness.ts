import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import { missingSource } from '../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { ContentCheck } from './content-check.ts'
import { eventLoopTurn, type LoopMoment, nodeTiming } from './event-loop.ts'
import { loadMs, Ration } from './ration.ts'

/** Under load a check may take one part in so many of the time. */
const ration = 20
/** The same where all that a watcher can hear of is known. */
const rationWhenKnown = 10_000
const nothing: readonly ModuleNode[] = []

/** A clock of low resolution may say that looking at a file took no time. */
const leastFileMs = 0.001

/** What the file watcher knows, kept up to date by it. */
export interface WatchState {
  /** Files that it was told of and has not handed on yet. */
  readonly pending: ReadonlySet<string>
  /**
   * Every save of every file that it was given reaches it before a request that was sent after the
   * save is read, once the event loop has waited: Linux then queues both in the order in which
   * they happen.
   */
  readonly isPrompt: boolean
  /** When it last heard of something, or was about to hand something on. */
  readonly heard?: LoopMoment | undefined
  /** The turn of the event loop in which the system told it of something last: of all, then. */
  readonly toldIn?: number
}

export interface FreshnessHost {
  /** This file was in the middle of a save and has to be looked at again. */
  recheck(file: ModuleNode): void
  /** A file is there, but cannot be read any more; told once until it can be. */
  unreadable?(file: ModuleNode, error: Error): void
}

/**
 * Compares files with what was loaded of them. The watcher's word and an `import()` both end here,
 * so that a save counts once, whoever saw it first.
 */
export class Freshness {
  readonly #graph: ModuleGraph
  readonly #host: FreshnessHost
  readonly #rations = new WeakMap<ModuleNode, Ration>()
  readonly #program = new Ration()
  /** The last turn of the event loop in which the program was asked for, and whether all was heard of then. */
  #programTurn = -1
  #isProgramHeard = false
  /** How long the event loop had waited by then, and of that since the turn before it. */
  #programIdleMs = 0
  #programWaitedMs = 0
  /** How long it had waited when all files were looked at, and will have when that is due under load. */
  #programLookedMs = 0
  #programLookMs = 0
  readonly #contents: ContentCheck<ModuleNode>
  /** What this turn of the event loop has read. */
  readonly #justRead = new Set<ModuleNode>()
  /** The last turn of the event loop with an import. */
  #turn = -1
  /**
   * It is known that the event loop has waited in front of this turn, or that the watcher was told in it.
   * Otherwise a connection that had a request in the turn before can come in front of the watcher in the
   * system's queue.
   */
  #hasWaited = false
  #idleMs = 0
  /** What it costs to look at one file, in milliseconds. */
  #fileMs = leastFileMs

  constructor(graph: ModuleGraph, host: FreshnessHost) {
    this.#graph = graph
    this.#host = host
    this.#contents = new ContentCheck((file) => host.recheck(file))
  }

  /** Whether files are in the middle of a save. */
  get isSettling(): boolean {
    return this.#contents.isSettling
  }

  /** Whether this file is in the middle of a save: it is looked at again when that ends. */
  settles(file: ModuleNode): boolean {
    return this.#contents.settles(file)
  }

  /** What the watcher of this process knows, when it has one. */
  watch: WatchState | undefined

  /** Whether what is saved waits: then nothing is looked at. */
  isPaused = false

  /** The files under `boundary` that were saved since they were loaded, as the event loop's load allows. */
  checkBoundary(boundary: ModuleNode): ModuleNode[] {
    const known = this.#ration(boundary)
    const { changed, isComplete } = this.#checkRationed(known)
    if (!isComplete) return changed
    // What is loaded now may import what others have loaded and nobody has looked at.
    const isLoadDue = !boundary.isCurrent || changed.length > 0
    return isLoadDue ? [...changed, ...this.#checkOthers(known.files)] : changed
  }

  /**
   * Whether a prompt watcher has heard of all that was saved before now, as far as that is known.
   * Otherwise it has at the end of this turn of the event loop: `setImmediate`.
   */
  get isHeard(): boolean {
    if (this.watch?.isPrompt !== true) return true
    const turn = eventLoopTurn()
    if (turn === this.#programTurn) return this.#isProgramHeard
    const idleMs = nodeTiming().idleTime
    this.#programWaitedMs = idleMs - this.#programIdleMs
    this.#programIdleMs = idleMs
    // Who was in the system's queue before it waited came in front.
    this.#isProgramHeard = this.#programWaitedMs > 0 && turn === this.#programTurn + 1
    this.#programTurn = turn
    return this.#isProgramHeard
  }

  /** Whether `isHeard`, and `checkProgram` would look at nothing: all that is asked with most requests. */
  get isQuiet(): boolean {
    if (this.watch?.isPrompt !== true || this.watch.pending.size > 0 || !this.isHeard) return false
    return this.#programWaitedMs <= loadMs && this.#programIdleMs < this.#programLookMs
  }

  /**
   * The files of the program that were saved since they were loaded, for who asks with every request:
   * where the watcher is prompt, its word is nearly all that it takes, once it has heard.
   */
  checkProgram(): readonly ModuleNode[] {
    const known = this.#program
    if (known.revision !== this.#graph.revision) {
      known.files = [...this.#graph.modules()]
      known.revision = this.#graph.revision
    }
    const { watch } = this
    if (watch?.isPrompt !== true) return this.#checkRationed(known).changed
    if (this.isPaused) return []
    if (watch.pending.size > 0) {
      const changed = this.#checkPending(watch)
      if (changed.length > 0) return changed
    }
    // Saves on some disks are heard of by nobody. While the event loop rests there is time to look.
    const part = this.#programWaitedMs > loadMs ? ration : rationWhenKnown
    const sinceMs = this.#programIdleMs - this.#programLookedMs
    const isDue = sinceMs >= known.files.length * this.#fileMs * part
    if (isDue) this.#programLookedMs = this.#programIdleMs
    const changed = isDue ? this.#checkAll(known, performance.now()) : nothing
    const restMs = known.files.length * this.#fileMs * rationWhenKnown
    this.#programLookMs = this.#programLookedMs + restMs
    return changed
  }

  #checkRationed(known: Ration): { changed: ModuleNode[]; isComplete: boolean } {
    if (this.isPaused) return { changed: [], isComplete: false }
    const now = performance.now()
    const { watch } = this
    const turn = this.#currentTurn()
    const isLoad = known.isLoad(turn, now)
    const costMs = known.files.length * this.#fileMs
    const isTooSoon = now - known.checkedAt < costMs * ration
    const isKnown = watch?.isPrompt === true && this.#hasWaited
    if (isKnown || (isTooSoon && isLoad)) {
      const changed = this.#checkPending(watch)
      // What the watcher has heard of is all that was saved, as far as it hears.
      if (isTooSoon || changed.length > 0) return { changed, isComplete: false }
    }
    return { changed: this.#checkAll(known, now), isComplete: true }
  }

  #checkAll(known: Ration, now: number): ModuleNode[] {
    const { reads } = this.#contents
    const changed = this.check(known.files)
    known.checkedAt = performance.now()
    // Reading files again is the price of a save, not of a check.
    if (reads === this.#contents.reads) this.#noteCost((known.checkedAt - now) / known.files.length)
    return changed
  }

  #checkOthers(files: readonly ModuleNode[]): ModuleNode[] {
    const checked = new Set(files)
    return this.check([...this.#graph.modules()].filter((node) => !checked.has(node)))
  }

  /** Those of `files` whose content differs from what was loaded; each save is found once. */
  check(files: Iterable<ModuleNode>): ModuleNode[] {
    const changed: ModuleNode[] = []
    for (const file of files) if (this.#hasChanged(file)) changed.push(file)
    return changed
  }

  /** As `check`, by absolute paths. */
  checkPaths(paths: Iterable<string>): ModuleNode[] {
    const nodes = new Set<ModuleNode>()
    for (const path of paths) {
      // An entry of a directory that is watched, or in which an import was not found, counts there.
      for (const file of [path, dirname(path)]) {
        const node = this.#graph.get(file)
        if (node) nodes.add(node)
      }
    }
    return this.check(nodes)
  }

  /** Whether the import that loads this file has just looked at it, and read what is its signature. */
  isJustRead(node: ModuleNode): boolean {
    if (!this.#justRead.has(node) || this.#turn !== eventLoopTurn()) return false
    return (node.signature?.mtimeMs ?? -1) >= 0
  }

  /** Those of the files that the watcher has heard of. */
  #checkPending(watch: WatchState | undefined): ModuleNode[] {
    return watch && watch.pending.size > 0 ? this.checkPaths(watch.pending) : []
  }

  /** One slow check (a cold start, a busy machine) says little: it must come again to count. */
  #noteCost(fileMs: number): void {
    this.#fileMs = Math.max(leastFileMs, Math.min(fileMs, this.#fileMs * 2))
  }

  #ration(boundary: ModuleNode): Ration {
    let known = this.#rations.get(boundary)
    if (!known) {
      known = new Ration()
      this.#rations.set(boundary, known)
    }
    if (known.revision !== this.#graph.revision) {
      known.files = [...this.#graph.closure(boundary)]
      known.revision = this.#graph.revision
    }
    return known
  }

  /** A number for this turn of the event loop. */
  #currentTurn(): number {
    const turn = eventLoopTurn()
    if (turn !== this.#turn) {
      const { idleTime } = nodeTiming()
      const own = { turn: this.#turn, idleMs: this.#idleMs }
      const { heard = own } = this.watch ?? {}
      const last = heard.turn > own.turn ? heard : own
      this.#hasWaited =
        turn === this.watch?.toldIn || (turn === last.turn + 1 && idleTime > last.idleMs)
      this.#turn = turn
      this.#idleMs = idleTime
      this.#justRead.clear()
    }
    return turn
  }

  #hasChanged(node: ModuleNode): boolean {
    const known = node.signature
    const hasChanged = this.#contents.hasChanged(node)
    const source = node.signature?.source
    const isRead = node.signature !== known && source !== undefined
    if (isRead && this.#turn === eventLoopTurn()) this.#justRead.add(node)
    if (hasChanged && source === missingSource) this.#tellUnreadable(node)
    return hasChanged
  }

  #tellUnreadable(node: ModuleNode): void {
    const error = obstacleOf(node.file)
    if (error) this.#host.unreadable?.(node, error)
  }
}

/** Why a file that is there cannot be read. */
function obstacleOf(file: string): Error | undefined {
  try {
    accessSync(file, constants.R_OK)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : (error as Error)
  }
}
