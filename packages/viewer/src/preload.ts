// Loaded in front of an application by `hot-runner --refresh`: whatever is imported here is loaded in
// every process of it.
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLocalHost } from './access/access.ts'
import { inject } from './refresh/inject.ts'
import { followRendering } from './refresh/rendering.ts'
import { processVariable, refreshVariable } from './refresh/runner-address.ts'
import { scriptTag } from './refresh/tag.ts'

const address = process.env[refreshVariable]
if (address !== undefined && process.env.NODE_ENV !== 'production') {
  const root = process.cwd()
  // Workers that the process starts answer for it.
  process.env[processVariable] ??= String(process.pid)
  const { origin } = new URL(address)
  const pid = Number(process.env[processVariable])
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as {
      request: IncomingMessage
      response: ServerResponse
    }
    // From elsewhere, or by another name, the runner is not to be had.
    if (!isLocalHost(request.headers.host ?? '', [])) return
    const rendering = followRendering(pid)
    inject(request, response, {
      needs: { from: origin, usesWorker: false },
      tag: (nonce) => scriptTag(address, rendering, root, nonce),
    })
  })
}
