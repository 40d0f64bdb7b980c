import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isError, messageOf, textOf } from '../log/thrown.ts'

/** A place in a file on disk. */
export interface FailureLocation {
  /** Absolute path. */
  file: string
  /** The first is 1. */
  line: number
  /** The first is 1. */
  column: number
}

/** What failed, as plain data. */
export interface Failure {
  /** Name and message of what was thrown: `TypeError: x is not a function`. */
  message: string
  /** The stack as it was, when it was an Error. */
  stack?: string
  /** Where it happened; missing when neither the stack nor the message tells. */
  location?: FailureLocation
  /** The lines around the location, numbered, with a mark below the column. */
  frame?: string
}

const longestMessage = 10_000
const longestStack = 50_000

/** What is known of something that was thrown; reads the file that it names. */
export function failureOf(error: unknown): Failure {
  const message = messageOf(error)
  if (!isError(error)) return { message: cut(message, longestMessage) }
  return failureOfText(message, textOf(error, 'stack'))
}

/**
 * The same where only texts are left.
 *
 * @param stack '' when there is none
 */
export function failureOfText(message: string, stack: string): Failure {
  const location = locationIn(message, stack)
  const frame = location && codeFrame(location)
  return {
    message: cut(message, longestMessage),
    ...(stack !== '' && { stack: cut(stack, longestStack) }),
    ...(location && { location }),
    ...(frame !== undefined && { frame }),
  }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)} …`
}

const path = String.raw`(?:file:\/\/|\/|[A-Za-z]:[\\/])`
/** What does not compile: place, line and mark stand in front of the error. */
const head = new RegExp(String.raw`^(${path}.*?):(\d+)(?::(\d+))?\r?\n(?:[^\n]*\n){1,3}?([ \t]*)\^`)
const frameLine = new RegExp(String.raw`^ +at (?:.*\()?(${path}.*?):(\d+):(\d+)\)?$`, 'gm')
/** Compilers name the place in their message. */
const inMessage = new RegExp(String.raw`(${path}[^\s:()[\]]*?):(\d+):(\d+)`)
/** `/app/data.json: Expected … in JSON at position 20 (line 2 column 3)` */
const inJson = new RegExp(String.raw`(${path}.*?\.json): .*\(line (\d+) column (\d+)\)`, 's')
const notFound = /Cannot find (?:module|package) '(.*?)' imported from (.*)/

function locationIn(message: string, stack: string): FailureLocation | undefined {
  const [, file, line, column, indent = ''] = head.exec(stack) ?? []
  if (file !== undefined) return place(file, line, column ?? indent.length + 1)
  const [, named, itsLine, itsColumn] = inMessage.exec(message) ?? []
  if (named !== undefined) return place(named, itsLine, itsColumn)
  const [, json, jsonLine, jsonColumn] = inJson.exec(message) ?? []
  if (json !== undefined) return place(json, jsonLine, jsonColumn)
  const missing = missingImport(message)
  if (missing) return missing
  const frames = [...stack.matchAll(frameLine)].filter(([text]) => !isOwn(text))
  const first = frames.find(([text]) => !/[\\/]node_modules[\\/]/.test(text)) ?? frames[0]
  return first && place(first[1], first[2], first[3])
}

function isOwn(frame: string): boolean {
  return /[\\/]hot-hook[\\/]dist[\\/]/.test(frame)
}

function place(
  name: string | undefined,
  line: string | number | undefined,
  column: string | number | undefined,
): FailureLocation | undefined {
  const file = pathOf(name ?? '')
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) }
}

function pathOf(name: string): string | undefined {
  if (!name.startsWith('file:')) return name
  try {
    return fileURLToPath(name.replace(/[?#].*$/, ''))
  } catch {
    return undefined
  }
}

/** Node names the file that imports what is not there, and not the line. */
function missingImport(message: string): FailureLocation | undefined {
  const [, wanted, importer] = notFound.exec(message) ?? []
  const file = pathOf(importer ?? '')
  const name = wanted
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.\w+$/, '')
  if (!file || !name) return undefined
  for (const [index, text] of readLines(file).entries()) {
    for (const quoted of text.matchAll(/(['"`])(.*?)\1/g)) {
      if (quoted[2]?.includes(name)) return { file, line: index + 1, column: quoted.index + 1 }
    }
  }
  return undefined
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch {
    return []
  }
}

const shownAround = 2
const widest = 160

/** The lines around a place, as the file on disk has them now; `undefined` when it cannot be read. */
export function codeFrame({ file, line, column }: FailureLocation): string | undefined {
  const lines = readLines(file)
  if (line < 1 || line > lines.length) return undefined
  const from = Math.max(1, line - shownAround)
  const to = Math.min(lines.length, line + shownAround)
  const width = String(to).length
  // Of a line that is very long, what is around the place.
  const start = column > widest ? column - widest / 2 : 0
  const frame: string[] = []
  for (let number = from; number <= to; number++) {
    const text = (lines[number - 1] ?? '').slice(start, start + widest)
    const isMarked = number === line
    const gutter = `${isMarked ? '>' : ' '} ${String(number).padStart(width)} |`
    frame.push(`${gutter} ${text}`.trimEnd())
    if (!isMarked) continue
    const before = text.slice(0, Math.max(0, column - 1 - start)).replace(/[^\t]/g, ' ')
    frame.push(`  ${' '.repeat(width)} | ${before}^`)
  }
  return frame.join('\n')
}
