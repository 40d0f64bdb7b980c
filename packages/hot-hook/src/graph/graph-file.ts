import { isDynamicBoundary } from './dump.ts'
import type { Edge, EdgeKind, ModuleGraph, ModuleNode } from './module-graph.ts'
import { type AcceptRules, unreloadableModules } from './propagate.ts'

/**
 * What a file is in the program, the first that holds:
 * - `entry`: importing the program starts here;
 * - `ignored`: in an ignored package, and it imports a module that is not;
 * - `restart`: a change that reaches it is a full reload: it matches `reload`, it declined, it cannot
 *   be loaded twice, or it was loaded before Hot Hook;
 * - `accepting`: it accepts itself or something that it imports;
 * - `boundary`: some `import()` asks for it each time;
 * - `resource`: no module, a file or a directory that modules watch;
 * - `wiring`: an `import()` has asked for it while the program started up;
 * - `module`: any other.
 */
export type FileKind =
  | 'entry'
  | 'ignored'
  | 'restart'
  | 'accepting'
  | 'boundary'
  | 'resource'
  | 'wiring'
  | 'module'

/** How a file asks for another one. */
export interface GraphEdge {
  /** The one that it asks for, absolute path. */
  file: string
  kinds: EdgeKind[]
  /** A change of the other one stops here. */
  accepted: boolean
}

/** One file of the program, for those who draw it. */
export interface GraphFile {
  /** Absolute path. */
  file: string
  kind: FileKind
  /** A save of it would be hot. */
  reloadable: boolean
  /** 0 until the file has changed. */
  version: number
  /** It has changed, and the program has not loaded it yet. */
  stale: boolean
  imports: GraphEdge[]
  /** Who asks for it, absolute paths. */
  importers: string[]
}

/** The graph for those who draw it, in the order in which the files were first seen. */
export function graphFiles(graph: ModuleGraph, rules: AcceptRules): GraphFile[] {
  const hard = unreloadableModules(graph.modules(), rules)
  return [...graph.modules()].filter(isShown).map((node) => ({
    file: node.file,
    kind: kindOf(node, rules),
    reloadable: !hard.has(node),
    version: node.version,
    stale: node.isStale,
    imports: [...node.imports.values()]
      .filter(({ dependency }) => isShown(dependency))
      .map((edge) => ({
        file: edge.dependency.file,
        kinds: [...edge.kinds.keys()],
        accepted: isAccepted(edge, rules),
      })),
    importers: [...node.importers.keys()].filter(isShown).map(({ file }) => file),
  }))
}

function isShown(node: ModuleNode): boolean {
  return !node.isMissing && !node.isOnlyNamed
}

function isAccepted({ importer, dependency }: Edge, rules: AcceptRules): boolean {
  return rules.accepts(importer, dependency) && !rules.declines(importer)
}

function kindOf(node: ModuleNode, rules: AcceptRules): FileKind {
  const edges = [...node.importers.values()]
  if (node.isEntry) return 'entry'
  if (node.isIgnored) return 'ignored'
  if (node.unreloadable !== undefined || node.isOutside || rules.declines(node)) return 'restart'
  if (rules.acceptsSelf(node)) return 'accepting'
  if ([...node.imports.values()].some((edge) => isAccepted(edge, rules))) return 'accepting'
  if (isDynamicBoundary(node)) return 'boundary'
  if (node.isResource) return 'resource'
  return edges.some(({ kinds }) => kinds.has('start-up')) ? 'wiring' : 'module'
}
