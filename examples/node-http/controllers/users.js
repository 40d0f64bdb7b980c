import { findUser, users } from '../models/users.js'
import { greet } from '../services/greetings.js'

export function listUsers(_request, response) {
  response.end(`${users.map(({ name }) => name).join(', ')}\n`)
}

export function showUser(_request, response, id) {
  const user = findUser(id)
  response.statusCode = user ? 200 : 404
  response.end(user ? `${greet(user.name)}\n` : `No user ${id}\n`)
}
