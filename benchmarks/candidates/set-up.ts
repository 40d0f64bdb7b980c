import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { acceptEntry, boundaryEntry, staticEntry } from '../programs/entry-source.ts'
import { type Program, writePackageJson, writeProgramFile } from '../programs/program.ts'
import type { PrepareOptions, Style } from './candidate.ts'

const nodeModules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')

/** Where a dependency of the benchmarks is installed, its links followed. */
export function packageDirectory(name: string): string {
  return realpathSync(join(nodeModules, name))
}

export function isInstalled(name: string): boolean {
  return existsSync(join(nodeModules, name, 'package.json'))
}

export function packageVersion(name: string): string {
  if (!isInstalled(name)) return 'not installed'
  return JSON.parse(readFileSync(join(nodeModules, name, 'package.json'), 'utf8')).version
}

/** Makes `import 'as'` work in the program's directory, as `npm install` would. */
export function linkPackage(directory: string, name: string, as = name): void {
  const link = join(directory, 'node_modules', as)
  mkdirSync(dirname(link), { recursive: true })
  if (!existsSync(link)) symlinkSync(packageDirectory(name), link, 'junction')
}

/** Writes package.json and the entry; returns the entry's name. */
export function writeEntry(
  program: Program,
  style: Style,
  options: PrepareOptions = {},
  packageFields: Record<string, unknown> = {},
): string {
  const { directory, language } = program
  const sources = { boundary: boundaryEntry, accept: acceptEntry, static: staticEntry }
  writePackageJson(directory, {
    type: options.type ?? 'module',
    ...packageFields,
    ...options.packageFields,
  })
  const entry = `server.${language}`
  writeProgramFile(directory, entry, options.entry ?? sources[style](language))
  return entry
}
