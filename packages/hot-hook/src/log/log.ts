import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DebugLogger, debuglog, format, inspect } from 'node:util'
import type { HintCode } from './codes.ts'
import { writeTo } from './output.ts'
import { printable, printableLines } from './printable.ts'
import { messageOf } from './thrown.ts'

/** How much Hot Hook says: nothing, one line an update, or every step. */
export type LogLevel = 'silent' | 'info' | 'debug'

let nodeDebug: DebugLogger | undefined

/** Hot Hook's log: lines on stderr that begin with `[hot-hook]`. */
export class Log {
  level: LogLevel
  readonly #told = new Set<string>()

  constructor(level: LogLevel = 'info') {
    this.level = level
  }

  /** Whether `debug` prints: level 'debug', or NODE_DEBUG names hot-hook whatever the level is. */
  get debugEnabled(): boolean {
    nodeDebug ??= debuglog('hot-hook')
    return this.level === 'debug' || nodeDebug.enabled
  }

  /**
   * What happened, one line.
   *
   * @param more lines that belong to it
   */
  info(message: string, more = ''): void {
    if (this.level !== 'silent') write(printable(message) + printableLines(more))
  }

  /** What the user may want to do about something, one line. */
  hint(message: string, code: HintCode): void {
    this.info(`${message} [${code}]`)
  }

  /** Something the user should look at; the program runs on as asked. */
  warn(message: string, code: HintCode): void {
    this.hint(`warning: ${message}`, code)
  }

  /** A warning that is said the first time only. */
  warnOnce(message: string, code: HintCode): void {
    if (this.#isNew(message)) this.warn(message, code)
  }

  /** Detail that is said the first time only. */
  debugOnce(message: string): void {
    if (this.#isNew(message)) this.debug(message)
  }

  /**
   * Something failed: the message, then the error with its stack.
   *
   * @param code of what is no error of the program itself
   */
  error(message: string, error: unknown, code?: HintCode): void {
    if (this.level === 'silent') return
    const line = printable(code === undefined ? message : `${message} [${code}]`)
    write(`${line}\n${printableLines(describeError(error))}`)
  }

  /** Detail for who looks for a cause; `args` are formatted as by `util.format`. */
  debug(message: string, ...args: unknown[]): void {
    if (this.debugEnabled) write(printableLines(format(message, ...args)))
  }

  #isNew(message: string): boolean {
    const isNew = !this.#told.has(message)
    this.#told.add(message)
    return isNew
  }
}

/** @param text what a terminal can show */
function write(text: string): void {
  writeTo(process.stderr, `[hot-hook] ${text}\n`)
}

/** All of this package is bundled into one directory. */
const ownDirectory = new URL('.', import.meta.url).href

/** The error and what it says of itself, without the frames of Node and of this package. */
export function describeError(error: unknown): string {
  if (typeof error === 'string') return error
  const kept: string[] = []
  for (const line of inspected(error).split('\n')) {
    if (!isInnerFrame(line)) kept.push(line)
    // The last frame is followed by what else the error has.
    else if (line.endsWith(' {')) kept.push(`${kept.pop() ?? ''} {`)
  }
  return kept.join('\n')
}

/** It runs what the program has put there: getters, a Proxy, an `inspect` of its own. */
function inspected(error: unknown): string {
  try {
    return inspect(error)
  } catch {
    return messageOf(error)
  }
}

/** Whether a line of a stack is a frame of Node or of this package. */
export function isInnerFrame(line: string): boolean {
  if (!/^\s+at /.test(line)) return false
  return (
    /\(node:|at (?:async )?node:/.test(line) ||
    [ownDirectory, fileURLToPath(ownDirectory)].some((path) => line.includes(path))
  )
}

/** `app/users.ts changed: 3 modules reloaded in 2.1 ms` */
export function formatUpdate(update: {
  files: readonly string[]
  modules: readonly string[]
  durationMs: number
  rootDirectory: string
}): string {
  const files = formatFiles(update.files, update.rootDirectory)
  const modules = count(update.modules.length, 'module')
  return `${files} changed: ${modules} reloaded in ${formatDuration(update.durationMs)}`
}

const shownEnds = 6

/**
 * `users.ts → db.ts → server.ts (entry)`; the middle of a very long chain is only counted.
 *
 * @param end what the last module is, in brackets behind it; '' says nothing
 */
export function formatChain(
  chain: readonly string[],
  rootDirectory: string,
  end: string = 'entry',
): string {
  const names = (part: readonly string[]) => part.map((file) => shortPath(file, rootDirectory))
  const hidden = chain.length - 2 * shownEnds
  const steps =
    hidden > 1
      ? [
          ...names(chain.slice(0, shownEnds)),
          `… ${hidden} more …`,
          ...names(chain.slice(-shownEnds)),
        ]
      : names(chain)
  return steps.join(' → ') + (end === '' ? '' : ` (${end})`)
}

/** A file as the log names it: from the root directory, with forward slashes. */
export function shortPath(file: string, rootDirectory: string): string {
  const path = relative(rootDirectory, file)
  if (path === '' || isAbsolute(path)) return file
  return sep === '/' ? path : path.replaceAll(sep, '/')
}

function formatFiles(files: readonly string[], rootDirectory: string): string {
  const [first, second] = files.map((file) => shortPath(file, rootDirectory))
  if (first === undefined) return 'nothing'
  if (second === undefined) return first
  return files.length === 2
    ? `${first} and ${second}`
    : `${first} and ${count(files.length - 1, 'other file')}`
}

function formatDuration(milliseconds: number): string {
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  return `${(milliseconds / 1000).toFixed(1)} s`
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
