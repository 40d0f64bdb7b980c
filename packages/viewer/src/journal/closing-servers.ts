import type { IncomingMessage } from 'node:http'
import { Server } from 'node:net'

const closing = new WeakSet<Server>()

/** The server that a request has come to. */
export function serverOf(request: IncomingMessage): Server | undefined {
  const server = 'server' in request.socket ? request.socket.server : undefined
  return server instanceof Server ? server : undefined
}

/** From now on the server waits for its connections to end. */
export function noteClosing(server: Server): void {
  closing.add(server)
}

/** Whether the server of a request closes: one that listens again does not. */
export function isClosing(request: IncomingMessage): boolean {
  const server = serverOf(request)
  return server !== undefined && closing.has(server) && !server.listening
}
