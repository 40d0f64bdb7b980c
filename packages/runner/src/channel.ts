import type { Runner } from './runner.ts'

/** Passes the application's messages on, both ways, when this process was started with a channel. */
export function joinChannels(runner: Runner): void {
  if (process.send === undefined) return
  runner.on('message', (message) => {
    // A parent that goes away meanwhile is no error of ours.
    if (process.connected) process.send?.(message, undefined, {}, () => {})
  })
  process.on('message', (message) => runner.send(message))
}
