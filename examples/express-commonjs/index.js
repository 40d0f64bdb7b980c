// Express in CommonJS: run `npm run dev`, open http://localhost:8080/users, edit app.js or anything
// that it requires. A variable that holds what was required gets the new one in the callback.
const http = require('node:http')
let app = require('./app')

const server = http.createServer((request, response) => app(request, response))
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`listening on ${server.address().port}`)
})

module.hot?.accept('./app', (next) => {
  app = next
})
