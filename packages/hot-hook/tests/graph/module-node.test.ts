import { describe, expect, it } from 'vitest'
import { ModuleNode } from '../../src/graph/module-graph.ts'
import { TestGraph } from '../harness/graph.ts'

const known = (source: string | undefined) => ({
  mtimeMs: 1,
  ctimeMs: 1,
  size: 1,
  readAt: 2,
  source,
})

describe('a module', () => {
  it('is nothing yet when it is new', () => {
    expect(new ModuleNode('/a', 'file:///a')).toMatchObject({
      version: 0,
      running: undefined,
      wasLoaded: false,
      isEntry: false,
      isIgnored: false,
      isOutside: false,
      isCommonJs: false,
      isWronglyImported: false,
      isMissing: false,
      hasChanged: false,
      timesAsked: 0,
    })
  })

  it('may ask for what its new source names; for anything while that is not known', () => {
    const graph = new TestGraph()
    const [app, model] = [graph.node('app.js'), graph.node('lib/model.ts')]
    app.signature = known('export {}')
    expect(app.mayAskFor(model)).toBe(true)
    app.hasChanged = true
    expect(app.mayAskFor(model)).toBe(false)
    expect(app.mayAskFor(graph.node('lib/index.js'))).toBe(true)
    app.signature = known("import './lib/model.js'")
    expect(app.mayAskFor(model)).toBe(true)
    app.signature = known(undefined)
    expect(app.mayAskFor(model)).toBe(true)
    app.signature = undefined
    expect(app.mayAskFor(model)).toBe(true)
  })

  it('is only named until it runs, is the entry, imports or is imported', () => {
    const graph = new TestGraph()
    const named = (name: string) => graph.ensure(`/${name}`, `file:///${name}`)
    const [alone, entry, importer, imported] = ['a', 'b', 'c', 'd'].map(named) as [
      ModuleNode,
      ModuleNode,
      ModuleNode,
      ModuleNode,
    ]
    entry.isEntry = true
    graph.link(importer, imported, 'static', 0)
    expect([alone, entry, importer, imported].map((node) => node.isOnlyNamed)).toEqual([
      true,
      false,
      false,
      false,
    ])
    alone.running = 0
    expect(alone.isOnlyNamed).toBe(false)
  })

  it('is a resource as long as it is only watched, and due when who watches it is stale', () => {
    const graph = new TestGraph()
      .edge('app.js', 'query.sql', 'watch')
      .edge('b.js', 'query.sql', 'watch')
    const query = graph.node('query.sql')
    expect(query.isResource).toBe(false)
    query.running = undefined
    expect([query.isResource, query.isDue]).toEqual([true, false])
    graph.node('app.js').version = 1
    expect([query.isDue, query.isStale]).toEqual([true, false])
    graph.link(graph.node('b.js'), query, 'static', 0)
    expect([query.isResource, query.isDue]).toEqual([false, false])
    expect(new ModuleNode('/a', 'file:///a').isResource).toBe(false)
  })

  it('is due as long as the version that runs is not the latest', () => {
    const node = new TestGraph().node('a.js')
    expect(node.isDue).toBe(false)
    node.version = 1
    expect(node.isDue).toBe(true)
  })
})

describe('an edge', () => {
  it('is an import unless the dependency is only watched', () => {
    const graph = new TestGraph().edge('a', 'watched', 'watch').edge('a', 'imported')
    graph.edge('a', 'both', 'watch').edge('a', 'both', 'boundary')
    const edges = [...graph.node('a').imports.values()]
    expect(edges.map(({ isImport }) => isImport)).toEqual([false, true, true])
    expect(edges.map(({ propagates }) => propagates)).toEqual([true, true, true])
  })
})
