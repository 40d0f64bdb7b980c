import { describe, expect, it } from 'vitest'
import { ModuleGraph } from '../../src/graph/module-graph.ts'
import { names, TestGraph } from '../harness/graph.ts'

describe('modules', () => {
  it('are one for each file, whatever the query of the URL', () => {
    const graph = new ModuleGraph()
    const node = graph.ensure('/a.js', 'file:///a.js')
    expect(graph.ensure('/a.js', 'file:///a.js?user=1')).toBe(node)
    expect(graph.get('/a.js')).toBe(node)
    expect(graph.getByUrl('file:///a.js')).toBe(node)
    expect(graph.getByUrl('file:///a.js?user=1')).toBe(node)
    expect(graph.size).toBe(1)
  })

  it('are not stale before they were evaluated, nor when the latest version runs', () => {
    const graph = new ModuleGraph()
    const node = graph.ensure('/a.js', 'file:///a.js')
    node.version = graph.nextVersion()
    expect(node.isStale).toBe(false)
    node.running = 0
    expect(node.isStale).toBe(true)
    node.running = node.version
    expect(node.isStale).toBe(false)
  })

  it('are no modules as long as others only watch them, and due with those', () => {
    const graph = new ModuleGraph()
    const [file, module] = [graph.ensure('/q', 'file:///q'), graph.ensure('/m', 'file:///m')]
    expect(file.isResource).toBe(false)
    const edge = graph.link(module, file, 'watch', 0)
    expect([file.isResource, edge.isImport, edge.propagates]).toEqual([true, false, true])
    module.running = 0
    expect([file.isStale, file.isDue]).toEqual([false, false])
    module.version = graph.nextVersion()
    expect([file.isStale, file.isDue]).toEqual([false, true])
    graph.link(module, file, 'static', 1)
    expect([file.isResource, edge.isImport]).toEqual([false, true])
  })

  it('come in the order of their first appearance', () => {
    const graph = new TestGraph().edge('c', 'a').edge('b', 'c')
    expect(names(graph.modules())).toEqual(['c', 'a', 'b'])
  })
})

describe('edges', () => {
  it('hold each kind with the latest version that asked', () => {
    const graph = new TestGraph()
    const [a, b] = [graph.node('a'), graph.node('b')]
    const edge = graph.link(a, b, 'static', 0)
    expect(graph.link(a, b, 'boundary', 2)).toBe(edge)
    graph.link(a, b, 'static', 3)
    graph.link(a, b, 'static', 1)
    expect([...edge.kinds]).toEqual([
      ['static', 3],
      ['boundary', 2],
    ])
  })

  it('propagate a change unless all of them are boundaries', () => {
    const graph = new TestGraph()
    const edge = graph.link(graph.node('a'), graph.node('b'), 'boundary', 0)
    expect(edge.propagates).toBe(false)
    graph.link(graph.node('a'), graph.node('b'), 'start-up', 0)
    expect(edge.propagates).toBe(true)
  })

  it('change the revision when there are more or fewer of them, and only then', () => {
    const graph = new TestGraph().edge('a', 'b')
    const before = graph.revision
    graph.edge('a', 'b')
    expect(graph.revision).toBe(before)
    graph.edge('a', 'b', 'boundary')
    expect(graph.revision).toBeGreaterThan(before)
    const withBoundary = graph.revision
    graph.commit(graph.node('a'), 1, () => false)
    expect(graph.revision).toBeGreaterThan(withBoundary)
  })
})

