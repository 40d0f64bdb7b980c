import type { IncomingMessage } from 'node:http'
import { Server } from 'node:net'
import { hot } from 'hot-hook'
import type { EventStreams } from '../journal/event-stream.ts'

const known = new WeakMap<Server, Set<EventStreams>>()

/** The server that a request has come to. */
export function serverOf(request: IncomingMessage): Server | undefined {
  const server = 'server' in request.socket ? request.socket.server : undefined
  return server instanceof Server ? server : undefined
}

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
    endAll()
    return close.apply(server, args)
  }
  // What was sent just before has to leave first.
  hot.on('full-reload', () => void setImmediate(endAll))
}
