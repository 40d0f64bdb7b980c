import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

const directories: string[] = []
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/** A directory with these files, until all tests of the file have ended. */
export function newProject(files: Record<string, string>): string {
  // Not below the checkout, nor where somebody else has packages above.
  const parent = join(homedir(), '.cache', 'hot-hook-packed')
  mkdirSync(parent, { recursive: true })
  const directory = realpathSync(mkdtempSync(join(parent, 'project-')))
  directories.push(directory)
  write(directory, files)
  return directory
}

/** Writes files, by their paths from the directory. */
export function write(directory: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
}
