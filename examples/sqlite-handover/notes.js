import { database } from './database.js'

const insert = database.prepare('INSERT INTO notes (text) VALUES (?)')
const all = database.prepare('SELECT text FROM notes ORDER BY id')

export function handle(request, response) {
  const added = new URL(request.url, 'http://localhost').searchParams.get('add')
  if (added) insert.run(added)
  const notes = all.all().map(({ text }) => text)
  response.end(`notes: ${notes.join(', ')}`)
}
