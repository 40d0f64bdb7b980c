import { join } from 'node:path'
import type { Candidate } from './candidate.ts'
import { packageDirectory, packageVersion, writeEntry } from './set-up.ts'

function restarter(
  described: Pick<Candidate, 'id' | 'label' | 'version' | 'setup'>,
  args: (entry: string, nodeOptions: string[]) => string[],
): Candidate {
  return {
    ...described,
    kind: 'restart',
    cannot: (what) => (what === 'accept' ? 'restarts the process' : undefined),
    prepare(program, style, options = {}) {
      const entry = writeEntry(program, style, options)
      return {
        file: process.execPath,
        args: args(entry, options.nodeOptions ?? []),
        cwd: program.directory,
      }
    },
  }
}

export const nodeWatch = restarter(
  {
    id: 'node-watch',
    label: 'node --watch',
    version: process.versions.node,
    setup: '`node --watch server.js`',
  },
  (entry, nodeOptions) => [...nodeOptions, '--watch', '--watch-preserve-output', entry],
)

export const tsxWatch = restarter(
  {
    id: 'tsx-watch',
    label: 'tsx watch',
    version: packageVersion('tsx'),
    setup: '`tsx watch --clear-screen=false server.js`',
  },
  (entry, nodeOptions) => [
    join(packageDirectory('tsx'), 'dist', 'cli.mjs'),
    'watch',
    '--clear-screen=false',
    ...nodeOptions,
    entry,
  ],
)

export const nodemon = restarter(
  {
    id: 'nodemon',
    label: 'nodemon',
    version: packageVersion('nodemon'),
    setup: '`nodemon server.js` (TypeScript: `nodemon --exec node --ext ts server.ts`)',
  },
  (entry, nodeOptions) => [
    join(packageDirectory('nodemon'), 'bin', 'nodemon.js'),
    ...(entry.endsWith('.ts') ? ['--exec', 'node', '--ext', 'ts'] : []),
    ...nodeOptions,
    entry,
  ],
)
