import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Candidate } from './candidate.ts'
import { linkPackage, packageDirectory, packageVersion, writeEntry } from './set-up.ts'

const isBuilt = existsSync(join(packageDirectory('hot-hook'), 'dist', 'register.cjs'))

export const hotHook: Candidate = {
  id: 'hot-hook',
  label: 'hot-hook',
  version: packageVersion('hot-hook'),
  setup: '`node --import hot-hook/register server.js`, no option',
  kind: 'hot',
  ...(isBuilt ? {} : { unavailable: 'hot-hook is not built: run `pnpm build` first' }),
  cannot: () => undefined,
  prepare(program, style, options = {}) {
    linkPackage(program.directory, 'hot-hook')
    const entry = writeEntry(program, style, options)
    return {
      file: process.execPath,
      args: [...(options.nodeOptions ?? []), '--import', 'hot-hook/register', entry],
      cwd: program.directory,
    }
  },
}
