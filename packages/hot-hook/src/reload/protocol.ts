import type { ErrorEvent, FullReloadEvent, InvalidateEvent, UpdateEvent } from '../events.ts'
import type { Explanation } from '../graph/dump-types.ts'
import type { GraphFile } from '../graph/graph-file.ts'
import type { Failure } from './failure.ts'

export type { ErrorEvent, HotEvents } from '../events.ts'
export type { Explanation } from '../graph/dump-types.ts'
export type { FileKind, GraphEdge, GraphFile } from '../graph/graph-file.ts'
export { messageOf } from '../log/thrown.ts'
export * from './event-record.ts'
export {
  codeFrame,
  type Failure,
  type FailureLocation,
  failureOf,
  failureOfText,
} from './failure.ts'

/** Sent to the parent: these files are stale now. Managers of 1.x know `paths` alone. */
export interface InvalidatedMessage extends InvalidateEvent {
  type: 'hot-hook:invalidated'
  /** Absolute paths, the saved file first. */
  paths: string[]
}

/** Sent to the parent: start this process again. Managers of 1.x do not know `chain`, `reason` and `advice`. */
export interface FullReloadMessage extends Omit<FullReloadEvent, 'file'> {
  type: 'hot-hook:full-reload'
  /** The changed file, absolute path. */
  path: string
  /** Whether the file is in the program and could have been hot had its importers let it. */
  shouldBeReloadable: boolean
  /** For the runner: when the save was noticed, in milliseconds since 1970. To look at it takes a while. */
  noticedAt?: number
}

/** Sent by the parent: a file changed. How the process learns of saves under `watch: false`. */
export interface FileChangedMessage {
  type: 'hot-hook:file-changed'
  /** The file, absolute or relative to the root directory. */
  path: string
  action: FileAction
}

/** What happened to a file. */
export type FileAction = 'add' | 'change' | 'unlink'

/** Sent to the parent, when it is the runner: new code runs. */
export interface UpdatedMessage extends UpdateEvent {
  type: 'hot-hook:updated'
}

/** Sent to the parent, when it is the runner: something of an update failed, the program runs on. */
export interface FailedMessage extends Failure, Omit<ErrorEvent, 'error'> {
  type: 'hot-hook:failed'
}

/** Sent to the parent, when it is the runner or leads: these files belong to the program now. */
export interface LoadedMessage {
  type: 'hot-hook:loaded'
  /** Absolute paths. */
  paths: string[]
  /** What each was like when it was read, by its place in `paths`; `null`: nobody knows. */
  stamps: (FileStamp | null)[]
}

/** What a look at a file says. A file that has another one was saved since. */
export interface FileStamp {
  /** Time of the last modification, in milliseconds since 1970. */
  mtimeMs: number
  size: number
}

/** Sent to the parent, when it is the runner: the program has started up. */
export interface StartedMessage {
  type: 'hot-hook:started'
  /** How much of it is hot, one line. */
  text: string
}

/** Sent by the runner: what would a save do? */
export interface ExplainMessage {
  type: 'hot-hook:explain'
  /** In the answer, too. */
  id?: number
  /** The files, absolute paths; without, every file of the program. */
  files?: string[]
}

/** The answer to it. */
export interface ExplainedMessage {
  type: 'hot-hook:explained'
  id?: number
  files: Explanation[]
}

/** Sent by the runner: what is in the program, and who imports whom? */
export interface DumpMessage {
  type: 'hot-hook:dump'
  /** In the answer, too. */
  id?: number
}

/** The answer to it. */
export interface DumpedMessage {
  type: 'hot-hook:dumped'
  id?: number
  /** What relative paths start from, absolute path. */
  rootDirectory: string
  files: GraphFile[]
}

/** Sent by the runner: see to everything that was saved until now, and say what has come of it. */
export interface SettleMessage {
  type: 'hot-hook:settle'
  /** In the answer, too. */
  id?: number
}

/** The answer to it; what it has led to was told before. */
export interface SettledMessage {
  type: 'hot-hook:settled'
  id?: number
  /** Files of which the program runs an older version, or none, absolute paths. */
  stale: string[]
  /** A full reload waits until what was saved can be loaded. */
  isHeld: boolean
}

/** Sent by the runner: what is saved from now on waits, or no longer. */
export interface PauseMessage {
  type: 'hot-hook:pause'
  isPaused: boolean
}

/** What the runner may ask. */
export type Question = ExplainMessage | DumpMessage | SettleMessage

/** What it is answered. */
export type Answer = ExplainedMessage | DumpedMessage | SettledMessage

