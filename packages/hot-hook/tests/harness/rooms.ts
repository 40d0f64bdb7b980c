import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const source = fileURLToPath(new URL('../../src', import.meta.url))

/** Who imports whom, types included. */
export type Imports = Map<string, Set<string>>

/** The files of the source by their path in it, and what each imports: such a path, or a package. */
export function fileImports(): Imports {
  const paths = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.split(sep).join('/'))
    .sort()
  return new Map(paths.map((path) => [path, new Set(importsOf(path))]))
}

/** How many lines a file of the source has. */
export function linesOf(path: string): number {
  return readFileSync(join(source, path), 'utf8').trimEnd().split('\n').length
}

function importsOf(path: string): string[] {
  return ts
    .preProcessFile(readFileSync(join(source, path), 'utf8'), true, false)
    .importedFiles.map(({ fileName }) => {
      if (!fileName.startsWith('.')) return fileName
      // register.ts imports what is built beside it.
      return posix.join(dirname(path), fileName.replace(/\.js$/, '.ts'))
    })
}

/** The room of a file is its directory; one beside the rooms is a room of its own. */
export function roomOf(path: string): string {
  return path.includes('/') ? dirname(path) : path
}

/** Who imports whom, by rooms. */
export function roomImports(files: Imports): Imports {
  const rooms: Imports = new Map()
  for (const [path, imported] of files) {
    const room = roomOf(path)
    const known = rooms.get(room) ?? new Set()
    rooms.set(room, known)
    for (const other of imported) {
      if (files.has(other) && roomOf(other) !== room) known.add(roomOf(other))
    }
  }
  return rooms
}

/** A way from something back to itself, `undefined` when there is none. */
export function circle(imports: Imports): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const walk = (name: string): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (done.has(name)) return undefined
    path.push(name)
    for (const next of imports.get(name) ?? []) {
      const found = walk(next)
      if (found) return found
    }
    path.pop()
    done.add(name)
    return undefined
  }
  for (const name of imports.keys()) {
    const found = walk(name)
    if (found) return found
  }
  return undefined
}

/** Those imports that no way through others says already. */
export function directImports(imports: Imports): Imports {
  const below = (name: string, found = new Set<string>()): Set<string> => {
    for (const next of imports.get(name) ?? []) {
      if (found.has(next)) continue
      found.add(next)
      below(next, found)
    }
    return found
  }
  const direct = [...imports].map(([name, known]): [string, Set<string>] => {
    const isDirect = (one: string) => ![...known].some((other) => below(other).has(one))
    return [name, new Set([...known].filter(isDirect))]
  })
  return new Map(direct)
}
