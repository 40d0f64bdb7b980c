import type { BroadcastChannel } from 'node:worker_threads'
import { isMainThread, threads } from '../node/threads.ts'
import type { MessageToParent } from './protocol.ts'

/** What the threads of one process say on `threadChannelName`; the main thread answers. */
export interface ThreadMessage {
  /** The thread that says it, `undefined` for what the main thread says to all. */
  from: number | undefined
  message: unknown
}

/** Threads of one process talk on this channel. */
export const threadChannelName = 'hot-hook'
/** Environment data that tells a new thread that the main thread runs Hot Hook. */
export const threadLeaderKey = 'hot-hook:leader'
/** Environment variable with the pid of a cluster primary that runs Hot Hook. */
export const clusterLeaderVariable = 'HOT_HOOK_PRIMARY'

let channel: BroadcastChannel | undefined

/** The channel between the threads of this process, which keeps none of them alive. */
export function threadChannel(): BroadcastChannel {
  if (!channel) {
    channel = new (threads().BroadcastChannel)(threadChannelName)
    channel.unref()
  }
  return channel
}

/** What came on the channel; anybody in the process may write to one of that name. */
export function threadMessage(event: unknown): ThreadMessage {
  const { data } = event as { data: unknown }
  const { from, message } = Object(data) as Partial<ThreadMessage>
  return { from, message }
}

/** Another thread of this process watches the files, and restarts the process. */
export function isFollowingThread(): boolean {
  return !isMainThread && threads().getEnvironmentData(threadLeaderKey) === true
}

/** The parent process is a cluster primary that watches the files. */
export function isFollowingPrimary(): boolean {
  return process.send !== undefined && process.env[clusterLeaderVariable] === String(process.ppid)
}

/** The runner shows updates and full reloads itself, as its messages tell them. */
export function isShownByParent(): boolean {
  return process.send !== undefined && process.env.HOT_RUNNER === String(process.ppid)
}

/**
 * Who is told knows the messages that 1.x did not have. A manager of 1.x may take everything that
 * begins with `hot-hook:` for one of the two that it knows: AdonisJS's assembler 7 dies of others.
 */
export function knowsNewMessages(): boolean {
  return isFollowingThread() || isFollowingPrimary() || isShownByParent()
}

const oldMessages = new Set<MessageToParent['type']>([
  'hot-hook:invalidated',
  'hot-hook:full-reload',
])

/** Tells the thread that watches, or else the parent process; `false` when neither is to be told. */
export function sendToParent(message: MessageToParent): boolean {
  if (!oldMessages.has(message.type) && !knowsNewMessages()) return false
  if (isFollowingThread()) {
    threadChannel().postMessage({ from: threads().threadId, message } satisfies ThreadMessage)
    return true
  }
  if (!process.send || !process.connected) return false
  // A parent that goes away meanwhile is no error of the application's.
  process.send(message, undefined, undefined, () => {})
  return true
}

/** Calls `handler` with what the parent process or the watching thread says; keeps nothing alive. */
export function listenToParent(handler: (message: unknown) => void): void {
  if (isFollowingThread()) {
    threadChannel().onmessage = (event) => {
      const { from, message } = threadMessage(event)
      if (from === undefined) handler(message)
    }
    return
  }
  process.on('message', handler)
  balanceChannel()
  const onListener = (event: string | symbol) => {
    if (event === 'message' || event === 'disconnect') queueMicrotask(balanceChannel)
  }
  process.on('newListener', onListener)
  process.on('removeListener', onListener)
}

/** The channel is a reason to stay alive for the application's own listeners only. */
function balanceChannel(): void {
  const listeners = process.listenerCount('message') + process.listenerCount('disconnect')
  if (listeners > 1) process.channel?.ref()
  else process.channel?.unref()
}
