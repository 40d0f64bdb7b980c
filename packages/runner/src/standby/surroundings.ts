import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Launch } from '../launch.ts'
import { effectiveNodeArgs } from '../node-options.ts'
import type { ResolvedOptions } from '../options.ts'
import { look } from './look.ts'

/** What says which packages there are, from the script and the working directory up. */
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
 * installed packages.
 */
export class Surroundings {
  readonly #options: ResolvedOptions
  readonly #directories: readonly string[]
  readonly #text: string

  /** As it is now. */
  constructor(options: ResolvedOptions, launch: Launch) {
    const own = [dirname(options.scriptFile), options.cwd]
    const above = own.flatMap(upwards).filter(saysPackages)
    this.#options = options
    this.#directories = [...new Set([...own, ...above])]
    this.#text = this.#describe(launch)
  }

  /** Whether anything of it is another one now. */
  hasChanged(launch: Launch): boolean {
    return this.#text !== this.#describe(launch)
  }

  #describe(launch: Launch): string {
    const { cwd, env, nodeArgs } = this.#options
    const files = new Set([process.execPath, ...ownFiles(launch)])
    for (const path of envFiles(effectiveNodeArgs(env, nodeArgs))) files.add(resolve(cwd, path))
    for (const directory of this.#directories) {
      for (const name of [...named, ...environmentFilesIn(directory)]) {
        files.add(join(directory, name))
      }
    }
    const looks = [...files].map((path) => `${path} ${look(path)}`)
    const { execArgv, script, args, env: variables } = launch
    return [JSON.stringify([execArgv, script, args, cwd, variables]), ...looks].join('\n')
  }
}

function upwards(directory: string): string[] {
  const parent = dirname(directory)
  return parent === directory ? [directory] : [directory, ...upwards(parent)]
}

/** What is found in other directories is of no interest, also when it comes later: the nearest counts. */
function saysPackages(directory: string): boolean {
  return named.some((name) => existsSync(join(directory, name)))
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
