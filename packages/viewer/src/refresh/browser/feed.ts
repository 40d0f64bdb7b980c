import { pauseAfter } from './pause.ts'
import type { FeedMessage, PortMessage } from './worker.ts'

/** What a feed calls. */
export interface FeedHandlers {
  open(): void
  lost(): void
  data(data: string): void
}

/** What a page has of the server that it follows. */
export interface Feed {
  /** Asks for an address, for the sake of the request: nobody is told when it fails. */
  ask(url: string): void
}

/**
 * Follows a stream of server-sent events: through the shared worker at `worker`, or by itself where
 * there is none.
 */
export function followFeed(url: string, worker: string | undefined, on: FeedHandlers): Feed {
  if (worker === undefined || typeof SharedWorker === 'undefined') return followAlone(url, on)
  return followTogether(url, worker, on)
}

/** How long the worker is tried to be had before the page follows alone, in milliseconds. */
const patience = 10_000

function followTogether(url: string, worker: string, on: FeedHandlers): Feed {
  const since = Date.now()
  let port: MessagePort | undefined
  let alone: Feed | undefined
  let isForbidden = false
  addEventListener('securitypolicyviolation', ({ effectiveDirective, disposition }) => {
    if (effectiveDirective === 'worker-src' && disposition === 'enforce') isForbidden = true
  })
  const say = (message: PortMessage) => port?.postMessage(message)
  const connect = () => {
    const shared = new SharedWorker(worker)
    port = shared.port
    port.onmessage = ({ data }: MessageEvent<FeedMessage>) => {
      if (data.type === 'data') on.data(data.data)
      else on[data.type]()
    }
    say({ type: 'follow', url })
    shared.addEventListener('error', () => {
      shared.port.close()
      // A server that restarts just then: whatever the page itself asks it for would be an error in its console.
      const away = Date.now() - since
      setTimeout(() => {
        if (isForbidden || away > patience) alone = followAlone(url, on)
        else connect()
      }, pauseAfter(away))
    })
  }
  connect()
  addEventListener('pagehide', () => say({ type: 'leave' }))
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) say({ type: 'follow', url })
  })
  return {
    // A request of the page that a restart cuts off would be an error in its console.
    ask: (address) => (alone ? alone.ask(address) : say({ type: 'ask', url: address })),
  }
}

function followAlone(url: string, on: FeedHandlers): Feed {
  const source = new EventSource(url)
  source.onopen = () => on.open()
  source.onerror = () => on.lost()
  source.onmessage = ({ data }) => on.data(data)
  return { ask: (address) => void fetch(address, { credentials: 'omit' }).catch(() => {}) }
}
