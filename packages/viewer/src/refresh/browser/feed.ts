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

function followTogether(url: string, worker: string, on: FeedHandlers): Feed {
  const shared = new SharedWorker(worker)
  const { port } = shared
  const say = (message: PortMessage) => port.postMessage(message)
  port.onmessage = ({ data }: MessageEvent<FeedMessage>) => {
    if (data.type === 'data') on.data(data.data)
    else on[data.type]()
  }
  say({ type: 'follow', url })
  addEventListener('pagehide', () => say({ type: 'leave' }))
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) say({ type: 'follow', url })
  })
  // A request of the page that a restart cuts off would be an error in its console.
  let ask = (address: string) => say({ type: 'ask', url: address })
  shared.addEventListener('error', () => {
    // It was not there to be had: a server that restarts just then, or a policy that forbids it.
    port.close()
    ask = followAlone(url, on).ask
  })
  return { ask: (address) => ask(address) }
}

function followAlone(url: string, on: FeedHandlers): Feed {
  const source = new EventSource(url)
  source.onopen = () => on.open()
  source.onerror = () => on.lost()
  source.onmessage = ({ data }) => on.data(data)
  return { ask: (address) => void fetch(address, { credentials: 'omit' }).catch(() => {}) }
}
