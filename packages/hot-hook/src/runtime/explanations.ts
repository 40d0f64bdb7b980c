import type { Advisor } from '../advice/advisor.ts'
import { explain } from '../graph/dump.ts'
import type { Explanation } from '../graph/dump-types.ts'
import type { ModuleGraph } from '../graph/module-graph.ts'
import type { AcceptRules } from '../graph/propagate.ts'
import { explainedFile } from '../options/explained-file.ts'
import type { Settings } from '../options/settings.ts'

/** Says what a save of a file would do. */
export class Explanations {
  readonly #graph: ModuleGraph
  readonly #rules: AcceptRules
  readonly #advisor: Advisor
  readonly #settings: Settings

  constructor(graph: ModuleGraph, rules: AcceptRules, advisor: Advisor, settings: Settings) {
    this.#graph = graph
    this.#rules = rules
    this.#advisor = advisor
    this.#settings = settings
  }

  /** @throws TypeError for what is no path or file URL */
  of(file: string | URL): Explanation {
    const options = this.#settings.known
    const absolute = explainedFile(file, options?.rootDirectory ?? process.cwd())
    const none = { file: absolute, boundaries: [], chain: [] }
    if (options?.isReload(absolute)) return { ...none, outcome: 'full-reload', chain: [absolute] }
    const node = this.#graph.get(absolute)
    const isIgnored = !node?.isResource && options?.isIgnored(absolute)
    if (isIgnored) return { ...none, outcome: 'ignored' }
    if (!node || node.isMissing || node.isOnlyNamed) return { ...none, outcome: 'not-loaded' }
    const explanation = explain(node, this.#rules)
    const chain = explanation.chain.flatMap((path) => this.#graph.get(path) ?? [])
    const advice = this.#advisor.for(chain)
    return { ...explanation, ...(advice !== undefined && { advice }) }
  }
}
