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
import type { Wait } from './standby/wait.ts'

const mark = isMainThread ? process.env[marker] : undefined
const [killTimeout = 0, hasHandoff = 0, standby = 0] = mark?.split(',').map(Number) ?? []

// Processes that the application starts inherit its environment; they are not ours.
if (isMainThread) delete process.env[marker]
if (mark !== undefined) {
  const wait = standby === 2 ? loadWait() : undefined
  if (standby > 0) {
    // Hot Hook has to know what is no part of the program, and what comes behind it how to wait.
    const directory = new URL('.', import.meta.url).href
    Reflect.set(globalThis, Symbol.for('hot-hook.runner'), { directory, wait })
  }
  reportErrors()
  reportListening()
  if (!wait) connect()
}

/** Talks with the runner from now on: the script is about to be loaded. */
function connect(): void {
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

/** Now: a loader that is given with `-r` would compile it later. */
function loadWait(): Wait {
  const require = createRequire(import.meta.url)
  const { Wait } = require('./standby/wait.js') as typeof import('./standby/wait.ts')
  return new Wait({ tell, connect })
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

function tell(message: PreloadMessage): void {
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
