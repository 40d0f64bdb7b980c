// Fastify with @fastify/autoload: run `npm run dev`, open http://localhost:8080/users, edit a route or a
// plugin, add a file to routes/. The server and its connections stay; the application is built anew.
//
// In package.json "include" makes autoload a part of the program, so that what it loads is hot.
import { createServer } from 'node:http'
import { build } from './app.js'

let app = await build()
const server = createServer((...args) => app.routing(...args))
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`listening on ${server.address().port}`)
})

import.meta.hot?.accept('./app.js', async (next) => {
  const old = app
  app = await next.build()
  await old.close()
})
