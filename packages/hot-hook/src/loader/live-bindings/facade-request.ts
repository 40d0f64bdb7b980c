import type { ResolveFnOutput } from 'node:module'
import { readText } from '../../files/signature.ts'
import type { ModuleNode } from '../../graph/module-graph.ts'
import type { ModuleInstance } from '../instances/module-instance.ts'
import { withoutQuery, withoutVersion } from '../instances/module-url.ts'
import { hasAttributes, withoutHot } from '../sources/import-attributes.ts'
import type { Facades, StarTarget } from './facade.ts'

/** A static import, as it was resolved. */
export interface StaticRequest {
  importer: ModuleInstance
  specifier: string
  dependency: ModuleNode
  /** The dependency's instance. */
  resolved: ResolveFnOutput
}

/** How specifiers are resolved for a request. */
export interface RequestResolver {
  /** The URL that a specifier means without a version, `undefined` when it means none. */
  resolve(specifier: string, parentUrl: string | undefined): string | undefined
  /** The instance that a module re-exported with a star has in the importer's load. */
  target(url: string): StarTarget
}

/**
 * The facade that answers a static import when its module accepts the dependency: the URL, why
 * there can be none, or `undefined` when none is needed.
 */
export function requestFacade(
  facades: Facades,
  { importer, specifier, dependency, resolved }: StaticRequest,
  { resolve, target: targetOf }: RequestResolver,
): { url: string } | { problem: string } | undefined {
  const { url, format } = resolved
  const attributes = withoutHot(resolved.importAttributes)
  const parentUrl = importer.node.url
  const file = withoutQuery(url)
  const isMeant = (given: string) => {
    const meant = given === specifier ? url : resolve(given, parentUrl)
    return meant !== undefined && withoutQuery(meant) === file
  }
  const { accepted, statics } = importer.lexed ?? { accepted: [], statics: [] }
  if (![...accepted].some(isMeant)) return undefined
  const spelled = [...statics].includes(specifier) ? specifier : [...statics].find(isMeant)
  const target = { importer, dependency, url, attributes }
  return facades.create(target, spelled ?? specifier, {
    sourceOf: (node) => moduleSource(node, format, node === dependency ? attributes : {}),
    resolveStar: (starParent, given) =>
      targetOf(resolve(given, withoutVersion(starParent)) ?? given),
  })
}

/** The text of an ES module, or one with the exports of JSON; CommonJS names its own when it runs. */
function moduleSource(
  node: ModuleNode,
  format: string | null | undefined,
  attributes: ImportAttributes,
): string | undefined {
  if (hasAttributes(attributes) || node.file.endsWith('.json')) return 'export default 0'
  if (format?.startsWith('commonjs') || /\.c[jt]s$/.test(node.file)) return undefined
  return readText(node.file)
}
