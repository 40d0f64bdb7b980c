// Koa: run `npm run dev`, open http://localhost:8080, edit app.js or articles.js. The server stays;
// each request is handled by the newest app.
import { createServer } from 'node:http'
import app from './app.js'

const server = createServer((...args) => app.callback()(...args))
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`listening on ${server.address().port}`)
})

import.meta.hot?.accept('./app.js')
