import type { Candidate, PrepareOptions, Style } from '../candidates/candidate.ts'
import { AppProcess } from '../harness/app-process.ts'
import type { Section } from '../harness/figures.ts'
import type { WriteProgram } from '../harness/save.ts'
import { createDirectory, removeDirectory } from '../harness/workspace.ts'
import type { Program } from '../programs/program.ts'

export interface MeasureContext {
  candidates: readonly Candidate[]
  quick: boolean
  /** Says what is going on, to stderr. */
  progress(text: string): void
}

/** One measure: its figures, and how the report shows them. */
export interface Measure {
  id: string
  title: string
  run(context: MeasureContext): Promise<Section>
}

/** Runs `use` with `candidate` running the program; ends both afterwards. */
export async function withApp<T>(
  candidate: Candidate,
  writeProgram: WriteProgram,
  style: Style,
  use: (app: AppProcess, program: Program) => Promise<T>,
  options: PrepareOptions & { readyLimitMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<T> {
  const directory = createDirectory(candidate.id)
  const program = writeProgram(directory)
  const app = await AppProcess.start(candidate.prepare(program, style, options), options.env)
  try {
    await app.ready(options.readyLimitMs ?? 60_000)
    return await use(app, program)
  } finally {
    await app.stop()
    removeDirectory(directory)
  }
}
