/** One module of `hot.dump()`; paths are relative to the root directory. */
export interface DumpedModule {
  path: string
  /** A dynamic-import boundary, or a module that accepts itself. */
  boundary: boolean
  /** A save of it would be hot. */
  reloadable: boolean
  version: number
  dependencies: string[]
  dependents: string[]
}

/** What a save of one file would do; paths are absolute. */
export interface Explanation {
  file: string
  outcome: 'hot' | 'full-reload' | 'ignored' | 'not-loaded'
  /** Where the change would stop. */
  boundaries: string[]
  /** From the file to what makes it a full reload; empty when it is hot. */
  chain: string[]
  /** What would make it hot, where it is not: the two modules, then the lines to write. */
  advice?: string
}
