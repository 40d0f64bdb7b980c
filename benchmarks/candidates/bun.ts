import { join } from 'node:path'
import type { Candidate } from './candidate.ts'
import { isInstalled, packageDirectory, packageVersion, writeEntry } from './set-up.ts'

const platform = process.platform === 'win32' ? 'windows' : process.platform
const architecture = process.arch === 'arm64' ? 'aarch64' : process.arch
const packageName = `@oven/bun-${platform}-${architecture}`
const installed = isInstalled(packageName)

export const bun: Candidate = {
  id: 'bun',
  label: 'bun --hot',
  version: packageVersion(packageName),
  setup: '`bun --hot server.js`: another engine and runtime; it evaluates the whole program again',
  kind: 'hot',
  ...(installed ? {} : { unavailable: `${packageName} is not installed` }),
  cannot(what) {
    if (what === 'accept') return 'no `accept` in a server'
    if (what === 'full reload') return 'cannot restart'
    return undefined
  },
  prepare(program, style, options = {}) {
    const entry = writeEntry(program, style, options)
    return {
      file: join(packageDirectory(packageName), 'bin', platform === 'windows' ? 'bun.exe' : 'bun'),
      args: ['--hot', '--no-clear-screen', ...(options.nodeOptions ?? []), entry],
      cwd: program.directory,
    }
  },
}
