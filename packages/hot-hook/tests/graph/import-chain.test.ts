import { describe, expect, it } from 'vitest'
import { importChain } from '../../src/graph/import-chain.ts'
import { names, TestGraph } from '../harness/graph.ts'

const chainTo = (graph: TestGraph, name: string) => names(importChain(graph.node(name)))

describe('importChain', () => {
  it('leads down from the entry, on the shortest way', () => {
    const graph = new TestGraph()
      .entry('server.js')
      .edge('server.js', 'far.js')
      .edge('far.js', 'near.js')
      .edge('near.js', 'db.js')
      .edge('server.js', 'app.js', 'start-up')
      .edge('app.js', 'db.js')
    expect(chainTo(graph, 'db.js')).toEqual(['server.js', 'app.js', 'db.js'])
    expect(chainTo(graph, 'server.js')).toEqual(['server.js'])
  })

  it('begins at a boundary, which is asked for from outside, whoever else imports it', () => {
    const graph = new TestGraph()
      .entry('server.js')
      .edge('server.js', 'page.js', 'boundary')
      .entry('other.js')
      .edge('other.js', 'page.js')
      .edge('page.js', 'model.js')
    expect(chainTo(graph, 'model.js')).toEqual(['page.js', 'model.js'])
    expect(chainTo(graph, 'page.js')).toEqual(['page.js'])
  })

  it('ends in a cycle that nobody asks for, with the module alone', () => {
    const graph = new TestGraph().edge('a.js', 'b.js').edge('b.js', 'a.js')
    expect(chainTo(graph, 'a.js')).toEqual(['a.js'])
  })

  it('does not go through who only knows the module by its boundary', () => {
    const graph = new TestGraph()
      .entry('server.js')
      .edge('server.js', 'job.js')
      .edge('job.js', 'task.js', 'boundary')
      .edge('task.js', 'lib.js')
    expect(chainTo(graph, 'lib.js')).toEqual(['task.js', 'lib.js'])
  })
})
