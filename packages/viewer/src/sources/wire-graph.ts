import { isAbsolute, relative, sep } from 'node:path'
import type { Explanation } from 'hot-hook/protocol'
import type { WireExplanation, WireGraph, WireLoad } from '../wire.ts'
import type { ProgramGraph } from './source.ts'

/** A file as the page names it: from the root, with forward slashes; absolute when it is elsewhere. */
export function wirePath(file: string, root: string): string {
  const path = relative(root, file)
  const shown = path === '' || path.startsWith('..') || isAbsolute(path) ? file : path
  return sep === '/' ? shown : shown.replaceAll(sep, '/')
}

/** The graph as the page gets it. */
export function wireGraph(
  { rootDirectory, files: all }: ProgramGraph,
  loads: ReadonlyMap<string, WireLoad> = new Map(),
): WireGraph {
  // A package is of interest by what it imports.
  const files = all.filter(({ kind, imports }) => kind !== 'ignored' || imports.length > 0)
  const places = new Map(files.map(({ file }, place) => [file, place]))
  return {
    root: rootDirectory,
    files: files.map((file) => {
      const loaded = loads.get(file.file)
      return {
        path: wirePath(file.file, rootDirectory),
        kind: file.kind,
        hot: file.reloadable,
        version: file.version,
        stale: file.stale,
        imports: file.imports.flatMap(({ file: dependency, kinds, accepted }) => {
          const to = places.get(dependency)
          return to === undefined ? [] : [{ to, kinds, accepted }]
        }),
        ...(loaded && { loaded }),
      }
    }),
  }
}

/** What a save would do, as the page gets it. */
export function wireExplanation(explanation: Explanation, root: string): WireExplanation {
  const { file, outcome, boundaries, chain, advice } = explanation
  return {
    path: wirePath(file, root),
    outcome,
    boundaries: boundaries.map((each) => wirePath(each, root)),
    chain: chain.map((each) => wirePath(each, root)),
    ...(advice !== undefined && { advice }),
  }
}
