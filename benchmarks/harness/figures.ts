import type { Statistic } from './statistics.ts'

export type Unit = 'ms' | 'MB' | 'KB' | 'bytes' | 'count' | 'req/s'

/** How one candidate did in one scenario. */
export interface Figure {
  candidate: string
  scenario: string
  /** `cannot`: the candidate has no such thing; `did not finish`: it ran into its time limit. */
  status: 'measured' | 'cannot' | 'did not finish' | 'failed'
  /** Why it is not measured, or what to know about the figures. */
  note?: string
  /** Every sample taken, by the metric's name. */
  metrics: Record<string, number[]>
}

/** One column of a section's table; candidates are its rows. */
export interface Column {
  title: string
  scenario: string
  metric: string
  statistic: Statistic
  unit: Unit
  /** Show the 95th percentile behind the median. */
  spread?: boolean
  /** Show how many times the same column of this candidate it is; `scenario` when it is another one's. */
  ratioTo?: { candidate: string; scenario?: string }
  /** Show 'of n' behind a sum: the number of samples. */
  outOf?: boolean
}

export interface Plot {
  file: string
  title: string
  /** `bars`: one bar a candidate; `lines`: one line a candidate over the scenarios. */
  kind: 'bars' | 'lines'
  metric: string
  unit: Unit
  /** In drawing order; `at` is the place on the x axis of a line plot. */
  scenarios: { scenario: string; label: string; at?: number }[]
  /** What the x axis of a line plot counts. */
  xTitle?: string
  /** What candidates are called in this plot, by id, where that is not their own label. */
  labels?: Record<string, string>
}

/** One measure's part of the report. */
export interface Section {
  id: string
  title: string
  /** When it was measured, `2030-12-31`, where that is not the day of the report. */
  date?: string
  /** What was done, in a few sentences: Markdown. */
  about: string
  figures: Figure[]
  columns: Column[]
  plots: Plot[]
}

export interface Report {
  date: string
  mode: 'full' | 'quick'
  durationMs: number
  machine: Machine
  candidates: { id: string; label: string; version: string; setup: string }[]
  sections: Section[]
}

export interface Machine {
  node: string
  system: string
  processor: string
  cores: number
  memoryGb: number
  /** One-minute load average when the run began and when it ended. */
  load: [number, number]
}

/** The figure of `candidate` in `scenario`, when there is one. */
export function findFigure(
  section: Section | undefined,
  candidate: string,
  scenario: string,
): Figure | undefined {
  return section?.figures.find(
    (figure) => figure.candidate === candidate && figure.scenario === scenario,
  )
}
