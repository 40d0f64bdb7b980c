import type { SaveResult } from '../harness/save.ts'
import type { Session } from '../harness/session.ts'

/** What could not be made, and why. */
export interface Skipped {
  id: string
  reason: string
}

const heading = [
  'application',
  'Node',
  'started with',
  'saves',
  'hot, ms',
  'restart, ms',
  'lost',
  'dead',
  'silent',
  'of `node --watch`: ms',
  'lost',
  'dead',
]

/** The table of all sessions, with what `node --watch` did on the same application beside it. */
export function renderTables(sessions: Session[], skipped: Skipped[]): string {
  const rows = sessions
    .filter(({ way }) => way.id !== 'node --watch')
    .map((session) => [...ours(session), ...theirs(baseline(sessions, session))])
  const faults = sessions.filter(({ way }) => way.id !== 'node --watch').flatMap(describeFaults)
  return [
    table([heading, heading.map(() => '---'), ...rows]),
    ...skipped.map(({ id, reason }) => `**Not run: ${id}.** ${reason.split('\n')[0]}`),
    faults.length > 0 ? `## What went wrong\n\n${faults.join('\n')}` : 'Nothing went wrong.',
    `## What was run\n\n${generators(sessions).join('\n')}`,
  ].join('\n\n')
}

function ours({ application, way, nodeMajor, saves, failure }: Session): string[] {
  return [
    application.id,
    nodeMajor,
    way.id,
    failure === undefined ? String(saves.length) : `${saves.length}, then it failed`,
    medianOf(saves, 'hot'),
    medianOf(saves, 'restart'),
    ...['lost', 'dead', 'silent'].map((verdict) => count(saves, verdict)),
  ]
}

function theirs(session: Session | undefined): string[] {
  if (!session) return ['-', '-', '-']
  const { saves } = session
  return [medianOf(saves, 'restart'), count(saves, 'lost'), count(saves, 'dead')]
}

function baseline(sessions: Session[], { application, nodeMajor }: Session): Session | undefined {
  return sessions.find(
    (each) =>
      each.way.id === 'node --watch' &&
      each.application === application &&
      each.nodeMajor === nodeMajor,
  )
}

/** One line for each file and verdict that should not be. */
function describeFaults({ application, way, nodeMajor, saves, failure }: Session): string[] {
  const where = `${application.id}, ${way.id}, Node ${nodeMajor}`
  const lines = new Map<string, string[]>()
  for (const { target, kind, verdict } of saves) {
    if (!isFault(verdict)) continue
    const key = `${target.role} ${target.file}: ${verdict}`
    lines.set(key, [...(lines.get(key) ?? []), kind])
  }
  return [
    ...(failure === undefined
      ? []
      : [`- ${where}: ${failure.split('\n').slice(0, 12).join('\n  ')}`]),
    ...[...lines].map(([key, kinds]) => `- ${where}: ${key} (${kinds.join(', ')})`),
  ]
}

/** Whether a save was answered as none should be. */
export function isFault(verdict: SaveResult['verdict']): boolean {
  return verdict === 'lost' || verdict === 'dead' || verdict === 'silent'
}

function generators(sessions: Session[]): string[] {
  const applications = new Set(sessions.map(({ application }) => application))
  return [...applications].map(
    ({ id, generator, caveat }) => `- ${id}: ${generator}${caveat ? `. ${caveat}` : ''}`,
  )
}

function medianOf(saves: SaveResult[], verdict: SaveResult['verdict']): string {
  const times = saves
    // A save that heals may wait for a process that had ended.
    .filter((save) => save.verdict === verdict && save.kind !== 'healed')
    .map(({ ms = Number.NaN }) => ms)
    .sort((a, b) => a - b)
  const middle = times[Math.floor(times.length / 2)]
  return middle === undefined ? '-' : middle.toFixed(0)
}

function count(saves: SaveResult[], verdict: string): string {
  return String(saves.filter((save) => save.verdict === verdict).length)
}

function table(rows: string[][]): string {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}
