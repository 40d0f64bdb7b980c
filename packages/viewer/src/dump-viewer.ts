import { hot } from 'hot-hook'
import { standalonePage } from './served/html.ts'
import { hotSource } from './sources/hot-source.ts'
import { wireExplanation, wireGraph } from './sources/wire-graph.ts'
import { titleOf } from './viewer.ts'

/**
 * The module graph of this process as one HTML page that needs nothing else, as in hot-hook 1.x: it
 * shows the program as it is now. `viewer()` is the live one.
 */
export async function dumpViewer(): Promise<string> {
  const program = await hotSource.graph()
  const graph = wireGraph(program ?? { rootDirectory: process.cwd(), files: [] })
  const explanations = (program?.files ?? []).map(({ file }) =>
    wireExplanation(hot.explain(file), graph.root),
  )
  return standalonePage({ title: titleOf(graph.root), graph, explanations })
}
