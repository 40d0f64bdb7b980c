import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findBlock } from '../../docs/tests/stage.ts'
import { prisma } from '../../docs/tests/stories/packed.ts'
import { packAll, run } from '../pack.ts'
import { newProject, write } from '../project.ts'
import { Running } from '../running.ts'

// Installs from the registry, 300 MB of it: `npm run packed`.
const isAsked = process.env.HOT_HOOK_PACKED !== undefined

const schema = `generator client {
  provider = "prisma-client"
  output   = "../generated"
}

datasource db {
  provider = "sqlite"
}

model User {
  id   Int    @id @default(autoincrement())
  name String
}
`

const server = `import http from 'node:http'
const { prisma } = await import('./prisma.ts')
await prisma.$executeRaw\`CREATE TABLE User (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT)\`
await prisma.user.create({ data: { name: 'Ada' } })
const clients = new Set()
http.createServer(async (_, response) => {
  const { allUsers } = await import('./users.ts')
  clients.add((await import('./prisma.ts')).prisma)
  response.end(JSON.stringify(await allUsers()) + ' ' + clients.size)
}).listen(0, '127.0.0.1', function (this: http.Server) { console.log('at ' + JSON.stringify(this.address())) })
`

/** Saves a file with one text in place of another. */
function edit(directory: string, name: string, from: string, to: string): void {
  const text = readFileSync(join(directory, name), 'utf8')
  expect(text).toContain(from)
  write(directory, { [name]: text.replace(from, to) })
}

/** What is generated needs no engine; any program will do where one would be fetched. */
function generate(directory: string): void {
  run(['npx', 'prisma', 'generate'], directory, {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  })
}

describe.skipIf(!isAsked)(
  'Prisma',
  () => {
    it('keeps its client when a query is saved, and has the new one after `prisma generate`', async () => {
      const given = packAll().map(({ name, tarball }) => [name, `file:${tarball}`])
      const pages = prisma.blocks.map((name) => [name, findBlock(prisma.page, name).text])
      const directory = newProject({
        'package.json': JSON.stringify({
          name: 'consumer',
          private: true,
          type: 'module',
          devDependencies: {
            ...Object.fromEntries(given),
            ...Object.fromEntries(prisma.packages.map((name) => [name, '^7.0.0'])),
          },
        }),
        'prisma/schema.prisma': schema,
        'server.ts': server,
        ...Object.fromEntries(pages),
      })
      run(['npm', 'install', '--no-audit', '--no-fund'], directory)
      generate(directory)

      using running = new Running(['npx', 'hot-runner', 'server.ts'], directory)
      const [, port] = await running.see(/"port":(\d+)/)
      const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()
      expect(await ask()).toBe('[{"id":1,"name":"Ada"}] 1')
      edit(directory, 'users.ts', 'findMany()', 'findMany({ select: { name: true } })')
      expect(await ask()).toBe('[{"name":"Ada"}] 1')
      edit(directory, 'prisma/schema.prisma', 'name String', 'name String\n  city String?')
      generate(directory)
      edit(directory, 'users.ts', '{ name: true }', '{ name: true, city: true }')
      expect(await ask()).toBe('[{"name":"Ada","city":null}] 2')
      expect(running.output).not.toContain('full reload')
    })
  },
  600_000,
)
