import { home } from './controllers/home.js'
import { listUsers, showUser } from './controllers/users.js'

const routes = [
  [/^\/$/, home],
  [/^\/users$/, listUsers],
  [/^\/users\/(\w+)$/, showUser],
]

/** Finds the controller of a request. */
export default async function app(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost')
  for (const [pattern, controller] of routes) {
    const match = pattern.exec(pathname)
    if (match) return controller(request, response, ...match.slice(1))
  }
  response.statusCode = 404
  response.end(`Nothing at ${pathname}\n`)
}
