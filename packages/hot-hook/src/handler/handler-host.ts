import type { EventBus } from '../events.ts'
import { importChain } from '../graph/import-chain.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { describeError } from '../log/log.ts'
import type { ResolvedOptions } from '../options/options.ts'
import type { Changes } from '../runtime/changes.ts'
import type { Reporter } from '../runtime/reporter.ts'
import type { Updater } from '../runtime/updater.ts'
import type { Visits } from '../runtime/visits.ts'
import type { Freshness } from '../watch/freshness.ts'
import type { FailedLoad } from './error-report.ts'
import type { MountsHost } from './mounts.ts'

interface HandlerRooms {
  readonly graph: ModuleGraph
  readonly events: EventBus
  readonly visits: Visits
  readonly freshness: Freshness
  readonly changes: Changes
  readonly updater: Updater
  readonly reporter: Reporter
  /** `undefined` until Hot Hook runs. */
  options(): ResolvedOptions | undefined
}

/** The runtime as handlers see it. */
export class HandlerHost implements MountsHost {
  readonly #rooms: HandlerRooms
  readonly visits: Visits
  #isRunning = false

  constructor(rooms: HandlerRooms) {
    this.#rooms = rooms
    this.visits = rooms.visits
  }

  get isRunning(): boolean {
    // Once it runs, it does to the end.
    this.#isRunning ||= this.#rooms.options() !== undefined
    return this.#isRunning
  }

  isCurrent(epoch: number): boolean {
    const { graph, updater, freshness } = this.#rooms
    // What was loaded while it did not run has no epoch of the graph's.
    if (epoch !== graph.epoch) return !this.isRunning
    return updater.due === undefined && freshness.isQuiet
  }

  get epoch(): number {
    return this.#rooms.graph.epoch
  }

  load(run: () => unknown): ReturnType<Visits['load']> {
    return this.visits.load(run)
  }

  get isHeard(): boolean {
    return this.#rooms.freshness.isHeard
  }

  due(): Promise<void> | undefined {
    const { freshness, changes, updater } = this.#rooms
    const changed = freshness.checkProgram()
    if (changed.length > 0) changes.apply(changed)
    return updater.due
  }

  onError(told: (error: unknown, file: string) => void): void {
    this.#rooms.events.on('error', ({ error, file }) => told(error, file))
  }

  failedLoad(error: unknown, file: string | undefined, app: ModuleNode | undefined): FailedLoad {
    const { graph } = this.#rooms
    const { root, rootDirectory = process.cwd() } = this.#rooms.options() ?? {}
    return {
      error,
      file: file ?? app?.file ?? root ?? rootDirectory,
      description: describeError(error),
      rootDirectory,
      chainTo: (path) => {
        const node = graph.get(path)
        return node ? importChain(node).map((link) => link.file) : []
      },
    }
  }

  failed({ file, error }: FailedLoad): void {
    this.#rooms.reporter.failed({ file, error, phase: 'load' })
  }
}
