import { describe, expect, it } from 'vitest'
import type { Acceptance } from '../../src/graph/propagate.ts'
import { endless, isSelf, keyOf, withoutReplaced } from '../../src/runtime/acceptances.ts'
import { names, TestGraph } from '../harness/graph.ts'

function graphOf(...edges: string[]): TestGraph {
  const graph = new TestGraph()
  for (const edge of edges) {
    const [importer = '', dependency = ''] = edge.split('>')
    graph.edge(importer, dependency)
  }
  return graph
}

const acceptance = (graph: TestGraph, module: string, dependency = module): Acceptance => ({
  module: graph.node(module),
  dependency: graph.node(dependency),
})

function kept(graph: TestGraph, acceptances: Acceptance[]): string[] {
  return withoutReplaced(graph, acceptances).map(({ module, dependency }) =>
    names([module, dependency]).join(' '),
  )
}

it('an acceptance is one of the module itself, or of another', () => {
  const graph = graphOf('a>b')
  expect([isSelf(acceptance(graph, 'a')), isSelf(acceptance(graph, 'a', 'b'))]).toEqual([
    true,
    false,
  ])
  const keys = [
    acceptance(graph, 'a', 'b'),
    acceptance(graph, 'b', 'a'),
    acceptance(graph, 'a'),
    acceptance(graph, 'a', 'b'),
  ].map(keyOf)
  expect(new Set(keys).size).toBe(3)
  expect(keys[0]).toBe(keys[3])
})

describe('who accepts a dependency', () => {
  it('is called back unless it is itself loaded again with it', () => {
    const graph = graphOf('server>a', 'a>b', 'b>c')
    const given = [acceptance(graph, 'a', 'b'), acceptance(graph, 'b', 'c')]
    graph.node('c').version = 1
    expect(kept(graph, given)).toEqual(['a b', 'b c'])
    graph.node('b').version = 1
    expect(kept(graph, given)).toEqual(['a b'])
  })

  it('is called back where others are loaded again that it imports', () => {
    const graph = graphOf('a>b', 'b>c', 'c>d')
    const given = [
      acceptance(graph, 'a', 'b'),
      acceptance(graph, 'b', 'c'),
      acceptance(graph, 'c', 'd'),
    ]
    for (const name of ['c', 'd']) graph.node(name).version = 1
    expect(kept(graph, given)).toEqual(['a b', 'b c'])
  })

  it('is called back when it is stale and nothing that is loaded imports it', () => {
    const graph = graphOf('server>a', 'a>b')
    graph.node('a').version = 1
    expect(kept(graph, [acceptance(graph, 'a', 'b')])).toEqual(['a b'])
  })
})

describe('who accepts itself', () => {
  it('is loaded again while somebody asks for it, or nobody ever did', () => {
    const graph = graphOf('server>a')
    expect(kept(graph, [acceptance(graph, 'a'), acceptance(graph, 'server')])).toEqual([
      'a a',
      'server server',
    ])
  })

  it('is not when the new versions of all its importers ask for it no more', () => {
    const graph = graphOf('x>a', 'y>a')
    const given = [acceptance(graph, 'a')]
    const save = (name: string, source: string) => {
      const node = graph.node(name)
      node.hasChanged = true
      node.signature = { mtimeMs: 0, ctimeMs: 0, size: 0, readAt: 0, source }
    }
    save('x', '')
    expect(kept(graph, given)).toEqual(['a a'])
    save('y', '')
    expect(kept(graph, given)).toEqual([])
    save('y', "import './a'")
    expect(kept(graph, given)).toEqual(['a a'])
  })
})

it('a change that its acceptor refuses again is a full reload, with the way it went', () => {
  const graph = graphOf('a>b')
  const reason = 'its accept callback refused the same change twice'
  const [a, b] = [graph.node('a'), graph.node('b')]
  expect(endless(acceptance(graph, 'a', 'b'))).toEqual({
    kind: 'full-reload',
    module: b,
    chain: [b, a],
    reason,
  })
  expect(endless(acceptance(graph, 'a')).chain).toEqual([a])
})
