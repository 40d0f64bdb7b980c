// One connection for all pages of an origin, in a shared worker: a server that restarts leaves no
// error in the console of a page, and many open tabs do not use up the connections.

import { pauseAfter } from './pause.ts'

interface Feed {
  source: EventSource
  ports: Set<MessagePort>
  /** What a page that comes later has to know. */
  seen: FeedMessage[]
  isOpen: boolean
  /** Since when there is no stream. */
  lostAt: number
}

/** What a page is told. */
export type FeedMessage = { type: 'open' } | { type: 'lost' } | { type: 'data'; data: string }

/** What a page says. */
export type PortMessage =
  | { type: 'follow'; url: string }
  | { type: 'ask'; url: string }
  | { type: 'leave' }

const mostSeen = 4_000

const feeds = new Map<string, Feed>()

addEventListener('connect', (event) => {
  if (!(event instanceof MessageEvent)) return
  const [port] = event.ports
  if (port) serve(port)
})

/** Answers one page until it leaves. */
function serve(port: MessagePort): void {
  let feed: Feed | undefined
  let url = ''
  const leave = () => {
    feed?.ports.delete(port)
    if (feed?.ports.size === 0) {
      feed.source.close()
      feeds.delete(url)
    }
    feed = undefined
  }
  port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
    if (data.type === 'ask') {
      fetch(data.url, { credentials: 'omit' }).catch(() => {})
      return
    }
    leave()
    if (data.type === 'leave') return
    url = data.url
    feed = feeds.get(url) ?? open(url)
    feed.ports.add(port)
    if (feed.isOpen) port.postMessage({ type: 'open' } satisfies FeedMessage)
    for (const message of feed.seen) port.postMessage(message)
  }
}

function open(url: string): Feed {
  const feed: Feed = {
    source: new EventSource(url),
    ports: new Set(),
    seen: [],
    isOpen: false,
    lostAt: Date.now(),
  }
  feeds.set(url, feed)
  follow(feed, url)
  return feed
}

function follow(feed: Feed, url: string): void {
  const { source } = feed
  source.onopen = () => {
    feed.isOpen = true
    tell(feed, { type: 'open' })
  }
  source.onmessage = ({ data }) => {
    const message: FeedMessage = { type: 'data', data }
    feed.seen.push(message)
    if (feed.seen.length > mostSeen) feed.seen.splice(0, mostSeen / 2)
    tell(feed, message)
  }
  source.onerror = () => {
    // What the browser would do by itself is too slow for a restart, and after an answer that is no stream, nothing.
    source.close()
    if (feed.isOpen) {
      feed.isOpen = false
      feed.lostAt = Date.now()
      tell(feed, { type: 'lost' })
    }
    setTimeout(
      () => {
        if (feeds.get(url) !== feed) return
        feed.source = new EventSource(url)
        follow(feed, url)
      },
      pauseAfter(Date.now() - feed.lostAt),
    )
  }
}

function tell(feed: Feed, message: FeedMessage): void {
  for (const port of feed.ports) port.postMessage(message)
}
