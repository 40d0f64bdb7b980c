import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { readText, stamp } from '../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { fileOf, isOwn } from './instances/module-url.ts'
import { parseModule } from './sources/lexer.ts'

/**
 * Notes what was loaded before Hot Hook: the entry that calls `init`, and what is in require.cache.
 * It cannot be reloaded, but a save of it can be told, and a path that comes to it ends there.
 */
export function noteOutside(
  graph: ModuleGraph,
  entry: string,
  isIgnored: (file: string) => boolean,
): ModuleNode[] {
  const nodes = [outside(graph, entry)]
  for (const file of Object.keys(createRequire(import.meta.url).cache)) {
    if (isIgnored(file) || graph.get(file) || isOwn(pathToFileURL(file).href)) continue
    nodes.push(outside(graph, file))
  }
  return nodes
}

/** Notes what these import with relative paths: ES modules that were linked before Hot Hook. */
export function noteImportsOf(
  nodes: readonly ModuleNode[],
  graph: ModuleGraph,
  isIgnored: (file: string) => boolean,
): ModuleNode[] {
  const queue = [...nodes]
  for (const node of queue) {
    for (const file of staticImports(node)) {
      if (isIgnored(file)) continue
      const known = graph.get(file)
      const dependency = known ?? outside(graph, file)
      graph.link(node, dependency, 'static', 0)
      if (!known) queue.push(dependency)
    }
  }
  return queue
}

function outside(graph: ModuleGraph, file: string): ModuleNode {
  const node = graph.ensure(file, pathToFileURL(file).href)
  const stamped = stamp(file)
  node.isOutside = true
  node.running ??= 0
  node.signature = { ...stamped, readAt: Date.now(), source: readText(file) }
  return node
}

function staticImports({ signature, url }: ModuleNode): string[] {
  try {
    const files: string[] = []
    for (const record of parseModule(signature?.source ?? '')[0]) {
      if (record.type !== 'static' && record.type !== 'reexport-star') continue
      if (record.typeOnly || !/^(?:\.{0,2}\/|file:)/.test(record.specifier)) continue
      files.push(fileOf(new URL(record.specifier, url).href))
    }
    return files.filter((file) => readText(file) !== undefined)
  } catch {
    return []
  }
}
