import { describe, expect, it } from 'vitest'
import type { Edge, EdgeKind } from '../../src/graph/module-graph.ts'
import { TestGraph } from '../harness/graph.ts'

/** `server.js` in its version 5 asks for `app.js`. */
function asked(kind: EdgeKind): { graph: TestGraph; edge: Edge } {
  const graph = new TestGraph()
  graph.node('server.js').version = 5
  graph.edge('server.js', 'app.js', kind)
  const edge = graph.node('server.js').imports.get(graph.node('app.js'))
  if (!edge) throw new Error('no edge')
  return { graph, edge }
}

describe('what is asked for while the program starts up', () => {
  it('is wiring until each of its calls was made again, and a boundary from then on', () => {
    const { graph, edge } = asked('start-up')
    graph.wire(edge, './app.js')
    graph.wire(edge, './app')
    const { revision } = graph
    expect(graph.askAgain(edge, './app.js')).toBe(false)
    expect([edge.propagates, graph.revision]).toEqual([true, revision])
    expect(graph.askAgain(edge, './app')).toBe(true)
    expect(edge.propagates).toBe(false)
    expect(graph.revision).toBeGreaterThan(revision)
    const later = graph.revision
    expect(graph.askAgain(edge, './app')).toBe(false)
    expect(graph.revision).toBe(later)
    expect(Object.fromEntries(edge.specifiers)).toEqual({
      './app.js': 'boundary',
      './app': 'boundary',
    })
  })

  it('is asked for again by itself unless a module got a new version since', () => {
    const { graph, edge } = asked('start-up')
    graph.wire(edge, './app.js')
    expect(graph.isAskedAgain(edge, './app.js')).toBe(true)
    expect(graph.isAskedAgain(edge, './app')).toBe(false)
    graph.nextVersion()
    expect(graph.isAskedAgain(edge, './app.js')).toBe(false)
    graph.wire(edge, './app.js')
    expect(graph.isAskedAgain(edge, './app.js')).toBe(true)
  })
})

describe('the revision', () => {
  it('grows when one of the ways to ask for a module is gone', () => {
    const { graph, edge } = asked('static')
    graph.link(edge.importer, edge.dependency, 'boundary', 6)
    const { revision } = graph
    graph.commit(edge.importer, 6, () => false)
    expect([...edge.kinds.keys()]).toEqual(['boundary'])
    expect(graph.revision).toBeGreaterThan(revision)
  })

  it('grows when a module is taken out', () => {
    const { graph, edge } = asked('static')
    const { revision } = graph
    graph.remove(edge.dependency)
    expect(graph.revision).toBeGreaterThan(revision)
  })
})

describe('what was taken for a boundary', () => {
  it('is wiring once it is known that the program was still starting up', () => {
    const { graph, edge } = asked('boundary')
    edge.specifiers.set('./app.js', 'boundary')
    edge.specifiers.set('./required.js', 'static')
    const { revision } = graph
    graph.rewire(edge)
    expect([...edge.kinds]).toEqual([['start-up', 5]])
    expect(Object.fromEntries(edge.specifiers)).toEqual({
      './app.js': 'start-up',
      './required.js': 'static',
    })
    expect(graph.isAskedAgain(edge, './app.js')).toBe(true)
    expect(graph.revision).toBeGreaterThan(revision)
  })

  it('stays what it is where it was none', () => {
    const { graph, edge } = asked('static')
    const { revision } = graph
    graph.rewire(edge)
    expect([...edge.kinds]).toEqual([['static', 5]])
    expect(graph.revision).toBe(revision)
  })
})
