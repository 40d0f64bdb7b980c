import type { ModuleNode } from '../../graph/module-graph.ts'
import type { ModuleInstance } from '../instances/module-instance.ts'
import { requiredSpecifiers } from './commonjs.ts'

/** Specifiers of `import()` and lazy `require()` calls that a module has not come to yet. */
export function waitingImports(node: ModuleNode, instance: ModuleInstance | undefined): string[] {
  const asked = new Set<string>()
  for (const edge of node.imports.values()) {
    for (const specifier of edge.specifiers.keys()) asked.add(specifier)
  }
  const required = node.isCommonJs
    ? requiredSpecifiers(node.signature?.source ?? '').specifiers
    : new Set<string>()
  const written = new Set([...(instance?.lexed?.dynamics ?? []), ...required])
  return [...written].filter((specifier) => !asked.has(specifier))
}
