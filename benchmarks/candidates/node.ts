import type { Candidate } from './candidate.ts'
import { writeEntry } from './set-up.ts'

export const node: Candidate = {
  id: 'node',
  label: 'plain node',
  version: process.versions.node,
  setup: '`node server.js`: no reloading, the limit of what can be reached',
  kind: 'plain',
  cannot: (what) => (what === 'accept' || what === 'full reload' ? 'no reloading' : undefined),
  prepare(program, style, options = {}) {
    const entry = writeEntry(program, style, options)
    return {
      file: process.execPath,
      args: [...(options.nodeOptions ?? []), entry],
      cwd: program.directory,
    }
  },
}
