import express from 'express'
import { users } from './routes/users.ts'

const app = express()
app.get('/', (_request, response) => {
  response.send('Welcome')
})
app.use('/users', users)

export default app
