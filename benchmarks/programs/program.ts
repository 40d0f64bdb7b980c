import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type Language = 'js' | 'ts'

/** One module of a generated program that the benchmark saves. */
export interface Target {
  file: string
  /** Ways from `app` down to this module: what one version more adds to the program's value. */
  weight: number
  /** Modules between the change and `app`, both included: what has to be evaluated again. */
  affected: number
  /** The module's source in this version. */
  source(version: number): string
  /** The modules between it and `app`, nearest first, where one way alone leads there. */
  importers?: Importer[]
}

export interface Importer {
  file: string
  /** Its source when it imports the module below under a query, such as `?v=1`. */
  source(query: string): string
}

/** A generated program; `app.js` (or `.ts`) is its root, an entry imports it. */
export interface Program {
  directory: string
  language: Language
  /** Modules under `app`, itself included. */
  size: number
  targets: Record<string, Target>
}

export function writeProgramFile(directory: string, path: string, source: string): string {
  const file = join(directory, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
  return file
}

/** The package.json that makes the program's files ES modules. */
export function writePackageJson(directory: string, fields: Record<string, unknown> = {}): void {
  const content = { name: 'benchmark-program', private: true, type: 'module', ...fields }
  writeProgramFile(directory, 'package.json', `${JSON.stringify(content, null, 2)}\n`)
}
