import type { EventRecord, Explanation, GraphFile } from 'hot-hook/protocol'

/** The modules of a program. */
export interface ProgramGraph {
  /** What relative paths start from, absolute path. */
  rootDirectory: string
  files: GraphFile[]
}

/** Where a viewer has it from: Hot Hook in this process, or a runner that asks its own. */
export interface Source {
  /** What is in the program now; `undefined` while it is down. */
  graph(): Promise<ProgramGraph | undefined>
  /** What a save of this file, an absolute path, would do. */
  explain(file: string): Promise<Explanation | undefined>
  /**
   * Calls `listener` with everything that happens from now on.
   *
   * @returns a function that ends it
   */
  subscribe(listener: (record: EventRecord) => void): () => void
}
