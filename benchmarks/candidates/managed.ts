import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Candidate } from './candidate.ts'
import { linkPackage, packageDirectory, packageVersion, writeEntry } from './set-up.ts'

const runner = join(packageDirectory('@hot-hook/runner'), 'dist', 'bin.js')
const isBuilt = existsSync(runner)

/** hot-hook under its own process manager: what differs is who restarts, so only that is measured. */
function underRunner(
  described: Pick<Candidate, 'id' | 'label' | 'onlyIn'>,
  ...options: string[]
): Candidate {
  const command = ['hot-runner', ...options, 'server.js'].join(' ')
  return {
    ...described,
    version: packageVersion('@hot-hook/runner'),
    setup: `\`${command}\`; measured for the full reload only`,
    kind: 'restart',
    ...(isBuilt ? {} : { unavailable: '@hot-hook/runner is not built: run `pnpm build` first' }),
    cannot: (what) => (what === 'full reload' ? undefined : 'measured for the full reload only'),
    prepare(program, style, { nodeOptions = [], ...rest } = {}) {
      linkPackage(program.directory, 'hot-hook')
      const entry = writeEntry(program, style, rest)
      return {
        file: process.execPath,
        args: [runner, ...options, ...nodeOptions, entry],
        cwd: program.directory,
      }
    },
  }
}

export const hotRunner = underRunner({
  id: 'hot-runner',
  label: 'hot-hook, hot-runner',
  onlyIn: ['full-reload', 'applications', 'standby', 'storms'],
})

/** What the process in standby is compared with. */
export const hotRunnerVariants = [
  underRunner(
    { id: 'hot-runner-cold', label: 'hot-runner --no-standby', onlyIn: ['applications'] },
    '--no-standby',
  ),
  underRunner(
    { id: 'hot-runner-handoff', label: 'hot-runner --handoff', onlyIn: ['applications'] },
    '--handoff',
  ),
  underRunner(
    {
      id: 'hot-runner-handoff-cold',
      label: 'hot-runner --handoff --no-standby',
      onlyIn: ['applications'],
    },
    '--handoff',
    '--no-standby',
  ),
]

/** hot-hook 1.0 cannot restart by itself: its README gives it this manager. */
export const hotRunner1: Candidate = {
  id: 'hot-runner-1',
  label: 'hot-hook 1.0, hot-runner 1.0',
  version: packageVersion('hot-hook-runner-1'),
  setup:
    '`hot-runner --node-args=--import=hot-hook/register server.js`; measured for the full reload only',
  kind: 'restart',
  onlyIn: ['full-reload', 'footprint'],
  cannot: (what) => (what === 'full reload' ? undefined : 'measured for the full reload only'),
  prepare(program, style, options = {}) {
    linkPackage(program.directory, 'hot-hook-1', 'hot-hook')
    const entry = writeEntry(program, style, options)
    return {
      file: process.execPath,
      args: [
        join(packageDirectory('hot-hook-runner-1'), 'build', 'bin', 'run.js'),
        '--node-args=--import=hot-hook/register',
        entry,
      ],
      cwd: program.directory,
    }
  },
}
