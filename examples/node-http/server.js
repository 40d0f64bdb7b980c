import http from 'node:http'
import { config } from './config.js'
import { visits } from './models/visits.js'

const server = http.createServer(async (request, response) => {
  visits.count++
  try {
    // The boundary: each request gets the latest app.js, and the latest of all that it imports.
    const { default: app } = await import('./app.js')
    await app(request, response)
  } catch (error) {
    response.statusCode = 500
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.end(`${error.stack}\n`)
  }
})

server.listen(config.port, () => {
  console.log(`listening on http://localhost:${server.address().port} (pid ${process.pid})
Edit one of these in examples/node-http and reload the page:
  controllers/home.js, models/users.js   hot: this process goes on, the visits stay counted
  models/visits.js, .env                 needed at start: the process restarts in place`)
})
