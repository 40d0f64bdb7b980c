import type { Report } from '../harness/figures.ts'

/**
 * A report in which the sections of `fresh` stand for those of the same name, each with its day.
 *
 * @param order the ids of all measures
 */
export function renewed(report: Report, fresh: Report, order: readonly string[]): Report {
  const sections = new Map(report.sections.map((section) => [section.id, section]))
  for (const section of fresh.sections) sections.set(section.id, { ...section, date: fresh.date })
  const candidates = new Map(report.candidates.map((candidate) => [candidate.id, candidate]))
  for (const candidate of fresh.candidates) candidates.set(candidate.id, candidate)
  return {
    ...report,
    candidates: [...candidates.values()],
    sections: [...sections.values()].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
  }
}
