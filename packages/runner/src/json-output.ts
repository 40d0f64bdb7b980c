import { fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { EventRecord } from 'hot-hook/protocol'
import { RunnerOptionsError } from './options.ts'

/** Where records go: to stdout, to an open descriptor, or to a file. */
export type JsonTarget = 'stdout' | { descriptor: number } | { file: string }

/** Reads what stands behind `--json=`; `undefined`: nothing does. */
export function parseJsonTarget(value: string | undefined): JsonTarget {
  if (value === undefined) return 'stdout'
  const [, descriptor] = /^fd:(\d{1,4})$/.exec(value) ?? []
  if (descriptor !== undefined && Number(descriptor) > 2) return { descriptor: Number(descriptor) }
  if (value !== '' && !value.startsWith('fd:')) return { file: value }
  throw new RunnerOptionsError(
    `--json: expected a file or an open descriptor, as fd:3, got "${value}".`,
  )
}

/**
 * Writes records, one a line of JSON.
 *
 * @throws {RunnerOptionsError} when the file or the descriptor cannot be written to
 */
export function jsonOutput(target: JsonTarget): (record: EventRecord) => void {
  if (target === 'stdout') return (record) => process.stdout.write(line(record))
  const descriptor = open(target)
  const stats = fstatSync(descriptor)
  if (!stats.isFIFO() && !stats.isSocket()) {
    return (record) => {
      try {
        writeSync(descriptor, line(record))
      } catch {
        // A full disk costs the record, not the script.
      }
    }
  }
  // Who does not read must not stop the runner.
  const stream: Writable = new Socket({ fd: descriptor, readable: false, writable: true })
  stream.on('error', () => {})
  return (record) => stream.write(line(record))
}

function open(target: Exclude<JsonTarget, 'stdout'>): number {
  const name = 'file' in target ? target.file : `fd:${target.descriptor}`
  try {
    if ('file' in target) return openSync(target.file, 'w')
    fstatSync(target.descriptor)
    return target.descriptor
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new RunnerOptionsError(`--json=${name} cannot be written to: ${reason}`)
  }
}

function line(record: EventRecord): string {
  return `${JSON.stringify(record)}\n`
}
