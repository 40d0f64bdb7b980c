import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Launch } from '../launch.ts'
import { effectiveNodeArgs } from '../node-options.ts'
import type { ResolvedOptions } from '../options.ts'
import { look } from './look.ts'

/** In every directory from the script's and the working directory up: what says which packages there are. */
const named = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  '.pnp.cjs',
  'tsconfig.json',
  'node_modules',
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-state.yml',
]

/**
 * What a process is started from besides its modules: the command, Node, Hot Hook, the environment files, the
 * installed packages. It is the same text as long as nothing of that has changed.
 */
export function surroundingsOf(options: ResolvedOptions, launch: Launch): string {
  const { cwd, scriptFile } = options
  const args = effectiveNodeArgs(options.env, options.nodeArgs)
  const directories = new Set([...upwards(dirname(scriptFile)), ...upwards(cwd)])
  const files = new Set([
    process.execPath,
    ...ownFiles(launch),
    ...envFiles(args).map((path) => resolve(cwd, path)),
  ])
  for (const directory of directories) {
    for (const name of named) files.add(join(directory, name))
  }
  for (const directory of [dirname(scriptFile), cwd, ...packageDirectories(directories)]) {
    for (const name of environmentFilesIn(directory)) files.add(join(directory, name))
  }
  const looks = [...files].map((path) => `${path} ${look(path)}`)
  const { execArgv, script, args: scriptArgs, env } = launch
  return [JSON.stringify([execArgv, script, scriptArgs, cwd, env]), ...looks].join('\n')
}

function upwards(directory: string): string[] {
  const parent = dirname(directory)
  return parent === directory ? [directory] : [directory, ...upwards(parent)]
}

function packageDirectories(directories: Iterable<string>): string[] {
  return [...directories].filter((directory) => look(join(directory, 'package.json')) !== 'missing')
}

function environmentFilesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.startsWith('.env'))
  } catch {
    return []
  }
}

/** Ours and Hot Hook's own, as they are given to Node. */
function ownFiles({ execArgv }: Launch): string[] {
  return execArgv.flatMap((argument) => {
    const path = /^--(?:require|import)=(.*)$/.exec(argument)?.[1] ?? ''
    if (path.startsWith('file:'))
      return [fileURLToPath(path), join(dirname(fileURLToPath(path)), 'index.js')]
    return path.startsWith('/') ? [path, join(dirname(path), 'index.js')] : []
  })
}

function envFiles(args: readonly string[]): string[] {
  const files: string[] = []
  for (const [index, argument] of args.entries()) {
    const option = /^--env[-_]file(?:[-_]if[-_]exists)?(?:=(.*))?$/s.exec(argument)
    const path = option?.[1] ?? args[index + 1]
    if (option && path) files.push(path)
  }
  return files
}
