import { Router } from 'express'
import { findUser, listUsers } from '../services/users.ts'

export const users = Router()

users.get('/', (_request, response) => {
  response.json(listUsers())
})

users.get('/:name', (request, response) => {
  const user = findUser(request.params.name)
  if (user) response.json(user)
  else response.status(404).json({ error: `no user ${request.params.name}` })
})
