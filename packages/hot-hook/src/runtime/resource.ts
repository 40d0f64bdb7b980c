import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { realPath } from '../files/directory.ts'
import { lookAtResource } from '../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'

/** The file that a module means by a path of its own or a file URL, `undefined` when it is neither. */
export function resourceFile({ file }: ModuleNode, path: unknown): string | undefined {
  if (path instanceof URL) return path.protocol === 'file:' ? fileURLToPath(path) : undefined
  if (typeof path !== 'string' || path === '') return undefined
  if (path.startsWith('file:')) return fileURLToPath(path)
  return /^[a-z]{2,}:/i.test(path) ? undefined : resolve(dirname(file), path)
}

/**
 * Notes that `version` of `module` depends on a file that it does not import, which need not exist,
 * or on the entries of a directory. As modules are, it is known by its real path.
 */
export function watchResource(
  graph: ModuleGraph,
  module: ModuleNode,
  version: number,
  file: string,
): ModuleNode {
  const path = realPath(file) ?? file
  const node = graph.ensure(path, pathToFileURL(path).href)
  if (node.isMissing) {
    node.isMissing = false
    node.running = undefined
  }
  graph.link(module, node, 'watch', version)
  lookAtResource(node)
  return node
}
