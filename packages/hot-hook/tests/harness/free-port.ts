import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port that nobody listens on now, below those that the system gives to connections: one of these may
 * be taken by a client before a server listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer().listen(port)
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
