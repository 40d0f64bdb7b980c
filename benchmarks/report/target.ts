import { findFigure, type Report, type Unit } from '../harness/figures.ts'
import { type Statistic, statistics } from '../harness/statistics.ts'

/** What hot-hook promises to reach; the report says of each whether this run did. */
export interface Target {
  text: string
  /** The figure of this run, or `undefined` when it was not measured. */
  measured(report: Report): number | undefined
  atMost?: number
  atLeast?: number
  unit: Unit | '×'
}

export interface Place {
  section: string
  scenario: string
  metric: string
  statistic?: Statistic
  candidate?: string
}

export function figure(report: Report, place: Place): number | undefined {
  const section = report.sections.find(({ id }) => id === place.section)
  const found = findFigure(section, place.candidate ?? 'hot-hook', place.scenario)
  const samples = found?.status === 'measured' ? found.metrics[place.metric] : undefined
  return samples?.length ? statistics[place.statistic ?? 'median'](samples) : undefined
}

export function ratio(report: Report, place: Place, base: Partial<Place> = {}): number | undefined {
  const own = figure(report, place)
  const other = figure(report, { ...place, candidate: 'node', ...base })
  return own !== undefined && other ? own / other : undefined
}

export function isMet(target: Target, value: number): boolean {
  return (
    value <= (target.atMost ?? Number.POSITIVE_INFINITY) && value >= (target.atLeast ?? -Infinity)
  )
}
