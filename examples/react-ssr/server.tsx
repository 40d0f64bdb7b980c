// React, rendered on the server: run `npm run dev`, open http://localhost:8080, edit a component. The
// import() in the handler is a boundary: each request renders with the newest components.
import { createServer } from 'node:http'

const server = createServer(async (request, response) => {
  try {
    const { render } = await import('./render.tsx')
    render(request, response)
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(error instanceof Error ? error.stack : String(error))
  }
})
server.listen(Number(process.env.PORT ?? 8080), () => {
  const address = server.address()
  if (typeof address === 'object') console.log(`listening on ${address?.port}`)
})
