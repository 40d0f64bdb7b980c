// Express with EJS, whose page in the browser renews itself: run `npm run dev`, open
// http://localhost:8080, scroll down, and edit views/list.ejs, public/shop.css or app.js. An edit of
// settings.js is a full reload, into a process that waits for it, and the page follows. So it does under
// `node --import hot-hook/register server.js`, which restarts in place.
import http from 'node:http'
import app from './app.js'
import { title } from './settings.js'

const server = http.createServer((request, response) => app(request, response))
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`${title}: listening on ${server.address().port}`)
})

// `app` is a live binding: the newest one answers.
import.meta.hot?.accept('./app.js')
