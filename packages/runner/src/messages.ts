import {
  type DumpedMessage,
  type ErrorEvent,
  type ExplainedMessage,
  type FailedMessage,
  type FailureLocation,
  type FullReloadMessage,
  type InvalidatedMessage,
  type LoadedMessage,
  parseLoaded,
  type SettledMessage,
  type StartedMessage,
  type UpdatedMessage,
} from 'hot-hook/protocol'
import type { PreloadMessage } from './preload-protocol.ts'
import type { UnusableMessage } from './standby/order.ts'

/** Every message that the runner understands. */
export type ChildMessage =
  | FullReloadMessage
  | InvalidatedMessage
  | UpdatedMessage
  | LoadedMessage
  | StartedMessage
  | ExplainedMessage
  | DumpedMessage
  | SettledMessage
  | FailedMessage
  | PreloadMessage

/** `undefined` for messages of the application itself, and for malformed ones. */
export function parseChildMessage(message: unknown): ChildMessage | undefined {
  if (!isRecord(message)) return undefined
  const { type } = message
  switch (type) {
    case 'hot-hook:full-reload': {
      const { path, shouldBeReloadable, chain, reason, advice, noticedAt } = message
      if (typeof path !== 'string') return undefined
      return {
        type,
        path,
        shouldBeReloadable: shouldBeReloadable === true,
        chain: isTexts(chain) ? chain : [],
        reason: typeof reason === 'string' ? reason : '',
        ...(typeof advice === 'string' && { advice }),
        ...(typeof noticedAt === 'number' && { noticedAt }),
      }
    }
    case 'hot-hook:invalidated':
      return readInvalidated(message)
    case 'hot-hook:explained':
      return parseExplained(message)
    case 'hot-hook:dumped':
      return parseDumped(message)
    case 'hot-hook:settled': {
      const { id, stale, isHeld } = message
      return isTexts(stale) ? { type, ...idOf(id), stale, isHeld: isHeld === true } : undefined
    }
    case 'hot-hook:failed':
      return parseFailed(message)
    case 'hot-hook:loaded':
      return parseLoaded(message)
    case 'hot-hook:updated': {
      const { files, modules, boundaries, durationMs } = message
      if (!isTexts(files) || !isTexts(modules) || typeof durationMs !== 'number') return undefined
      return { type, files, modules, boundaries: isTexts(boundaries) ? boundaries : [], durationMs }
    }
    case 'hot-runner:booted':
    case 'hot-runner:drained':
    case 'hot-runner:inspector-closed':
      return { type }
    case 'hot-runner:waiting':
      return { type, packages: Number(message.packages) }
    case 'hot-runner:unusable':
      return readUnusable(message)
    case 'hot-runner:error': {
      const { message: what, text, takenPort } = message
      if (typeof what !== 'string' || typeof text !== 'string') return undefined
      const known = { type, message: what, text }
      return typeof takenPort === 'number' ? { ...known, takenPort } : known
    }
    case 'hot-hook:started':
      return typeof message.text === 'string' ? { type, text: message.text } : undefined
    case 'hot-runner:listening': {
      const { address, port } = message
      if (typeof address !== 'string') return undefined
      return typeof port === 'number' ? { type, address, port } : { type, address }
    }
    default:
      return undefined
  }
}

function parseExplained({ id, files }: Record<string, unknown>): ExplainedMessage | undefined {
  const isExplanation = (value: unknown) =>
    isRecord(value) &&
    typeof value.file === 'string' &&
    typeof value.outcome === 'string' &&
    isTexts(value.boundaries) &&
    isTexts(value.chain)
  if (!Array.isArray(files) || !files.every(isExplanation)) return undefined
  return { type: 'hot-hook:explained', ...idOf(id), files: files as ExplainedMessage['files'] }
}

function parseDumped({
  id,
  rootDirectory,
  files,
}: Record<string, unknown>): DumpedMessage | undefined {
  const isFile = (value: unknown) =>
    isRecord(value) &&
    typeof value.file === 'string' &&
    typeof value.kind === 'string' &&
    Array.isArray(value.imports) &&
    isTexts(value.importers)
  if (typeof rootDirectory !== 'string') return undefined
  if (!Array.isArray(files) || !files.every(isFile)) return undefined
  const type = 'hot-hook:dumped'
  return { type, ...idOf(id), rootDirectory, files: files as DumpedMessage['files'] }
}

function idOf(id: unknown): { id?: number } {
  return typeof id === 'number' ? { id } : {}
}

const phases: readonly unknown[] = ['load', 'dispose', 'evaluate', 'accept', 'prune']

function isPhase(value: unknown): value is ErrorEvent['phase'] {
  return phases.includes(value)
}

function parseFailed(failure: Record<string, unknown>): FailedMessage | undefined {
  const { file, phase, message, stack, location, frame } = failure
  if (typeof file !== 'string' || !isPhase(phase) || typeof message !== 'string') return undefined
  return {
    type: 'hot-hook:failed',
    file,
    phase,
    message,
    ...(typeof stack === 'string' && { stack }),
    ...(isLocation(location) && { location }),
    ...(typeof frame === 'string' && { frame }),
  }
}

function isLocation(value: unknown): value is FailureLocation {
  if (!isRecord(value)) return false
  const { file, line, column } = value
  return typeof file === 'string' && typeof line === 'number' && typeof column === 'number'
}

function readUnusable({
  reason,
  package: url,
  isStale,
}: Record<string, unknown>): UnusableMessage | undefined {
  if (typeof reason !== 'string') return undefined
  const type = 'hot-runner:unusable'
  const isOf = typeof url === 'string' ? { package: url } : {}
  return { type, reason, isStale: isStale === true, ...isOf }
}

/** hot-hook 1.x does not say which boundaries: each of its updates waits for an `import()`. */
function readInvalidated({
  paths,
  files,
  modules,
  boundaries,
}: Record<string, unknown>): InvalidatedMessage | undefined {
  if (!isTexts(paths)) return undefined
  const type = 'hot-hook:invalidated'
  return {
    type,
    paths,
    files: isTexts(files) ? files : paths.slice(0, 1),
    modules: isTexts(modules) ? modules : paths,
    boundaries: isTexts(boundaries) ? boundaries : paths,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
