// Hono JSX, whose page in the browser renews itself: run `npm run dev`, open http://localhost:8080, scroll
// down, and edit a component: the page is new, where it was. An edit of settings.ts restarts the process,
// and the page follows. The second address that is printed has the graph of the program.
import { serve } from '@hono/node-server'
import app from './app.tsx'
import { title } from './settings.ts'

serve(
  { fetch: (...args) => app.fetch(...args), port: Number(process.env.PORT ?? 8080) },
  ({ port }) => console.log(`${title}: listening on ${port}`),
)

// `app` is a live binding: the newest one answers.
import.meta.hot?.accept('./app.tsx')
