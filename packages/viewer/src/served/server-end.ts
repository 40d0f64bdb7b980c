import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:net'
import { hot } from 'hot-hook'
import { dropUnused, noteClosing, serverOf } from '../journal/closing-servers.ts'
import type { EventStreams } from '../journal/event-stream.ts'

const known = new WeakMap<Server, Set<EventStreams>>()

/**
 * Ends the streams when their server closes or the process is about to restart: a server that closes
 * waits for every response, and the application for its server.
 */
export function endWithServer(request: IncomingMessage, streams: EventStreams): void {
  const server = serverOf(request)
  if (!server) return
  const ending = known.get(server)
  if (ending) {
    ending.add(streams)
    return
  }
  const all = new Set([streams])
  known.set(server, all)
  const endAll = () => {
    for (const each of all) each.endAll()
  }
  const { close } = server
  server.close = (...args) => {
    noteClosing(server)
    endAll()
    const result = close.apply(server, args)
    dropUnused(server)
    return result
  }
  // What was sent just before has to leave first.
  hot.on('full-reload', () => void setImmediate(endAll))
}
