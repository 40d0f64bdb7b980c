import type { ModuleNode } from '../graph/module-graph.ts'
import type { AcceptRules } from '../graph/propagate.ts'
import { type Log, shortPath } from '../log.ts'
import type { ResolvedOptions } from '../options.ts'
import { advise } from './advice.ts'
import { isFirstTime, keyOf } from './told.ts'

interface AdvisorHost {
  readonly options: ResolvedOptions
  readonly registry: AcceptRules
  readonly log: Log
}

/** Says what would have made a full reload hot. */
export class Advisor {
  readonly #host: AdvisorHost

  constructor(host: AdvisorHost) {
    this.#host = host
  }

  /** The advice for a path from a changed module to where the walk ended. */
  for(chain: readonly ModuleNode[]): string | undefined {
    const { options, registry, log } = this.#host
    const mayBeBoundary = (file: string) => !options.boundaries || options.isBoundary(file)
    const name = (file: string) => shortPath(file, options.rootDirectory)
    try {
      return advise({ chain, rules: registry, mayBeBoundary, name })
    } catch (error) {
      // It reads sources of any kind, and no save may be lost for it.
      log.debug('no advice for %s: %o', chain[0]?.file, error)
      return undefined
    }
  }

  /** What to add to a line of the log: nothing when the same edge has had its advice before. */
  told(advice: string | undefined): string {
    if (advice === undefined || !isFirstTime(keyOf(advice))) return ''
    const lines = [...advice.split('\n'), seeDoctor]
    return lines.map((line) => `\n  ${line}`).join('')
  }
}

const seeDoctor = 'hot-runner doctor shows the whole picture'
