// Express in TypeScript with static imports: run `npm run dev`, open http://localhost:8080/users, edit
// anything under app.ts. Two things make it hot: the listener that passes on to `app` at each
// request, and the accept below.
import { createServer } from 'node:http'
import app from './app.ts'

const server = createServer((...args) => app(...args))
server.listen(Number(process.env.PORT ?? 8080), () => {
  const address = server.address()
  if (typeof address === 'object') console.log(`listening on ${address?.port}`)
})

import.meta.hot?.accept('./app.ts')
