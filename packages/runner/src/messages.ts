import {
  type ExplainedMessage,
  type FullReloadMessage,
  type InvalidatedMessage,
  type LoadedMessage,
  parseLoaded,
  type StartedMessage,
  type UpdatedMessage,
} from 'hot-hook/protocol'
import type { PreloadMessage } from './preload-protocol.ts'

/** Every message that the runner understands. */
export type ChildMessage =
  | FullReloadMessage
  | InvalidatedMessage
  | UpdatedMessage
  | LoadedMessage
  | StartedMessage
  | ExplainedMessage
  | PreloadMessage

/** `undefined` for messages of the application itself, and for malformed ones. */
export function parseChildMessage(message: unknown): ChildMessage | undefined {
  if (!isRecord(message)) return undefined
  const { type } = message
  switch (type) {
    case 'hot-hook:full-reload': {
      const { path, shouldBeReloadable, chain, advice } = message
      if (typeof path !== 'string') return undefined
      const steps = isTexts(chain) ? chain : []
      const known = { type, path, shouldBeReloadable: shouldBeReloadable === true, chain: steps }
      return typeof advice === 'string' ? { ...known, advice } : known
    }
    case 'hot-hook:invalidated':
      return readInvalidated(message)
    case 'hot-hook:explained':
      return parseExplained(message)
    case 'hot-hook:loaded':
      return parseLoaded(message)
    case 'hot-hook:updated': {
      const { files, modules, durationMs } = message
      if (!isTexts(files) || !isTexts(modules) || typeof durationMs !== 'number') return undefined
      return { type, files, modules, durationMs }
    }
    case 'hot-runner:booted':
    case 'hot-runner:drained':
    case 'hot-runner:inspector-closed':
      return { type }
    case 'hot-runner:error': {
      const { text, takenPort } = message
      if (typeof text !== 'string') return undefined
      return typeof takenPort === 'number' ? { type, text, takenPort } : { type, text }
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

function parseExplained({ files }: Record<string, unknown>): ExplainedMessage | undefined {
  const isExplanation = (value: unknown) =>
    isRecord(value) &&
    typeof value.file === 'string' &&
    typeof value.outcome === 'string' &&
    isTexts(value.boundaries) &&
    isTexts(value.chain)
  if (!Array.isArray(files) || !files.every(isExplanation)) return undefined
  return { type: 'hot-hook:explained', files: files as ExplainedMessage['files'] }
}

/** hot-hook 1.x does not say which boundaries: each of its updates waits for an `import()`. */
function readInvalidated({
  paths,
  boundaries,
}: Record<string, unknown>): InvalidatedMessage | undefined {
  if (!isTexts(paths)) return undefined
  const type = 'hot-hook:invalidated'
  return { type, paths, boundaries: isTexts(boundaries) ? boundaries : paths }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
