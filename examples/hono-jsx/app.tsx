import { Hono } from 'hono'
import { List } from './pages/list.tsx'
import { title } from './settings.ts'
import { teas } from './teas.ts'

const app = new Hono()

app.get('/', (context) => context.html(<List title={title} teas={teas} />))

export default app
