import type { FeedMessage, PortMessage } from './worker.ts'

/** What a feed calls. */
export interface FeedHandlers {
  open(): void
  lost(): void
  data(data: string): void
}

/**
 * Follows a stream of server-sent events: through the shared worker at `worker`, or by itself where
 * there is none.
 */
export function followFeed(url: string, worker: string | undefined, on: FeedHandlers): void {
  if (worker === undefined || typeof SharedWorker === 'undefined') followAlone(url, on)
  else followTogether(url, worker, on)
}

function followTogether(url: string, worker: string, on: FeedHandlers): void {
  const { port } = new SharedWorker(worker)
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
}

function followAlone(url: string, on: FeedHandlers): void {
  const source = new EventSource(url)
  source.onopen = () => on.open()
  source.onerror = () => on.lost()
  source.onmessage = ({ data }) => on.data(data)
}
