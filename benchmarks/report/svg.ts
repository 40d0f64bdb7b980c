import {
  type Figure,
  findFigure,
  type Plot,
  type Report,
  type Section,
} from '../harness/figures.ts'
import { median } from '../harness/statistics.ts'
import { formatValue } from './format.ts'

const width = 720
const grey = '#8b949e'
/** Readable on a light and on a dark page. */
const colors: Record<string, string> = {
  node: '#6e7781',
  'hot-hook': '#e5484d',
  'hot-hook-1': '#f5a623',
  dynohot: '#8e4ec6',
  vite: '#0091ff',
  'node-watch': '#30a46c',
  'tsx-watch': '#12a594',
  nodemon: '#a18072',
  bun: '#d6409f',
}

export function renderPlot(plot: Plot, section: Section, candidates: Report['candidates']): string {
  const named = candidates.map((each) => ({ ...each, label: plot.labels?.[each.id] ?? each.label }))
  return plot.kind === 'bars' ? renderBars(plot, section, named) : renderLines(plot, section, named)
}

function middle(figure: Figure | undefined, metric: string): number | undefined {
  const samples = figure?.status === 'measured' ? figure.metrics[metric] : undefined
  return samples?.length ? median(samples) : undefined
}

function renderBars(plot: Plot, section: Section, candidates: Report['candidates']): string {
  const scenario = plot.scenarios[0]?.scenario ?? ''
  const bars = candidates.flatMap(({ id, label }) => {
    const figure = findFigure(section, id, scenario)
    const value = middle(figure, plot.metric)
    if (value !== undefined) return [{ id, label, value, text: formatValue(value, plot.unit) }]
    return figure && figure.status !== 'cannot'
      ? [{ id, label, value: 0, text: figure.status }]
      : []
  })
  const left = 150
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE)
  const length = (value: number) => (value / most) * (width - left - 110)
  const rows = bars.map(({ id, label, value, text }, index) => {
    const y = 52 + index * 28
    return `${textAt(left - 10, y + 13, label, 'end')}
<rect x="${left}" y="${y}" width="${length(value).toFixed(1)}" height="18" rx="2" fill="${colors[id] ?? grey}"/>
${textAt(left + length(value) + 8, y + 13, text)}`
  })
  return svg(60 + bars.length * 28, plot.title, rows.join('\n'))
}

function renderLines(plot: Plot, section: Section, candidates: Report['candidates']): string {
  const lines = candidates.flatMap(({ id, label }) => {
    const points = plot.scenarios.flatMap(({ scenario, at = 0 }) => {
      const value = middle(findFigure(section, id, scenario), plot.metric)
      return value !== undefined && value > 0 ? [{ at, value }] : []
    })
    return points.length > 0 ? [{ id, label, points }] : []
  })
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value))
  if (values.length === 0) return svg(80, plot.title, textAt(20, 60, 'nothing measured'))
  const places = plot.scenarios.map(({ at = 0 }) => at)
  const [firstAt, lastAt] = [Math.min(...places), Math.max(...places)]
  // Sizes that grow tenfold need a logarithmic axis; depths do not.
  const scaleX = lastAt / Math.max(firstAt, 1) >= 50 ? Math.log10 : (at: number) => at
  const [low, high] = [
    Math.floor(Math.log10(Math.min(...values))),
    Math.ceil(Math.log10(Math.max(...values))),
  ]
  const box = { left: 80, right: width - 170, top: 56, bottom: 330 }
  const x = (at: number) =>
    box.left +
    ((scaleX(at) - scaleX(firstAt)) / (scaleX(lastAt) - scaleX(firstAt) || 1)) *
      (box.right - box.left)
  const y = (value: number) =>
    box.bottom - ((Math.log10(value) - low) / (high - low || 1)) * (box.bottom - box.top)

  const grid = Array.from({ length: high - low + 1 }, (_, index) => {
    const value = 10 ** (low + index)
    return `<line x1="${box.left}" x2="${box.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${grey}" stroke-opacity="0.3"/>
${textAt(box.left - 8, y(value) + 4, formatValue(value, plot.unit), 'end')}`
  })
  const ticks = plot.scenarios.map(({ at = 0, label }) =>
    textAt(x(at), box.bottom + 20, label.replace(/ .*/, ''), 'middle'),
  )
  const drawn = lines.map(({ id, points }) => {
    const color = colors[id] ?? grey
    const path = points.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
    const dots = path.map((point) => {
      const [cx, cy] = point.split(',')
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`
    })
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${color}" stroke-width="${id === 'hot-hook' ? 3 : 1.5}"/>
${dots.join('')}`
  })
  const legend = lines.map(({ id, label }, index) => {
    const at = box.top + 8 + index * 22
    return `<rect x="${box.right + 20}" y="${at - 9}" width="12" height="12" rx="2" fill="${colors[id] ?? grey}"/>
${textAt(box.right + 38, at + 2, label)}`
  })
  const xTitle = textAt((box.left + box.right) / 2, box.bottom + 42, plot.xTitle ?? '', 'middle')
  return svg(390, plot.title, [...grid, ...ticks, xTitle, ...drawn, ...legend].join('\n'))
}

function textAt(x: number, y: number, text: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="13" fill="${grey}">${escapeXml(text)}</text>`
}

function svg(height: number, title: string, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" role="img" aria-label="${escapeXml(title)}">
<text x="20" y="28" font-size="16" font-weight="600" fill="${grey}">${escapeXml(title)}</text>
${content}
</svg>
`
}

function escapeXml(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '',
  )
}
