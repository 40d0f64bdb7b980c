import dagre from '@dagrejs/dagre'
import { hierarchy, pack } from 'd3-hierarchy'
import type { FileNode } from '../model.ts'

/** Where one file is; the place is its middle. */
export interface Place {
  file: FileNode
  x: number
  y: number
  width: number
  height: number
}

export interface FolderPlace {
  path: string
  /** What of the path its parent does not say. */
  name: string
  x: number
  y: number
  radius: number
  files: number
}

export interface Layout {
  kind: 'layers' | 'folders'
  places: Place[]
  byPath: Map<string, Place>
  folders: FolderPlace[]
  bounds: { left: number; top: number; right: number; bottom: number }
}

/** Up to so many files are told apart in layers. */
export const mostInLayers = 150

interface Folder {
  path: string
  folders: Map<string, Folder>
  files: FileNode[]
}

type Packed = { folder: Folder } | { file: FileNode }

const fileRadius = 20
/** How much room each file has in its folder. */
export const fileDiameter = 2 * fileRadius

/** Circles in circles: each folder holds its files, nothing overlaps. */
export function layoutFolders(files: readonly FileNode[]): Layout {
  const root = hierarchy<Packed>({ folder: folderTree(files) }, (node) => {
    if (!('folder' in node)) return []
    const { folder } = node
    return [
      ...[...folder.folders.values()].map((inner) => ({ folder: inner })),
      ...folder.files.map((file) => ({ file })),
    ]
  })
  root.count()
  const packed = pack<Packed>()
    .radius(() => fileRadius)
    .padding((node) => (node.children?.some(({ children }) => children) ? 14 : 4))(root)
  const places: Place[] = []
  const folders: FolderPlace[] = []
  for (const node of packed.descendants()) {
    const { x, y, r } = node
    if ('file' in node.data) {
      places.push({ file: node.data.file, x, y, width: fileDiameter, height: fileDiameter })
      continue
    }
    const { path } = node.data.folder
    const parent = node.parent && 'folder' in node.parent.data ? node.parent.data.folder.path : ''
    const name = parent === '' ? path : path.slice(parent.length + 1)
    if (path !== '') folders.push({ path, name, x, y, radius: r, files: node.value ?? 0 })
  }
  return finish('folders', places, folders)
}

/** Importers left of what they import. */
export function layoutLayers(
  files: readonly FileNode[],
  widthOf: (file: FileNode) => number,
): Layout {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 56, marginx: 20, marginy: 20 })
  graph.setDefaultEdgeLabel(() => ({}))
  const shown = new Set(files)
  for (const file of files) graph.setNode(file.path, { width: widthOf(file), height: 40 })
  for (const file of files) {
    for (const link of file.imports) {
      if (shown.has(link.file) && link.file !== file) graph.setEdge(file.path, link.file.path)
    }
  }
  dagre.layout(graph)
  const places = files.map((file) => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(file.path)
    return { file, x, y, width, height }
  })
  return finish('layers', places, [])
}

function finish(kind: Layout['kind'], places: Place[], folders: FolderPlace[]): Layout {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  const include = (x: number, y: number, width: number, height: number) => {
    bounds.left = Math.min(bounds.left, x - width)
    bounds.right = Math.max(bounds.right, x + width)
    bounds.top = Math.min(bounds.top, y - height)
    bounds.bottom = Math.max(bounds.bottom, y + height)
  }
  for (const { x, y, width, height } of places) include(x, y, width / 2, height / 2)
  for (const { x, y, radius } of folders) include(x, y, radius, radius)
  const byPath = new Map(places.map((place) => [place.file.path, place]))
  return { kind, places, byPath, folders, bounds }
}

function folderTree(files: readonly FileNode[]): Folder {
  const root: Folder = { path: '', folders: new Map(), files: [] }
  for (const file of files) {
    let at = root
    for (const name of file.folder.split('/').filter(Boolean)) {
      let inner = at.folders.get(name)
      if (!inner) {
        inner = {
          path: at.path === '' ? name : `${at.path}/${name}`,
          folders: new Map(),
          files: [],
        }
        at.folders.set(name, inner)
      }
      at = inner
    }
    at.files.push(file)
  }
  for (const inner of root.folders.values()) collapse(inner, root)
  return root
}

/** A folder that holds nothing but one folder is drawn as that one. */
function collapse(folder: Folder, parent: Folder): void {
  for (const inner of [...folder.folders.values()]) collapse(inner, folder)
  const [only] = folder.folders.values()
  if (!only || folder.folders.size > 1 || folder.files.length > 0) return
  for (const [name, value] of parent.folders) {
    if (value === folder) parent.folders.set(name, only)
  }
}
