import type { Report } from '../harness/figures.ts'
import { formatRatio, formatValue } from './format.ts'
import { markdownTable, renderNotes, renderTable } from './table.ts'
import { isMet, type Target } from './target.ts'
import { targets } from './targets.ts'

/** The whole report; plots are linked as files beside it. */
export function renderMarkdown(report: Report): string {
  const { machine, candidates, sections } = report
  const minutes = (report.durationMs / 60_000).toFixed(1)
  return [
    '# Hot Hook and its peers, measured',
    `${report.date}, ${report.mode} run of ${minutes} minutes. ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}; load average ${machine.load.map((load) => load.toFixed(1)).join(' at the start, ')} at the end. Candidates take turns on the same generated programs, each in processes of its own. Times are medians; **bold** is the ratio to plain node. All samples are in the JSON file beside this one. Machines differ: compare ratios, and run \`pnpm bench\` on yours.`,
    '## Candidates',
    markdownTable([
      ['', 'version', 'set-up'],
      ...candidates.map(({ label, version, setup }) => [label, version, setup]),
    ]),
    ...renderTargets(report),
    ...sections.flatMap((section) => [
      `## ${section.title}`,
      section.date !== undefined && section.date !== report.date
        ? `Measured again on ${section.date}.`
        : '',
      section.about,
      ...section.plots.map(({ file, title }) => `![${title}](${file})`),
      renderTable(section, candidates),
      renderNotes(section, candidates),
    ]),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n')
}

function renderTargets(report: Report): string[] {
  const rows = targets.flatMap((target) => {
    const value = target.measured(report)
    if (value === undefined) return []
    return [
      [target.text, limit(target), show(value, target), isMet(target, value) ? 'yes' : '**no**'],
    ]
  })
  if (rows.length === 0) return []
  const caution =
    report.mode === 'quick' ? ['A quick run takes few samples: only a full one decides.'] : []
  return [
    '## What hot-hook has to reach',
    ...caution,
    markdownTable([['', 'limit', 'this run', 'met'], ...rows]),
  ]
}

function show(value: number, { unit }: Target): string {
  return unit === '×' ? formatRatio(value) : formatValue(value, unit)
}

function limit(target: Target): string {
  const { atMost, atLeast } = target
  return atMost !== undefined
    ? `at most ${show(atMost, target)}`
    : `at least ${show(atLeast ?? 0, target)}`
}
