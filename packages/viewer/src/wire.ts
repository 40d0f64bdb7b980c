import type { EventRecord, FileKind, GraphFile } from 'hot-hook/protocol'

export type EdgeKind = GraphFile['imports'][number]['kinds'][number]

/** What the page is told of a program; files are named by their place in `files`. */
export interface WireGraph {
  /** What relative paths start from, absolute path. */
  root: string
  files: WireFile[]
}

export interface WireFile {
  /** From the root, with forward slashes; absolute when it is elsewhere. */
  path: string
  kind: FileKind
  /** A save of it would be hot. */
  hot: boolean
  version: number
  /** It has changed, and the program has not loaded it yet. */
  stale: boolean
  imports: WireEdge[]
  /** How it was last loaded; missing where that was at the start. */
  loaded?: WireLoad
}

export interface WireEdge {
  /** Place in `files` of what is asked for. */
  to: number
  kinds: EdgeKind[]
  /** A change of it stops here. */
  accepted: boolean
}

export interface WireLoad {
  /** In milliseconds since 1970. */
  time: number
  /** The whole update, in milliseconds. */
  durationMs: number
  /** How many modules were loaded in it. */
  modules: number
}

/** A record with its place in the stream. */
export interface WireEvent {
  id: number
  record: EventRecord
}

/** What a save of one file would do; paths as in `WireFile`. */
export interface WireExplanation {
  path: string
  outcome: 'hot' | 'full-reload' | 'ignored' | 'not-loaded'
  boundaries: string[]
  chain: string[]
  advice?: string
}

/** What the page starts with. */
export interface Boot {
  /** Where everything else is asked for, with the token; missing in a page that stands alone. */
  base?: string
  /** A page that stands alone has it all. */
  graph?: WireGraph
  explanations?: WireExplanation[]
  title: string
  /** The page comes from the program itself, not from its runner. */
  endsWithProcess?: boolean
}
