import { describe, expect, it } from 'vitest'
import { graphFiles } from '../../src/graph/graph-file.ts'
import { TestGraph, TestRules } from '../harness/graph.ts'

function kinds(graph: TestGraph, rules = new TestRules()): Record<string, string> {
  return Object.fromEntries(graphFiles(graph, rules).map(({ file, kind }) => [file, kind]))
}

describe('graphFiles', () => {
  it('gives each file with both directions of its edges, and what a change of it does', () => {
    const graph = new TestGraph()
      .entry('server.js')
      .edge('server.js', 'app.js')
      .edge('server.js', 'app.js', 'start-up')
      .edge('app.js', 'db.js')
    graph.node('db.js').version = 4
    expect(graphFiles(graph, new TestRules({ pairs: ['app.js db.js'] }))).toEqual([
      {
        file: '/server.js',
        kind: 'entry',
        reloadable: false,
        version: 0,
        stale: false,
        imports: [{ file: '/app.js', kinds: ['static', 'start-up'], accepted: false }],
        importers: [],
      },
      {
        file: '/app.js',
        kind: 'accepting',
        reloadable: false,
        version: 0,
        stale: false,
        imports: [{ file: '/db.js', kinds: ['static'], accepted: true }],
        importers: ['/server.js'],
      },
      {
        file: '/db.js',
        kind: 'module',
        reloadable: true,
        version: 4,
        stale: true,
        imports: [],
        importers: ['/app.js'],
      },
    ])
  })

  it('tells what a file is', () => {
    const graph = new TestGraph()
      .entry('server.js')
      .edge('server.js', 'boundary.js', 'boundary')
      .edge('server.js', 'wired.js', 'start-up')
      .edge('plain.js', 'wired.js')
      .edge('server.js', 'plain.js')
      .edge('server.js', 'self.js')
      .edge('server.js', 'addon.node')
      .edge('server.js', 'declines.js')
      .edge('plain.js', 'query.sql', 'watch')
    graph.node('query.sql').running = undefined
    graph.node('addon.node').unreloadable = 'it is a native addon'
    graph.node('package.js').isIgnored = true
    const rules = new TestRules({ selves: ['self.js'], declined: ['declines.js'] })
    expect(kinds(graph, rules)).toEqual({
      '/server.js': 'entry',
      '/boundary.js': 'boundary',
      '/wired.js': 'wiring',
      '/plain.js': 'module',
      '/self.js': 'accepting',
      '/addon.node': 'restart',
      '/declines.js': 'restart',
      '/query.sql': 'resource',
      '/package.js': 'ignored',
    })
  })

  it('leaves out what is not there', () => {
    const graph = new TestGraph().entry('server.js').edge('server.js', 'nowhere')
    graph.node('nowhere').isMissing = true
    expect(graphFiles(graph, new TestRules()).map(({ imports }) => imports)).toEqual([[]])
  })
})
