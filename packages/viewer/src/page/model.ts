import type { FileKind } from 'hot-hook/protocol'
import type { EdgeKind, WireGraph, WireLoad } from '../wire.ts'

export interface Link {
  file: FileNode
  kinds: EdgeKind[]
  accepted: boolean
}

/** One file as the page knows it. */
export interface FileNode {
  index: number
  path: string
  name: string
  /** '' at the root. */
  folder: string
  kind: FileKind
  hot: boolean
  version: number
  stale: boolean
  loaded: WireLoad | undefined
  imports: Link[]
  importers: Link[]
}

export interface Model {
  root: string
  files: FileNode[]
  byPath: Map<string, FileNode>
  edges: number
  /** Says when the picture has to be laid out again. */
  shape: string
}

export const emptyModel: Model = { root: '', files: [], byPath: new Map(), edges: 0, shape: '' }

/** Links what the wire says with numbers. */
export function readModel(graph: WireGraph): Model {
  const files = graph.files.map((file, index): FileNode => {
    const slash = file.path.lastIndexOf('/')
    return {
      index,
      path: file.path,
      name: file.path.slice(slash + 1),
      folder: slash < 0 ? '' : file.path.slice(0, slash),
      kind: file.kind,
      hot: file.hot,
      version: file.version,
      stale: file.stale,
      loaded: file.loaded,
      imports: [],
      importers: [],
    }
  })
  let edges = 0
  graph.files.forEach(({ imports }, index) => {
    const importer = files[index]
    for (const { to, kinds, accepted } of imports) {
      const file = files[to]
      if (!importer || !file) continue
      importer.imports.push({ file, kinds, accepted })
      file.importers.push({ file: importer, kinds, accepted })
      edges++
    }
  })
  const byPath = new Map(files.map((file) => [file.path, file]))
  const shape = graph.files
    .map(({ path, imports }) => `${path}>${imports.map(({ to }) => to).join()}`)
    .join('\n')
  return { root: graph.root, files, byPath, edges, shape }
}

/** A path of an event, which is absolute, as the files of the graph are named. */
export function shorten(path: string, root: string): string {
  const unix = path.replaceAll('\\', '/')
  const base = root.replaceAll('\\', '/')
  const prefix = base.endsWith('/') ? base : `${base}/`
  return unix.startsWith(prefix) ? unix.slice(prefix.length) : unix
}
