import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { ModuleGraph } from '../../src/graph/module-graph.ts'
import { resourceFile, watchResource } from '../../src/runtime/resource.ts'

const module = new ModuleGraph().ensure('/app/src/users.js', 'file:///app/src/users.js')

it.each([
  ['./query.sql', '/app/src/query.sql'],
  ['../views/', '/app/views'],
  ['/etc/hosts', '/etc/hosts'],
  ['file:///app/a%20b.sql', '/app/a b.sql'],
  [new URL('file:///app/a%20b.sql'), '/app/a b.sql'],
  ['c:/query.sql', '/app/src/c:/query.sql'],
])('%s is a file', (path, file) => {
  expect(resourceFile(module, path)).toBe(file)
})

it.each([
  'https://example.org/',
  'HTTPS://example.org/',
  'node:fs',
  new URL('https://example.org/'),
  '',
  undefined,
  1,
])('%s is none', (path) => {
  expect(resourceFile(module, path)).toBeUndefined()
})

function directory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-resource-')))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

it('a resource is known by its real path, its content now, and the version that reads it', () => {
  const [graph, path] = [new ModuleGraph(), directory()]
  writeFileSync(join(path, 'real.sql'), 'select 1')
  symlinkSync('real.sql', join(path, 'link.sql'))
  const reader = graph.ensure('/app.js', 'file:///app.js')
  const node = watchResource(graph, reader, 3, join(path, 'link.sql'))
  expect(node.file).toBe(join(path, 'real.sql'))
  expect(node.url).toBe(pathToFileURL(node.file).href)
  expect(node.signature?.source).toBe('select 1')
  expect([...(reader.imports.get(node)?.kinds ?? [])]).toEqual([['watch', 3]])
  expect(watchResource(graph, reader, 4, node.file)).toBe(node)
})

it('one that is not there is known all the same, and stands no longer for what imports do not find', () => {
  const [graph, path] = [new ModuleGraph(), directory()]
  const [file, reader] = [join(path, 'views'), graph.ensure('/app.js', 'file:///app.js')]
  const known = graph.ensure(file, pathToFileURL(file).href)
  known.isMissing = true
  known.running = 0
  expect(watchResource(graph, reader, 0, file)).toBe(known)
  expect(known.isMissing).toBe(false)
  expect(known.isResource).toBe(true)
  expect(known.signature?.size).toBe(-1)
})

it('a module that is watched as well stays one', () => {
  const [graph, path] = [new ModuleGraph(), directory()]
  writeFileSync(join(path, 'a.js'), '')
  const node = graph.ensure(join(path, 'a.js'), pathToFileURL(join(path, 'a.js')).href)
  node.running = 2
  watchResource(graph, graph.ensure('/app.js', 'file:///app.js'), 0, node.file)
  expect(node.running).toBe(2)
})
