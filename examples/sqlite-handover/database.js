import { DatabaseSync } from 'node:sqlite'

const hot = import.meta.hot

/** The connection of the instance before, or a new one. */
export const database = hot?.data.database ?? new DatabaseSync(':memory:')

database.exec('CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)')

hot?.dispose((data) => {
  data.database = database
})
// Nobody imports this file any more: now the connection is really done with.
hot?.prune((data) => {
  data.database.close()
  console.log('database closed')
})
