import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** A package as it would be published. */
export interface Packed {
  name: string
  /** Where it comes from. */
  directory: string
  tarball: string
  manifest: Record<string, unknown>
}

/** As the workspace names it. */
export const pnpm = ['npm', 'exec', '--yes', '--', 'pnpm@12.21.0']

/** Runs a command, and gives what it prints on stdout; throws with all of it when it fails. */
export function run(
  [command = '', ...args]: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): string {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VITEST|NODE_OPTIONS|NODE_ENV|INIT_CWD)/i.test(name),
  )
  // npm runs what it starts on the first Node of the path.
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      env: { ...Object.fromEntries(inherited), PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}\n${stderr}`)
  }
}

/** Packs every package of the workspace that is published, as a release does. */
export function packAll(): Packed[] {
  const target = mkdtempSync(join(tmpdir(), 'hot-hook-packed-'))
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ directory, manifest: manifestOf(directory) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ directory, manifest }) => pack(directory, String(manifest.name), target))
}

function pack(directory: string, name: string, target: string): Packed {
  const own = join(target, name.replaceAll(/\W/g, '-'))
  mkdirSync(own)
  run([...pnpm, 'pack', '--pack-destination', own], directory)
  const [file = ''] = readdirSync(own)
  const tarball = join(own, file)
  run(['tar', 'xzf', tarball, '-C', own], own)
  return { name, directory, tarball, manifest: manifestOf(join(own, 'package')) }
}

/** The files of a packed package, from its root. */
export function filesOf({ tarball }: Packed): string[] {
  const directory = join(dirname(tarball), 'package')
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
}

function manifestOf(directory: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}
