import type { EventRecord } from 'hot-hook/protocol'
import { shorten } from './model.ts'

export type Tone = 'hot' | 'reload' | 'error' | 'plain'

/** An event as a line of the timeline. */
export interface Line {
  label: string
  tone: Tone
  text: string
  /** More of it, as it stands: a path, the frame of an error, an advice. */
  detail?: string
  /** The file to show. */
  file?: string
}

export function lineOf(record: EventRecord, root: string): Line {
  const short = (path: string) => shorten(path, root)
  switch (record.event) {
    case 'invalidate':
      return {
        label: 'save',
        tone: 'plain',
        text: `${named(record.files.map(short))} changed, ${amount(record.modules.length, 'module')} stale`,
        ...firstOf(record.files.map(short)),
      }
    case 'update':
      return {
        label: 'update',
        tone: 'hot',
        text: `${named(record.files.map(short))}: ${amount(record.modules.length, 'module')} reloaded in ${record.durationMs.toFixed(1)} ms`,
        ...firstOf(record.files.map(short)),
      }
    case 'full-reload':
      return {
        label: 'full reload',
        tone: 'reload',
        text: record.chain.map(short).join(' → '),
        detail: [record.reason, record.advice].filter(Boolean).join('\n'),
        file: short(record.file),
      }
    case 'error':
      return {
        label: `${record.phase} error`,
        tone: 'error',
        text: `${short(record.file)}: ${record.message}`,
        detail: record.frame ?? record.stack ?? '',
        file: short(record.file),
      }
    case 'prune':
      return { label: 'left', tone: 'plain', text: short(record.file), file: short(record.file) }
    case 'start':
      return {
        label: 'start',
        tone: 'plain',
        text: `process ${record.pid}${record.stoodBy ? ', which stood by' : ''}, start ${record.count}`,
      }
    case 'standby':
      return {
        label: 'standby',
        tone: 'plain',
        text: `process ${record.pid} ${standby[record.state]}`,
      }
    case 'pause':
      return { label: record.paused ? 'paused' : 'resumed', tone: 'plain', text: '' }
    case 'restart':
      return {
        label: 'restart',
        tone: 'reload',
        text:
          record.file === undefined
            ? (record.text ?? record.kind)
            : `${short(record.file)} was saved`,
      }
    case 'hot':
      return { label: 'started up', tone: 'plain', text: record.text }
    case 'listening':
      return {
        label: 'listening',
        tone: 'hot',
        text: `on ${record.port === null ? record.address : `port ${record.port}`} after ${record.afterMs} ms`,
      }
    case 'crash':
      return {
        label: 'crash',
        tone: 'error',
        text: crashText(record),
        detail: record.frame ?? record.stack ?? '',
        ...(record.location && { file: short(record.location.file) }),
      }
    case 'handoff':
      return {
        label: 'handoff',
        tone: 'hot',
        text: `process ${record.pid} serves now, ${record.previousPid} is told to stop`,
      }
    case 'exit':
      return { label: 'exit', tone: 'plain', text: ending(record) }
    default:
      return other(record)
  }
}

const standby = {
  waiting: 'is ready for the next full reload',
  taken: 'takes over',
  discarded: 'cannot be used any more',
}

/** A newer runtime may tell what this page does not know. */
function other({ event, time: _, ...rest }: { event: string; time: number }): Line {
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)
  return { label: event, tone: 'plain', text: parts.join(', ') }
}

function crashText(record: Extract<EventRecord, { event: 'crash' }>): string {
  const what =
    record.takenPort === undefined
      ? (record.message ?? ending(record))
      : `port ${record.takenPort} is taken`
  if (record.oldServes) return `${what}; the old process goes on serving`
  return record.waits ? `${what}; waiting for a save` : what
}

function ending({ code, signal }: { code: number | null; signal: string | null }): string {
  return signal === null ? `exit code ${code}` : `killed by ${signal}`
}

function firstOf([file]: string[]): { file?: string } {
  return file === undefined ? {} : { file }
}

export function named(files: readonly string[]): string {
  const [first, second] = files
  if (first === undefined) return 'nothing'
  if (second === undefined) return first
  return files.length === 2 ? `${first} and ${second}` : `${first} and ${files.length - 1} others`
}

export function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** The time of day, as the terminal has it. */
export function clock(time: number): string {
  return new Date(time).toTimeString().slice(0, 8)
}