describe('commit', () => {
  it('forgets what only older versions asked for and returns what lost an importer', () => {
    const graph = new TestGraph().edge('a', 'old').edge('a', 'kept')
    const a = graph.node('a')
    graph.link(a, graph.node('kept'), 'static', 1)
    a.hasChanged = true
    expect(names(graph.commit(a, 1, () => false))).toEqual(['old'])
    expect(names(a.imports.keys())).toEqual(['kept'])
    expect(graph.node('old').importers.size).toBe(0)
    expect(a).toMatchObject({ running: 1, hasChanged: false })
  })

  it('keeps of an edge what the new version will ask for once it gets there', () => {
    const graph = new TestGraph().edge('a', 'b', 'boundary').edge('a', 'b').edge('a', 'c')
    const lost = graph.commit(graph.node('a'), 1, (_, kind) => kind === 'boundary')
    expect(names(lost)).toEqual(['c'])
    expect([...(graph.node('a').imports.get(graph.node('b'))?.kinds.keys() ?? [])]).toEqual([
      'boundary',
    ])
  })
})

describe('remove', () => {
  it('takes the module out; it holds what it imports until that is released', () => {
    const graph = new TestGraph().edge('a', 'b').edge('b', 'c')
    const b = graph.node('b')
    graph.remove(b)
    expect(graph.get('/b')).toBeUndefined()
    expect(graph.getByUrl('file:///b')).toBeUndefined()
    expect(graph.node('a').imports.size).toBe(0)
    expect(names(graph.node('c').importers.keys())).toEqual(['b'])
    expect(names(graph.releaseImports(b))).toEqual(['c'])
    expect(graph.node('c').importers.size).toBe(0)
  })

  it('leaves nothing behind under the other URLs of the file', () => {
    const graph = new ModuleGraph()
    const node = graph.ensure('/a.js', 'file:///a.js?made=1')
    graph.ensure('/a.js', 'file:///a.js')
    graph.remove(node)
    expect(graph.getByUrl('file:///a.js')).toBeUndefined()
    expect(graph.getByUrl('file:///a.js?made=1')).toBeUndefined()
  })

  it('gives a file that comes back a version that Node has not loaded', () => {
    const graph = new TestGraph().edge('a', 'b')
    const latest = graph.nextVersion()
    graph.remove(graph.node('b'))
    expect(graph.ensure('/b', 'file:///b').version).toBeGreaterThan(latest)
  })
})

describe('isReachable', () => {
  it('is true below an entry and below an ignored package', () => {
    const graph = new TestGraph().entry('e').edge('e', 'a').edge('a', 'b', 'boundary')
    graph.edge('package', 'c')
    graph.node('package').isIgnored = true
    expect(graph.isReachable(graph.node('b'))).toBe(true)
    expect(graph.isReachable(graph.node('c'))).toBe(true)
  })

  it('is false for a cycle that nobody imports', () => {
    const graph = new TestGraph().entry('e').edge('a', 'b').edge('b', 'a')
    expect(graph.isReachable(graph.node('a'))).toBe(false)
    graph.edge('e', 'b')
    expect(graph.isReachable(graph.node('a'))).toBe(true)
  })

  it('goes up a chain of 100,000 without overflowing the stack', () => {
    const graph = chain(100_000)
    expect(graph.isReachable(graph.node('99999'))).toBe(true)
  })

  it('needs to be asked only once for many modules that share importers', () => {
    const graph = chain(1000)
    const alive = new Set([graph.node('500')])
    graph.node('0').isEntry = false
    expect(graph.isReachable(graph.node('999'), alive)).toBe(true)
    expect(graph.isReachable(graph.node('499'), alive)).toBe(false)
  })
})

describe('closure', () => {
  it('is everything that is evaluated with a module, up to boundaries of their own', () => {
    const graph = new TestGraph().edge('a', 'b').edge('b', 'c', 'start-up').edge('c', 'a')
    graph.edge('b', 'lazy', 'boundary').edge('lazy', 'd')
    expect(names(graph.closure(graph.node('a')))).toEqual(['a', 'b', 'c'])
  })

  it('holds each of 100,000 modules of a chain', () => {
    const graph = chain(100_000)
    expect(graph.closure(graph.node('0')).size).toBe(100_000)
  })
})

/** 0 → 1 → 2 → …, 0 is the entry. */
function chain(length: number): TestGraph {
  const graph = new TestGraph().entry('0')
  for (let index = 1; index < length; index++) graph.edge(String(index - 1), String(index))
  return graph
}
