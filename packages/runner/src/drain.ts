import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Server, type Socket } from 'node:net'

/** How long a connection on which nothing happens may stay, in milliseconds. */
const idleGrace = 2000

/**
 * Watches the servers of this process from now on.
 *
 * @returns a function that stops accepting connections and resolves when the last request has been
 *   answered, in `timeout` milliseconds at the latest
 */
export function watchRequests(): (timeout: number) => Promise<void> {
  const servers = new Set<Server>()
  const sockets = new Set<Socket>()
  const responses = new Set<ServerResponse>()
  let draining = false

  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    servers.add((message as { server: Server }).server)
  })
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  subscribe('http.server.request.start', (message) => {
    const { response } = message as { request: IncomingMessage; response: ServerResponse }
    responses.add(response)
    response.once('close', () => responses.delete(response))
    if (draining) closeAfter(response)
  })

  return async (timeout) => {
    const began = performance.now()
    draining = true
    for (const response of responses) closeAfter(response)
    // An HTTP server's own `close` would cut idle connections, on which a request may be under way.
    for (const server of servers) if (server.listening) Server.prototype.close.call(server)
    while (true) {
      const waited = performance.now() - began
      if (waited >= timeout) return
      if (responses.size === 0 && (sockets.size === 0 || waited >= idleGrace)) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

/** The client opens its next connection to the new process. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}
