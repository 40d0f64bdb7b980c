import express from 'express'
import { title } from './settings.js'
import { list } from './views.js'

const app = express()

if (import.meta.hot) {
  // Only in development: where Hot Hook does not run, the package need not even be installed. `hot-runner
  // --refresh --ui` does both without a line in here.
  const { refresh, viewer } = await import('@hot-hook/viewer')
  app.use(refresh())
  app.get('/graph', viewer())
}
app.use(express.static(new URL('./public', import.meta.url).pathname))
app.get('/', (_request, response) => response.send(list({ title, count: 100 })))

export default app
