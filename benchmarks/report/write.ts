import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../harness/figures.ts'
import { renderMarkdown } from './markdown.ts'
import { renderPlot } from './svg.ts'

/** Writes `latest.md`, `latest.json` and the plots into `directory`. */
export function writeReport(report: Report, directory: string): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'latest.md'), renderMarkdown(report))
  writeFileSync(join(directory, 'latest.json'), `${JSON.stringify(rounded(report))}\n`)
  for (const section of report.sections) {
    for (const plot of section.plots) {
      writeFileSync(join(directory, plot.file), renderPlot(plot, section, report.candidates))
    }
  }
}

/** Microseconds are more than enough, and keep the file small. */
function rounded(report: Report): Report {
  return JSON.parse(
    JSON.stringify(report, (_, value) =>
      typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value,
    ),
  )
}
