// Express without a restart: run `npm run dev`, open http://localhost:8080/users, edit app.js or
// anything under it. The next request is answered by the new code, on the same server.
import http from 'node:http'
import app from './app.js'

// `app` is a live binding: once './app.js' is accepted it is the newest one at every request.
const server = http.createServer((request, response) => app(request, response))
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`listening on ${server.address().port}`)
})

import.meta.hot?.accept('./app.js')
