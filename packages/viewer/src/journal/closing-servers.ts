import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { Server, type Socket } from 'node:net'

const closing = new WeakSet<Server>()
const connections = new Set<Socket>()
let isFollowing = false

/** Notes the connections that come from now on. */
export function followConnections(): void {
  if (isFollowing) return
  isFollowing = true
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket }
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
}

/** Browsers open connections ahead. Node before 26 waits for those that nothing was asked on, for ever. */
export function dropUnused(server: Server): void {
  for (const socket of connections) {
    if (socket.bytesRead === 0 && 'server' in socket && socket.server === server) socket.destroy()
  }
}

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
