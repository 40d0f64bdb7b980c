import { isMainThread } from '../node/threads.ts'
import { printable } from './printable.ts'

const errors = new WeakSet<object>()
let isListening = false

/**
 * Notes that an error says all by its message. When nobody catches it, the process ends with that
 * one line and exit code 1 instead of a frame of Hot Hook. What the application does about uncaught
 * errors is done as ever.
 */
export function inOneLine<T>(error: T): T {
  if (!(error instanceof Error) || !isMainThread) return error
  errors.add(error)
  if (!isListening) process.on('uncaughtExceptionMonitor', endInOneLine)
  isListening = true
  return error
}

function endInOneLine(error: Error): void {
  if (!errors.has(error) || process.hasUncaughtExceptionCaptureCallback()) return
  if (process.listenerCount('uncaughtException') > 0) return
  // Not the log: what `-r` loads first is to be small.
  process.stderr.write(`[hot-hook] ${printable(error.message)}\n`)
  process.exit(1)
}
