import {
  type Column,
  type Figure,
  findFigure,
  type Report,
  type Section,
} from '../harness/figures.ts'
import { statistics } from '../harness/statistics.ts'
import { formatRatio, formatValue } from './format.ts'

/** The value that a column shows of a figure; `undefined` when it was not measured. */
export function columnValue(figure: Figure | undefined, column: Column): number | undefined {
  const samples = figure?.metrics[column.metric]
  if (figure?.status !== 'measured' || !samples || samples.length === 0) return undefined
  return statistics[column.statistic](samples)
}

function cell(section: Section, candidate: string, column: Column): string {
  const figure = findFigure(section, candidate, column.scenario)
  if (!figure) return ''
  if (figure.status === 'cannot') return '–'
  if (figure.status !== 'measured') return figure.status
  const value = columnValue(figure, column)
  if (value === undefined) return ''
  const parts = [formatValue(value, column.unit)]
  const samples = figure.metrics[column.metric] ?? []
  if (column.outOf) parts.push(`of ${samples.length.toLocaleString('en')}`)
  if (column.spread && samples.length > 1) {
    parts.push(`(p95 ${formatValue(statistics.p95(samples), column.unit)})`)
  }
  const { candidate: other, scenario = column.scenario } = column.ratioTo ?? {}
  const isItself = candidate === other && scenario === column.scenario
  if (column.ratioTo && !isItself) {
    const base = columnValue(findFigure(section, column.ratioTo.candidate, scenario), column)
    if (base) parts.push(`**${formatRatio(value / base)}**`)
  }
  return parts.join(' ')
}

/** The figures that a section has, candidates as rows; wide sections turn the other way round. */
export function renderTable(section: Section, candidates: Report['candidates']): string {
  const present = candidates.filter(({ id }) =>
    section.figures.some(({ candidate }) => candidate === id),
  )
  const cells = present.map(({ id, label }) => [
    label,
    ...section.columns.map((column) => cell(section, id, column)),
  ])
  const titles = ['', ...section.columns.map(({ title }) => title)]
  const rows = [titles, ...cells]
  return markdownTable(section.columns.length > present.length ? transposed(rows) : rows)
}

/** Why cells are empty: each reason once, with the candidates it is said of. */
export function renderNotes(section: Section, candidates: Report['candidates']): string {
  const byNote = new Map<string, Set<string>>()
  for (const { candidate, note, status, scenario } of section.figures) {
    if (!note) continue
    const label = candidates.find(({ id }) => id === candidate)?.label ?? candidate
    const text = status === 'cannot' ? note : `${note.split('\n')[0]}`
    const who = status === 'cannot' ? label : `${label} (${scenario})`
    byNote.set(text, (byNote.get(text) ?? new Set()).add(who))
  }
  return [...byNote].map(([note, who]) => `- ${[...who].join(', ')}: ${note}`).join('\n')
}

export function markdownTable(rows: string[][]): string {
  const [head = [], ...body] = rows.map((row) => row.map((text) => text.replaceAll('|', '\\|')))
  const line = (row: string[]) => `| ${row.join(' | ')} |`
  return [
    line(head),
    line(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...body.map(line),
  ]
    .join('\n')
    .replace(/ {2,}\|/g, ' |')
}

function transposed(rows: string[][]): string[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''))
}
