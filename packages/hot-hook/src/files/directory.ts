import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'

/** The entries of a directory, `[]` when it cannot be read. */
export function listDirectory(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch {
    return []
  }
}

export function isDirectory(path: string): boolean {
  return statOf(path)?.isDirectory() === true
}

/** `undefined` when there is nothing that can be looked at. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** `undefined` for what does not exist. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
