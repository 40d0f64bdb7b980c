import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import {
  circle,
  directImports,
  fileImports,
  type Imports,
  linesOf,
  roomImports,
  roomOf,
} from './harness/rooms.ts'

const architecture = fileURLToPath(new URL('../ARCHITECTURE.md', import.meta.url))
const files = fileImports()
const rooms = roomImports(files)

/** The room that imports a package. */
const doors: Record<string, string> = {
  chokidar: 'watch',
  'es-module-lexer': 'loader/sources',
  mitt: 'events.ts',
  picomatch: 'options',
}

it('no file and no room imports, by whatever way, what imports it', () => {
  const own = [...files].map(([path, imported]): [string, Set<string>] => [
    path,
    new Set([...imported].filter((other) => files.has(other))),
  ])
  expect(circle(new Map(own))).toBeUndefined()
  expect(circle(rooms)).toBeUndefined()
})

it('graph/ imports nothing but itself, and of Node only what does nothing: how paths are written', () => {
  const imported = [...files].filter(([path]) => roomOf(path) === 'graph').map(([, given]) => given)
  const outside = imported.flatMap((given) => [...given]).filter((path) => roomOf(path) !== 'graph')
  expect(imported.length).toBeGreaterThan(0)
  expect(outside).toEqual(['node:path'])
})

it('nothing imports hot.ts but index.ts', () => {
  expect(importersOf('hot.ts')).toEqual(['index.ts'])
})

it('nothing imports index.ts but what loads it, and the two ways to register', () => {
  const all = ['load-runtime.ts', 'register-require.ts', 'register.ts']
  expect(importersOf('index.ts')).toEqual(all)
})

it.each(Object.entries(doors))('%s is imported in %s alone', (name, room) => {
  expect(new Set(importersOf(name).map(roomOf))).toEqual(new Set([room]))
})

it('every import is of a file that is there, of a package that is bundled, or of Node', () => {
  const known = (name: string) => files.has(name) || name in doors || name.startsWith('node:')
  const all = [...files.values()].flatMap((given) => [...given])
  expect(all.filter((name) => !known(name))).toEqual([])
})

it('no file is so long that it is two rooms', () => {
  const long = [...files.keys()].filter((path) => linesOf(path) > 300)
  expect(long).toEqual([])
})

it('the drawing in ARCHITECTURE.md is that of the imports', async () => {
  const text = readFileSync(architecture, 'utf8')
  const drawn = text.replace(/(?<=```mermaid\n)[\s\S]*?(?=```)/, () => drawing(rooms))
  await expect(drawn, 'vitest run -u draws it anew').toMatchFileSnapshot(architecture)
})

it('ARCHITECTURE.md says of each room what it is for', () => {
  const rows = readFileSync(architecture, 'utf8').matchAll(/^\| `([^`]+)` \|/gm)
  expect([...rows].map(([, room]) => room).sort()).toEqual([...rooms.keys()].sort())
})

function importersOf(name: string): string[] {
  return [...files].filter(([, imported]) => imported.has(name)).map(([path]) => path)
}

/** A drawing in Mermaid: an arrow leads from who calls to who is called. */
function drawing(imports: Imports): string {
  const id = (room: string) => room.replace(/\W/g, '_')
  const lines = ['flowchart TD']
  for (const room of imports.keys()) lines.push(`  ${id(room)}["${room}"]`)
  for (const [room, known] of directImports(imports)) {
    for (const other of [...known].sort()) lines.push(`  ${id(room)} --> ${id(other)}`)
  }
  return `${lines.join('\n')}\n`
}
