import module from 'node:module'
import type { ModuleNode } from '../../graph/module-graph.ts'

/** What a module's source came to when it was last asked for. */
const latest = new WeakMap<ModuleNode, { source: string; stripped: string }>()

/**
 * TypeScript as JavaScript that names `sourceUrl` in stack traces, by the compiler that Node itself
 * loads TypeScript with. Left to Node, a reloaded module would be named by the URL of its version.
 * An importer that is loaded again unchanged is not compiled again.
 */
export function stripTypes(node: ModuleNode, source: string, sourceUrl: string): string {
  const known = latest.get(node)
  if (known?.source === source) return known.stripped
  const stripped = strip(source, sourceUrl)
  latest.set(node, { source, stripped })
  return stripped
}

function strip(source: string, sourceUrl?: string): string {
  const { emitWarning } = process
  // Node says that this function is experimental; what it does when Node calls it is not.
  process.emitWarning = () => {}
  try {
    return module.stripTypeScriptTypes(source, { mode: 'strip', ...(sourceUrl && { sourceUrl }) })
  } finally {
    process.emitWarning = emitWarning
  }
}

/** What is no TypeScript in a source, as Node sees it; `undefined` for what it only does not support. */
export function stripSyntaxError(source: string): unknown {
  try {
    strip(source)
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code === 'ERR_INVALID_TYPESCRIPT_SYNTAX'
      ? error
      : undefined
  }
}

/** Whether Node strips types; `--experimental-transform-types` does more, and maps what it moves. */
export const stripsTypes = process.features.typescript === 'strip'
