// A monorepo: run `npm run dev`, open http://localhost:8080/prices, edit app.ts, or the source of the
// package beside it (packages/prices). A linked package is part of the program.
import { serve } from '@hono/node-server'
import app from './app.ts'

serve(
  { fetch: (...args) => app.fetch(...args), port: Number(process.env.PORT ?? 8080) },
  (info) => {
    console.log(`listening on ${info.port}`)
  },
)

import.meta.hot?.accept('./app.ts')
