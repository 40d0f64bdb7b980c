import type { IncomingMessage, ServerResponse } from 'node:http'
import { renderToPipeableStream } from 'react-dom/server'
import { Page } from './components/page.tsx'

/** Answers with the page as React streams it. */
export function render(request: IncomingMessage, response: ServerResponse): void {
  const stream = renderToPipeableStream(<Page path={request.url ?? '/'} />, {
    onShellReady() {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      stream.pipe(response)
    },
    onShellError(error) {
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(String(error))
    },
  })
}
