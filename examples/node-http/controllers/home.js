import { visits } from '../models/visits.js'
import { greet } from '../services/greetings.js'

export function home(_request, response) {
  response.end(`${greet('world')} This is visit ${visits.count} of process ${process.pid}.\n`)
}
