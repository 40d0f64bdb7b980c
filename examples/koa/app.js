import Koa from 'koa'
import { articles } from './articles.js'

const app = new Koa()

app.use(async (context, next) => {
  const start = performance.now()
  await next()
  context.set('Server-Timing', `app;dur=${(performance.now() - start).toFixed(1)}`)
})

app.use((context) => {
  if (context.path === '/') context.body = articles.map(({ title }) => title).join('\n')
})

export default app
