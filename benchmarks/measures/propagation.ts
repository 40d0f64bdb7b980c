import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ModuleGraph } from '../../packages/hot-hook/src/graph/module-graph.ts'
import { propagate } from '../../packages/hot-hook/src/graph/propagate.ts'
import { packageDirectory } from '../candidates/set-up.ts'
import { FigureBook } from '../harness/figure-book.ts'
import type { Column } from '../harness/figures.ts'
import type { Measure } from './measure.ts'

/** `[importer, dependency]`; module 0 is behind an `import()` of the entry. */
type Edges = [number, number][]

function tree(size: number, fanOut = 10): Edges {
  return Array.from({ length: size - 1 }, (_, index) => [Math.floor(index / fanOut), index + 1])
}

/** A tree whose lower half imports its last module too. */
function sharedTree(size: number): Edges {
  const half = Math.floor(size / 2)
  return [
    ...tree(size),
    ...Array.from({ length: size - 1 - half }, (_, index): [number, number] => [
      half + index,
      size - 1,
    ]),
  ]
}

function ladder(depth: number): Edges {
  return Array.from({ length: depth }, (_, level): Edges => {
    const [top, left, right, next] = [3 * level, 3 * level + 1, 3 * level + 2, 3 * level + 3]
    return [
      [top, left],
      [top, right],
      [left, next],
      [right, next],
    ]
  }).flat()
}

const chain = (size: number): Edges =>
  Array.from({ length: size - 1 }, (_, index) => [index, index + 1])

interface Shape {
  name: string
  edges: Edges
  changed: number
}

const shapes: Shape[] = [
  { name: 'tree of 10,000, shared module', edges: sharedTree(10_000), changed: 9_999 },
  { name: 'tree of 10,000, leaf', edges: tree(10_000), changed: 9_998 },
  ...[5, 10, 15, 20, 25, 30].map((depth) => ({
    name: `ladder of ${depth}`,
    edges: ladder(depth),
    changed: 3 * depth,
  })),
  { name: 'ladder of 3,333', edges: ladder(3_333), changed: 9_999 },
  { name: 'chain of 100,000', edges: chain(100_000), changed: 99_999 },
]

/** Builds the graph once and returns what a change does, to be called again and again. */
function ours({ edges, changed }: Shape): () => number {
  const graph = new ModuleGraph()
  const node = (index: number | 'entry') => {
    const file = `/program/${index}.js`
    return graph.ensure(file, pathToFileURL(file).href)
  }
  node('entry').isEntry = true
  graph.link(node('entry'), node(0), 'boundary', 0)
  for (const [importer, dependency] of edges) {
    graph.link(node(importer), node(dependency), 'static', 0)
  }
  return () => {
    const plan = propagate([node(changed)])
    if (plan.kind !== 'hot') throw new Error(`expected a hot plan, got ${plan.reason}`)
    return plan.stale.size
  }
}

/** The same with hot-hook 1.0's dependency tree. */
async function hotHook1({ edges, changed }: Shape): Promise<() => number> {
  const file = join(packageDirectory('hot-hook-1'), 'build', 'src', 'dependency_tree.js')
  const { default: DependencyTree } = await import(pathToFileURL(file).href)
  const program = new DependencyTree({ root: 'entry' })
  program.addDependency('entry', { path: '0', reloadable: true })
  for (const [importer, dependency] of edges) {
    program.addDependency(String(importer), { path: String(dependency), reloadable: false })
  }
  return () => program.invalidateFileAndDependents(String(changed)).size
}

export const propagation: Measure = {
  id: 'propagation',
  title: 'Propagation alone',
  async run({ candidates, quick, progress }) {
    const book = new FigureBook()
    const limitMs = quick ? 500 : 5_000
    for (const candidate of candidates) {
      if (candidate.id !== 'hot-hook' && candidate.id !== 'hot-hook-1') continue
      let slow: string | undefined
      for (const shape of shapes) {
        progress(`${candidate.label}: ${shape.name}`)
        if (slow && candidate.id === 'hot-hook-1' && !shape.name.startsWith('tree')) {
          book.close(candidate.id, shape.name, 'did not finish', `not tried: ${slow} took too long`)
          continue
        }
        await book.attempt(candidate.id, shape.name, async () => {
          const change = candidate.id === 'hot-hook' ? ours(shape) : await hotHook1(shape)
          const ms: number[] = []
          const modules: number[] = []
          const startedAt = performance.now()
          // One call cannot be interrupted: five diamonds more take an enumerator of paths 32 times as long.
          const isSlow = () => performance.now() - startedAt > limitMs / 32
          while (ms.length < 50 && (ms.length === 0 || performance.now() - startedAt < limitMs)) {
            const began = performance.now()
            modules.push(change())
            ms.push(performance.now() - began)
            if (ms.length === 1 && isSlow() && !shape.name.startsWith('tree')) slow = shape.name
          }
          return { ms, modules }
        })
      }
    }
    return {
      id: 'propagation',
      title: 'Propagation alone',
      about:
        'From a changed module up to the boundary, in the graph itself: no file, no process. Only hot-hook and its 1.0 can be asked that way. 1.0 is stopped at the first shape that takes it too long.',
      figures: book.figures,
      columns: shapes.map(
        ({ name }): Column => ({
          title: name,
          scenario: name,
          metric: 'ms',
          statistic: 'median',
          unit: 'ms',
          spread: true,
        }),
      ),
      plots: [],
    }
  },
}
