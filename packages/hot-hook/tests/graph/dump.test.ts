import { describe, expect, it } from 'vitest'
import { dump, explain, ownFiles } from '../../src/graph/dump.ts'
import { TestGraph, TestRules } from '../harness/graph.ts'

function server(): TestGraph {
  return new TestGraph()
    .entry('root/server.js')
    .edge('root/server.js', 'root/app.js', 'boundary')
    .edge('root/app.js', 'root/lib/db.js')
    .edge('root/server.js', 'root/config.js')
    .edge('root/app.js', 'linked/shared.js')
}

describe('dump', () => {
  it('gives each module with its edges, paths relative to the root', () => {
    const graph = server()
    graph.node('root/app.js').version = 3
    expect(dump(graph, '/root', new TestRules())).toEqual([
      {
        path: 'server.js',
        boundary: false,
        reloadable: false,
        version: 0,
        dependencies: ['app.js', 'config.js'],
        dependents: [],
      },
      {
        path: 'app.js',
        boundary: true,
        reloadable: true,
        version: 3,
        dependencies: ['lib/db.js', '../linked/shared.js'],
        dependents: ['server.js'],
      },
      {
        path: 'lib/db.js',
        boundary: false,
        reloadable: true,
        version: 0,
        dependencies: [],
        dependents: ['app.js'],
      },
      {
        path: 'config.js',
        boundary: false,
        reloadable: false,
        version: 0,
        dependencies: [],
        dependents: ['server.js'],
      },
      {
        path: '../linked/shared.js',
        boundary: false,
        reloadable: true,
        version: 0,
        dependencies: [],
        dependents: ['app.js'],
      },
    ])
  })

  it('calls a module that accepts itself a boundary', () => {
    const [, , , config] = dump(server(), '/root', new TestRules({ selves: ['root/config.js'] }))
    expect(config).toMatchObject({ path: 'config.js', boundary: true, reloadable: true })
  })

  it('leaves out directories in which a missing file is waited for', () => {
    const graph = server().edge('root/app.js', 'root/views')
    graph.node('root/views').isMissing = true
    const modules = dump(graph, '/root', new TestRules())
    expect(modules.map(({ path }) => path)).not.toContain('views')
    expect(modules[1]?.dependencies).not.toContain('views')
  })
})

describe('explain', () => {
  it('names the boundaries at which a change stops', () => {
    const graph = server().edge('root/server.js', 'root/admin.js', 'boundary')
    graph.edge('root/admin.js', 'root/lib/db.js')
    expect(explain(graph.node('root/lib/db.js'), new TestRules())).toEqual({
      file: '/root/lib/db.js',
      outcome: 'hot',
      boundaries: ['/root/app.js', '/root/admin.js'],
      chain: [],
    })
  })

  it('counts modules that accept as boundaries', () => {
    const rules = new TestRules({ pairs: ['root/server.js root/config.js'] })
    expect(explain(server().node('root/config.js'), rules)).toMatchObject({
      outcome: 'hot',
      boundaries: ['/root/server.js'],
    })
  })

  it('shows the path of a full reload', () => {
    expect(explain(server().node('root/config.js'), new TestRules())).toEqual({
      file: '/root/config.js',
      outcome: 'full-reload',
      boundaries: [],
      chain: ['/root/config.js', '/root/server.js'],
    })
  })
})

describe('ownFiles', () => {
  it('are those that run, but for ignored packages', () => {
    const graph = server()
    graph.node('linked/shared.js').isIgnored = true
    graph.node('root/lib/db.js').running = undefined
    graph.ensure('/root/named.js', 'file:///root/named.js').isIgnored = true
    expect(ownFiles(graph)).toEqual(['/root/server.js', '/root/app.js', '/root/config.js'])
  })
})