/** What the runner calls in a process that it starts before it is needed. */
export interface HeadStartApi {
  /**
   * Links the program, which evaluates nothing.
   *
   * @param entry the URL of its script
   * @returns URLs of the packages that are evaluated before its first own module, in order
   * @throws what its start would throw: it cannot be linked
   */
  link(entry: string): Promise<string[]>
  /**
   * Evaluates packages in this order.
   *
   * @throws what one of them throws; an Error when one has loaded a module of the program itself
   */
  evaluate(packages: readonly string[], watch: PackageWatch): Promise<void>
  /**
   * Lets Node find the files that packages require, and loads none. Older versions have it not.
   *
   * @param script the path of the program's script, where that is not linked
   * @returns says what has changed since, so that Node may find another one
   */
  find?(script: string): () => string | undefined
  /**
   * Links again what of the program has changed.
   *
   * @returns why another process must start it: something else has changed
   * @throws what its start would throw
   */
  refresh(): Promise<string | undefined>
  /** The program starts now. */
  start(): void
}

/** Told what is evaluated. */
export interface PackageWatch {
  /** The package at this place comes next. */
  enter(index: number): void
  /** The last one has run, and nothing that any of them has left to be done later. */
  leave(): void
}

/** Everything Hot Hook sends to its parent process. */
export type MessageToParent =
  | InvalidatedMessage
  | FullReloadMessage
  | UpdatedMessage
  | LoadedMessage
  | FailedMessage
  | StartedMessage
  | Answer

// Managers pass on the names of their own watcher: chokidar's, or AdonisJS's 'update' and 'delete'.
const actions = new Map<unknown, FileAction>([
  [undefined, 'change'],
  ['add', 'add'],
  ['change', 'change'],
  ['update', 'change'],
  ['unlink', 'unlink'],
  ['delete', 'unlink'],
])

/** Whether a message is meant for Hot Hook at all; an IPC channel carries others too. */
export function isHotHookMessage(message: unknown): message is { type: string } {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string' &&
    message.type.startsWith('hot-hook:')
  )
}

/**
 * Reads `hot-hook:file-changed`; a message without an action is a change. `undefined` for anything
 * else, malformed ones included.
 */
export function parseFileChanged(message: unknown): FileChangedMessage | undefined {
  if (!isHotHookMessage(message) || message.type !== 'hot-hook:file-changed') return undefined
  const path = 'path' in message ? message.path : undefined
  const action = actions.get('action' in message ? message.action : undefined)
  if (typeof path !== 'string' || path === '' || path.includes('\0')) return undefined
  return action === undefined ? undefined : { type: message.type, path, action }
}

/** Reads a question of the runner; `undefined` for anything else, malformed ones included. */
export function parseQuestion(message: unknown): Question | undefined {
  if (!isHotHookMessage(message)) return undefined
  const { type } = message
  const id = 'id' in message && typeof message.id === 'number' ? { id: message.id } : {}
  if (type === 'hot-hook:dump' || type === 'hot-hook:settle') return { type, ...id }
  if (type !== 'hot-hook:explain') return undefined
  const files = 'files' in message ? message.files : undefined
  if (files === undefined) return { type, ...id }
  return isPaths(files) ? { type, ...id, files } : undefined
}

/** Reads `hot-hook:pause`; `undefined` for anything else, malformed ones included. */
export function parsePause(message: unknown): PauseMessage | undefined {
  if (!isHotHookMessage(message) || message.type !== 'hot-hook:pause') return undefined
  const isPaused = 'isPaused' in message ? message.isPaused : undefined
  return typeof isPaused === 'boolean' ? { type: message.type, isPaused } : undefined
}

/** Reads `hot-hook:loaded`; `undefined` for anything else, malformed ones included. */
export function parseLoaded(message: unknown): LoadedMessage | undefined {
  if (!isHotHookMessage(message) || message.type !== 'hot-hook:loaded') return undefined
  const paths = 'paths' in message ? message.paths : undefined
  const stamps = 'stamps' in message ? message.stamps : undefined
  if (!isPaths(paths)) return undefined
  const stampAt = (index: number) => (Array.isArray(stamps) ? parseStamp(stamps[index]) : null)
  return { type: message.type, paths, stamps: paths.map((_, index) => stampAt(index)) }
}

function parseStamp(value: unknown): FileStamp | null {
  const { mtimeMs, size } = (value ?? {}) as Partial<FileStamp>
  return typeof mtimeMs === 'number' && typeof size === 'number' ? { mtimeMs, size } : null
}

/** Reads `hot-hook:full-reload`; `undefined` for anything else, malformed ones included. */
export function parseFullReload(message: unknown): FullReloadMessage | undefined {
  if (!isHotHookMessage(message) || message.type !== 'hot-hook:full-reload') return undefined
  const { path, chain, shouldBeReloadable, reason, advice } = message as Partial<FullReloadMessage>
  if (typeof path !== 'string') return undefined
  return {
    type: message.type,
    path,
    chain: isPaths(chain) ? chain : [path],
    shouldBeReloadable: shouldBeReloadable === true,
    reason: typeof reason === 'string' ? reason : '',
    ...(typeof advice === 'string' && { advice }),
  }
}

function isPaths(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((path) => typeof path === 'string')
}
