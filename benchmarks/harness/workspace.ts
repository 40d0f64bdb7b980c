import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let base: string | undefined

/** One directory for the whole run; removed when the run ends, however it ends. */
function baseDirectory(): string {
  if (!base) {
    const created = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-bench-')))
    process.on('exit', () => rmSync(created, { recursive: true, force: true, maxRetries: 3 }))
    base = created
  }
  return base
}

/** A new, empty directory whose name begins with `name`. */
export function createDirectory(name: string): string {
  const parent = join(baseDirectory(), name)
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(join(parent, 'p-'))
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
}
