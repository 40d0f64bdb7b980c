import type { ModuleGraph, ModuleNode } from '../../graph/module-graph.ts'
import { isCached } from './commonjs.ts'

/**
 * CommonJS that has failed is empty for the next ES module that imports the same URL, also for one that was
 * linked with it before it failed: who asks gets a version of its own.
 */
export function renew(node: ModuleNode, graph: ModuleGraph): void {
  if (!node.isLeftOver) return
  // Of an ES module that has thrown Node keeps the error.
  const isEmpty = node.isCommonJs
    ? hasFailed(node)
    : node.thrown !== node.version && [...graph.closure(node)].some(hasFailed)
  if (isEmpty) node.version = graph.nextVersion()
}

function hasFailed(node: ModuleNode): boolean {
  return node.isCommonJs && node.isLeftOver && !isCached(node)
}
