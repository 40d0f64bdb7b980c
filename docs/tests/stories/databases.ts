import { expect } from 'vitest'
import type { Story } from '../stage.ts'
import { isHot, recipe } from './recipe.ts'

/** The recipes about databases. */
export const stories: Story[] = [
  recipe('database-pool', ['server.mjs', 'users.mjs', 'database.mjs'], {
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('[{"name":"Ada"}]')
      await isHot(stage, ['users.mjs', 'name FROM', 'upper(name) AS name FROM'], '[{"name":"ADA"}]')
      await isHot(stage, ['database.mjs', "'Ada'", "'Grace'"], '[{"name":"GRACE"}]')
    },
  }),
  recipe('database-pool', ['pool.mjs', 'kept.mjs'], {
    name: 'a pool ends with its module, a connection that is handed on stays',
    packages: ['pg'],
    files: {
      'main.mjs': `import http from 'node:http'
const pools = new Set()
const databases = new Set()
http.createServer(async (request, response) => {
  const { pool } = await import('./pool.mjs')
  const { database } = await import('./kept.mjs')
  pools.add(pool)
  databases.add(database)
  response.end([...pools].map(({ ended }) => ended) + ' ' + databases.size)
}).listen(process.env.PORT)`,
    },
    async play(stage) {
      await stage.serve('main.mjs')
      expect(await stage.ask()).toBe('false 1')
      stage.edit('pool.mjs', 'Pool()', 'Pool({ max: 5 })')
      stage.edit('kept.mjs', ':memory:', '')
      expect(await stage.ask()).toBe('true,false 1')
    },
  }),
  recipe('orms', ['pool.mjs', 'db.mjs', 'schema.mjs', 'users.mjs'], {
    name: 'a schema of Drizzle changes, the pool stays',
    packages: ['drizzle-orm', 'pg'],
    files: {
      'main.mjs': `import http from 'node:http'
const pools = new Set()
http.createServer(async (request, response) => {
  const { allUsers } = await import('./users.mjs')
  pools.add((await import('./pool.mjs')).pool)
  response.end(allUsers().toSQL().sql + ' ' + pools.size)
}).listen(process.env.PORT)`,
    },
    async play(stage) {
      await stage.serve('main.mjs')
      expect(await stage.ask()).toBe('select "name" from "users" 1')
      stage.edit('schema.mjs', 'name: text()', 'name: text(), city: text()')
      expect(await stage.ask()).toBe('select "name", "city" from "users" 1')
    },
  }),
  recipe('orms', ['user-model.mjs'], {
    name: 'a model of mongoose changes',
    packages: ['mongoose'],
    files: {
      'server.mjs': `import http from 'node:http'
import { User } from './user-model.mjs'
import.meta.hot?.accept('./user-model.mjs')
http.createServer((request, response) => {
  response.end(Object.keys(User.schema.paths).join(' '))
}).listen(process.env.PORT)`,
    },
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('name _id __v')
      await isHot(
        stage,
        ['user-model.mjs', 'name: String', 'name: String, age: Number'],
        'name age _id __v',
      )
    },
  }),
]
