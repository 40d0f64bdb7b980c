import { relative } from 'node:path'
import type { Explanation } from './doctor.ts'

/** Files that restart for the same reason. */
interface Group {
  files: string[]
  /** What would make them hot, or else why they are not. */
  lines: string[]
}

const mostNamed = 5

/** What a doctor says of a program, as text for a terminal. */
export function formatDiagnosis(explanations: readonly Explanation[], cwd: string): string {
  const own = explanations.filter(({ outcome }) => outcome === 'hot' || outcome === 'full-reload')
  const groups = groupsOf(
    own.filter(({ outcome }) => outcome === 'full-reload'),
    cwd,
  )
  const restarting = groups.reduce((sum, { files }) => sum + files.length, 0)
  const hot = own.length - restarting
  const parts = [
    `${amount(own.length, 'file')}: a save of ${hot} is hot, of ${restarting} restarts`,
  ]
  for (const { files, lines } of groups) {
    const verb = files.length === 1 ? 'restarts' : 'restart'
    parts.push(
      [`${amount(files.length, 'file')} ${verb}: ${named(files)}`, ...indented(lines)].join('\n'),
    )
  }
  parts.push('What is loaded by a later import() is not among them.')
  return `${parts.join('\n\n')}\n`
}

/** The same as data. */
export function diagnosisOf(explanations: readonly Explanation[]): object {
  const count = (wanted: Explanation['outcome']) =>
    explanations.filter(({ outcome }) => outcome === wanted).length
  return { hot: count('hot'), restart: count('full-reload'), files: explanations }
}

/** What a save of one file does, as text. */
export function formatExplanation(explanation: Explanation, cwd: string): string {
  const { outcome, boundaries, chain, advice } = explanation
  const file = shorten(explanation.file, cwd)
  const short = (path: string) => shorten(path, cwd)
  switch (outcome) {
    case 'hot': {
      const where = boundaries.length === 0 ? '' : `, it stops at ${named(boundaries.map(short))}`
      return `A save of ${file} is hot${where}.\n`
    }
    case 'full-reload': {
      const path = chain.length > 1 ? `: ${chain.map(short).join(' → ')}` : ''
      const lines = advice === undefined ? [] : indented(advice.split('\n'))
      return `${[`A save of ${file} restarts the process${path}`, ...lines].join('\n')}\n`
    }
    case 'ignored':
      return `${file} is ignored: a save of it does nothing.\n`
    default:
      return `${file} is not loaded by the program, or not yet: a save of it does nothing until it is.\n`
  }
}

/** The largest first. */
function groupsOf(restarting: readonly Explanation[], cwd: string): Group[] {
  const groups = new Map<string, Group>()
  for (const { file, chain, advice } of restarting) {
    const path = chain.map((each) => shorten(each, cwd)).join(' → ')
    const reason =
      chain.length > 1
        ? `nothing makes that hot: ${path}`
        : 'it cannot be loaded again in this process'
    const text = advice ?? reason
    const group = groups.get(text) ?? { files: [], lines: text.split('\n') }
    groups.set(text, group)
    group.files.push(shorten(file, cwd))
  }
  return [...groups.values()].sort((a, b) => b.files.length - a.files.length)
}

function named(files: readonly string[]): string {
  const more = files.length > mostNamed ? [`${files.length - mostNamed} more`] : []
  return [...files.slice(0, mostNamed), ...more].join(', ')
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
