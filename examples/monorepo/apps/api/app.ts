import { priceOf } from 'example-monorepo-prices'
import { Hono } from 'hono'

const app = new Hono()
app.get('/prices/:item', (context) => context.text(priceOf(context.req.param('item'))))

export default app
