import type { Candidate } from './candidate.ts'
import { linkPackage, packageVersion, writeEntry } from './set-up.ts'

export const hotHook1: Candidate = {
  id: 'hot-hook-1',
  label: 'hot-hook 1.0',
  version: packageVersion('hot-hook-1'),
  setup: '`node --import hot-hook/register server.js`, `boundaries: ["./app.js"]` in package.json',
  kind: 'hot',
  cannot(what) {
    if (what === 'accept') return 'no `accept`'
    if (what === 'full reload') return 'needs its process manager: see hot-runner 1.0'
    return undefined
  },
  prepare(program, style, options = {}) {
    linkPackage(program.directory, 'hot-hook-1', 'hot-hook')
    const boundaries = style === 'boundary' ? [`./app.${program.language}`, './app.cjs'] : []
    const entry = writeEntry(program, style, options, { hotHook: { boundaries } })
    return {
      file: process.execPath,
      args: [...(options.nodeOptions ?? []), '--import', 'hot-hook/register', entry],
      cwd: program.directory,
    }
  },
}
