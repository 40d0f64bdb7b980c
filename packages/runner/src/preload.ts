// Loaded into the script's process in front of everything else (`-r` or `--import`), so whatever is
// imported here is loaded in the application, too.
import { subscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { type Server, Socket } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import {
  controlPipe,
  type HandoffMessage,
  marker,
  type PreloadMessage,
  type PulseAnswer,
} from './preload-protocol.ts'
import type { FileReads } from './standby/file-reads.ts'

const mark = isMainThread ? process.env[marker] : undefined
const [killTimeout = 0, hasHandoff = 0, isAhead = 0] = mark?.split(',').map(Number) ?? []

/** This process was started before it is needed, and waits in front of the script. */
export const isStandby = isAhead === 1
/** What is read while it waits. */
export const reads = isStandby ? loadFileReads() : undefined

// Processes that the application starts inherit its environment; they are not ours.
if (isMainThread) delete process.env[marker]
if (mark !== undefined) {
  // Whatever else is loaded of the runner is no part of the program.
  Reflect.set(globalThis, Symbol.for('hot-hook.runner'), new URL('.', import.meta.url).href)
  reportErrors()
  reportListening()
  if (!isStandby) connect()
}

/** Talks with the runner from now on: the script is about to be loaded. */
export function connect(): void {
  // Not the channel: its listeners and its end are the application's.
  const control = new Socket({ fd: controlPipe })
  control.unref()
  control.on('error', () => {})
  control.on('close', () => leave(killTimeout))
  tell({ type: 'hot-runner:booted' })
  const actions = hasHandoff === 1 ? loadHandoff(killTimeout) : undefined
  control.on('data', (data) => {
    for (const line of data.toString().split('\n')) {
      if (line === 'ping') control.write(`${pulse()}\n`)
      else if (line !== '') actions?.[line as HandoffMessage]()
    }
  })
}

function loadFileReads(): FileReads {
  const require = createRequire(import.meta.url)
  const { FileReads } =
    require('./standby/file-reads.js') as typeof import('./standby/file-reads.ts')
  return new FileReads()
}

function loadHandoff(killTimeout: number): Record<HandoffMessage, () => void> {
  // Not an import(): with `-r` nothing can be waited for.
  const require = createRequire(import.meta.url)
  const handoff = require('./preload-handoff.js') as typeof import('./preload-handoff.ts')
  return handoff.handoffActions(killTimeout, tell)
}

function pulse(): PulseAnswer {
  const inspector = process.getBuiltinModule('node:inspector')
  return inspector.url() === undefined ? 'alone' : 'debugged'
}

/** Tells the runner something. */
export function tell(message: PreloadMessage): void {
  // Without a callback an error would be thrown at the application.
  if (process.connected) process.send?.(message, undefined, {}, () => {})
}

/** What an uncaught error names is what the runner watches when the process is gone. */
function reportErrors(): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    const parts: string[] = []
    for (let cause = error; cause instanceof Error && parts.length < 8; cause = cause.cause) {
      parts.push(String(cause.stack))
      if ('url' in cause) parts.push(String(cause.url))
    }
    const takenPort = takenPortOf(error)
    const text = parts.join('\n')
    const message = String(error)
    tell({ type: 'hot-runner:error', message, text, ...(takenPort !== undefined && { takenPort }) })
    // The runner says it in one line; where the application does not see to it, it ends as it would.
    if (takenPort !== undefined && !isSeenTo()) process.exit(1)
  })
}

function takenPortOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE')
    return undefined
  return 'port' in error && typeof error.port === 'number' && error.port > 0
    ? error.port
    : undefined
}

function isSeenTo(): boolean {
  const hasListener = process.listenerCount('uncaughtException') > 0
  return hasListener || process.hasUncaughtExceptionCaptureCallback()
}

function reportListening(): void {
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const address = (message as { server?: Server }).server?.address()
    if (typeof address === 'string') tell({ type: 'hot-runner:listening', address })
    else if (address) {
      tell({ type: 'hot-runner:listening', address: address.address, port: address.port })
    }
  })
}

/** The runner is gone, even killed: end as if told to, so that the application can clean up. */
function leave(killTimeout: number): void {
  if (process.platform === 'win32') process.exit(0)
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), killTimeout).unref()
}
