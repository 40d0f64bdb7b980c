import type { Language, Program } from '../programs/program.ts'

/** A process to start. */
export interface Command {
  file: string
  args: string[]
  cwd: string
  env?: NodeJS.ProcessEnv
}

/** What the program's entry does with `app`. */
export type Style =
  /** imports it on each request */
  | 'boundary'
  /** imports it statically and accepts it */
  | 'accept'
  /** imports it statically */
  | 'static'

/** One way to run a program so that a save arrives. */
export interface Candidate {
  id: string
  label: string
  /** The version that runs here. */
  version: string
  /** What its own documentation says to do, as done here. */
  setup: string
  /** `restart`: a save ends the process and starts it again. */
  kind: 'plain' | 'hot' | 'restart'
  /** Ids of the measures that it takes part in, when not in all. */
  onlyIn?: string[]
  /** Why it cannot be run here at all. */
  unavailable?: string
  /** Why it cannot do this, or `undefined` when it can. */
  cannot(what: Style | 'full reload', language: Language): string | undefined
  /** Writes the entry and what else it needs into the program's directory; returns how to start. */
  prepare(program: Program, style: Style, options?: PrepareOptions): Command
}

export interface PrepareOptions {
  /** Node's own options, such as `--expose-gc`. */
  nodeOptions?: string[]
  /** Replaces the entry's source. */
  entry?: string
  /** What the program's package.json says; `module` by default. */
  type?: 'module' | 'commonjs'
  /** More of package.json. */
  packageFields?: Record<string, unknown>
}
