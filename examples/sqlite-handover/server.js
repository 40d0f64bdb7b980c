// State that outlives its module: the listening server here and the database in database.js go from
// one instance to the next through `import.meta.hot.data`. Run `npm run dev`, open
// http://localhost:8080/?add=hello, edit any file: the notes are still there, the port stays open.
import http from 'node:http'
import { handle } from './notes.js'

const hot = import.meta.hot
const server = hot?.data.server ?? listen()

// The old handler goes when the new one is there, so no request is left without an answer.
server.removeAllListeners('request')
server.on('request', handle)

hot?.accept()
hot?.dispose((data) => {
  data.server = server
})

function listen() {
  const created = http.createServer()
  return created.listen(process.env.PORT ?? 8080, () => {
    console.log(`listening on ${created.address().port}`)
  })
}
