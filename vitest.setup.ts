import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Gives all tests, and the processes that they start, one temporary directory, gone at the end:
 * Node's compile cache and those of other tools would stay.
 */
export function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'hot-hook-tests-'))
  process.env.TMPDIR = directory
  process.env.TEMP = directory
  return () => rmSync(directory, { recursive: true, force: true })
}
