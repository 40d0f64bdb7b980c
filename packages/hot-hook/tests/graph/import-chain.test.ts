import { expect, it } from 'vitest'
import { importChain } from '../../src/graph/import-chain.ts'
import { names, TestGraph } from '../harness/graph.ts'

const chain = (graph: TestGraph, name: string) => names(importChain(graph.node(name)))

it('leads down from the boundary that is asked for', () => {
  const graph = new TestGraph()
    .edge('server', 'app', 'boundary')
    .edge('app', 'users')
    .edge('users', 'db')
  expect(chain(graph, 'db')).toEqual(['app', 'users', 'db'])
  expect(chain(graph, 'app')).toEqual(['app'])
})

it('leads down from the entry, by a shortest way', () => {
  const graph = new TestGraph()
    .edge('server', 'routes', 'start-up')
    .edge('routes', 'users')
    .edge('users', 'db')
    .edge('server', 'users')
    .entry('server')
  expect(chain(graph, 'db')).toEqual(['server', 'users', 'db'])
})

it('is the module alone where nothing leads to it, also in a circle', () => {
  expect(chain(new TestGraph().edge('a', 'b').edge('b', 'a'), 'a')).toEqual(['a'])
})
