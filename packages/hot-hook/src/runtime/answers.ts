import { ownFiles } from '../graph/dump.ts'
import type { Explanation } from '../graph/dump-types.ts'
import { graphFiles } from '../graph/graph-file.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { ResolvedOptions } from '../options/options.ts'
import type { Answer, Question } from '../reload/protocol.ts'
import type { WatchState } from '../watch/freshness.ts'
import type { Registry } from './registry.ts'

interface AnswersHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
  readonly registry: Registry
  readonly freshness: { readonly isSettling: boolean; readonly watch: WatchState | undefined }
  readonly changes: { report(files: string[]): void }
  readonly updater: { idle(): Promise<void> }
  readonly heldReload: { readonly isHeld: boolean }
  explain(file: string): Explanation
}

/** How long a file in the middle of a save is waited for, in milliseconds. */
const patience = 1_000
const lookAgain = 10

/** What the runner is answered. */
export class Answers {
  readonly #host: AnswersHost

  constructor(host: AnswersHost) {
    this.#host = host
  }

  async to(question: Question): Promise<Answer> {
    const { graph, registry, options } = this.#host
    const id = question.id === undefined ? {} : { id: question.id }
    switch (question.type) {
      case 'hot-hook:dump': {
        const { rootDirectory } = options
        return { type: 'hot-hook:dumped', ...id, rootDirectory, files: graphFiles(graph, registry) }
      }
      case 'hot-hook:explain': {
        const files = question.files ?? ownFiles(graph)
        const explained = files.map((file) => this.#host.explain(file))
        return { type: 'hot-hook:explained', ...id, files: explained }
      }
      case 'hot-hook:settle':
        await this.#settle()
        return { type: 'hot-hook:settled', ...id, ...this.#state() }
    }
  }

  /** Sees to everything that was saved until now. */
  async #settle(): Promise<void> {
    const { graph, freshness, changes, updater } = this.#host
    const deadline = performance.now() + patience
    changes.report([...graph.modules()].map(({ file }) => file))
    // The system may have told the watcher in this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    while (freshness.isSettling || (freshness.watch?.pending.size ?? 0) > 0) {
      if (performance.now() > deadline) break
      await new Promise<void>((resolve) => void setTimeout(resolve, lookAgain).unref())
    }
    await updater.idle()
  }

  #state(): { stale: string[]; isHeld: boolean } {
    const stale = [...this.#host.graph.modules()].filter(isBehind)
    return { stale: stale.map(({ file }) => file), isHeld: this.#host.heldReload.isHeld }
  }
}

/** The program has not got what is on disk. */
function isBehind(node: ModuleNode): boolean {
  if (node.isMissing || node.isOnlyNamed || node.isIgnored || node.isOutside) return false
  return node.isResource ? node.isDue : node.wasLoaded && !node.isCurrent
}
