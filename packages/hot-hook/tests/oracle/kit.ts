import type fc from 'fast-check'
import type { NodeMajor } from '../harness/nodes.ts'
import type { HotProcess } from './hot-process.ts'
import type { Deed } from './mismatch.ts'
import type { Speech } from './server.ts'
import type { SaveStyle } from './workspace.ts'

/** What is saved together. */
export interface Save<Program> {
  /** What the program is then. */
  program: Program
  /** Modules that are saved as they are. */
  touched: string[]
  how: SaveStyle
}

/** A program with its edits. */
export interface Case<Program, Step extends Save<Program>> {
  program: Program
  steps: Step[]
}

export interface RunOptions {
  node: NodeMajor
  /** The model is compared with a process without Hot Hook too, at the start and the end. */
  isSampled: boolean
}

/** All that is particular to one kind of programs. */
export interface Kit<Program, Verdict, Step extends Save<Program>> {
  /** What is preloaded. */
  readonly imports: readonly string[]
  /** Files that are no modules of the program. */
  readonly extraFiles: Readonly<Record<string, string>>
  /** The process stands still while a file is saved, not only while several are. */
  readonly savesAtOnce: boolean
  cases(edits: number): fc.Arbitrary<Case<Program, Step>>
  /** Cases with one thing less, the boldest first. */
  smaller(from: Case<Program, Step>): Iterable<Case<Program, Step>>
  render(program: Program, speech: Speech): Record<string, string>
  pathOf(program: Program, name: string): string
  entryPath(program: Program): string
  /** What keeps a fresh process from starting. */
  startProblems(program: Program): string[]
  /** The program in which everything that fails is healed. */
  healed(program: Program): Program
  /** The rules for a process that is started with the program. */
  begin(program: Program): Judge<Program, Verdict>
  /** What is asked after a step, or at the start and at the end. */
  questions(program: Program, when: Step | 'start' | 'end'): string[]
  /** What is wrong with the model's answer, by that of a process without Hot Hook. */
  modelFault(program: Program, question: string, answer: unknown): string | undefined
  /** What is done before a step is saved, in words; `after` it ends it. */
  beforeSave?(
    process: HotProcess,
    program: Program,
    step: Step,
  ): Promise<(Deed & { after(): Promise<void> }) | undefined>
}

/** The rules for one process. */
export interface Judge<Program, Verdict> {
  /**
   * What has to follow when a save has made `program` of the sources.
   *
   * @param changed modules whose files were changed by this save
   * @param changedSinceStart modules whose files are not what the process was started with
   */
  saved(
    program: Program,
    changed: ReadonlySet<string>,
    changedSinceStart: ReadonlySet<string>,
  ): Verdict
  /** A full reload has to be asked for. */
  needsReload(verdict: Verdict): boolean
  mayReload(verdict: Verdict): boolean
  /**
   * Asks, as often as it takes.
   *
   * @param verdict none: the process has just been started
   * @returns what is wrong with the answer
   */
  ask(
    process: HotProcess,
    question: string,
    verdict: Verdict | undefined,
  ): Promise<string | undefined>
}
