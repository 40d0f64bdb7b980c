import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Candidate } from './candidates/candidate.ts'
import { allCandidates, quickCandidates } from './candidates/index.ts'
import type { Report } from './harness/figures.ts'
import { describeMachine } from './harness/machine.ts'
import { createDirectory } from './harness/workspace.ts'
import { allMeasures } from './measures/index.ts'
import { type BenchOptions, parseOptions, usage } from './options.ts'
import { renderMarkdown } from './report/markdown.ts'
import { renewed } from './report/renew.ts'
import { writeReport } from './report/write.ts'

const known = {
  measures: allMeasures.map(({ id }) => id),
  candidates: allCandidates.map(({ id }) => id),
}

async function bench(options: BenchOptions, directory: string | undefined): Promise<Report> {
  const startedAt = performance.now()
  const loadAtStart = loadavg()[0] ?? Number.NaN
  const chosen = chooseCandidates(options)
  const candidates = chosen.filter(({ unavailable }) => unavailable === undefined)
  for (const { label, unavailable } of chosen) {
    if (unavailable) console.error(`${label} is left out: ${unavailable}`)
  }
  const report: Report = {
    date: new Date().toISOString().slice(0, 10),
    mode: options.quick ? 'quick' : 'full',
    durationMs: 0,
    machine: describeMachine(loadAtStart),
    candidates: chosen.map(({ id, label, version, setup, unavailable }) => ({
      id,
      label,
      version: unavailable ? 'not run' : version,
      setup: unavailable ?? setup,
    })),
    sections: [],
  }
  for (const measure of allMeasures) {
    if (options.only.length > 0 && !options.only.includes(measure.id)) continue
    const began = performance.now()
    console.error(`${measure.title}`)
    report.sections.push(
      await measure.run({
        candidates: candidates.filter(({ onlyIn }) => onlyIn?.includes(measure.id) ?? true),
        quick: options.quick,
        progress: (text) => console.error(`  ${text}`),
      }),
    )
    report.durationMs = performance.now() - startedAt
    report.machine = describeMachine(loadAtStart)
    // After each measure: what an interrupted run has found is not lost.
    if (directory) writeReport(report, directory)
    console.error(`  took ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  }
  return report
}

function chooseCandidates(options: BenchOptions): readonly Candidate[] {
  if (options.candidates.length > 0) {
    return allCandidates.filter(({ id }) => options.candidates.includes(id))
  }
  return options.quick ? quickCandidates : allCandidates
}

/** What the manual shows: figures of all candidates, taken in full. */
const results = join(import.meta.dirname, 'results')

function outputDirectory({ out, quick, only, candidates }: BenchOptions): string | undefined {
  if (out !== undefined) return out
  const isEverything = !quick && only.length === 0 && candidates.length === 0
  return isEverything ? results : undefined
}

function renew(fresh: Report): void {
  const last = JSON.parse(readFileSync(join(results, 'latest.json'), 'utf8')) as Report
  writeReport(renewed(last, fresh, known.measures), results)
  console.error(`renewed in ${results}`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

let options: BenchOptions
try {
  options = parseOptions(process.argv.slice(2), known)
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`)
  process.exit(2)
}
// What every program needs is made before anything is timed.
createDirectory('run')
const directory = outputDirectory(options)
const report = await bench(options, directory)
console.log(renderMarkdown(report))
if (options.renew) renew(report)
if (directory) console.error(`written to ${directory}`)
process.exit()
