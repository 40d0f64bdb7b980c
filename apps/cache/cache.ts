import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Application } from '../applications/application.ts'
import { Workshop } from './workshop.ts'

const packages = join(import.meta.dirname, '../../packages')

/** Where generated applications stay: `HOT_HOOK_APPS_CACHE`, else the user's cache directory. */
export function cacheDirectory(): string {
  const { HOT_HOOK_APPS_CACHE: chosen, XDG_CACHE_HOME: userCache } = process.env
  return chosen ?? join(userCache ?? join(homedir(), '.cache'), 'hot-hook', 'apps')
}

/**
 * Makes an application, unless the cache has it.
 *
 * @throws {Unavailable} when its generator cannot be had
 */
export function generated(application: Application): string {
  const directory = join(cacheDirectory(), `${application.id}-${recipeOf(application)}`)
  if (existsSync(directory)) return directory
  const making = `${directory}.${process.pid}`
  rmSync(making, { recursive: true, force: true })
  try {
    application.generate(new Workshop(join(making, 'application'), join(making, 'tools')))
    // Another run may have made it meanwhile.
    if (!existsSync(directory)) renameSync(join(making, 'application'), directory)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return directory
}

/** What an application is made of, in a few letters. */
function recipeOf({ generator, generate, skeleton }: Application): string {
  const hash = createHash('sha256').update(generator).update(generate.toString())
  if (skeleton !== undefined) {
    const entries = readdirSync(skeleton, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    for (const { parentPath, name } of files)
      hash.update(name).update(readFileSync(join(parentPath, name)))
  }
  return hash.digest('hex').slice(0, 10)
}

/** A copy of a generated application to save files in; its packages are linked, ours among them. */
export function workingCopy(application: Application, name: string): string {
  const source = generated(application)
  const directory = join(cacheDirectory(), 'running', `${application.id}-${name}-${process.pid}`)
  rmSync(directory, { recursive: true, force: true })
  copy(source, directory, false)
  const ours = join(directory, 'node_modules', 'hot-hook')
  rmSync(ours, { recursive: true, force: true })
  symlinkSync(join(packages, 'hot-hook'), ours, 'junction')
  return directory
}

/** Packages are hard links, since nobody writes them; everything else is copied. */
function copy(from: string, to: string, isPackage: boolean): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (entry.isDirectory()) copy(source, target, isPackage || entry.name === 'node_modules')
    else if (isPackage) linkSync(source, target)
    else copyFileSync(source, target)
  }
}

/** Says once, to whoever looks into the cache, that it can go. */
export function describeCache(): void {
  mkdirSync(cacheDirectory(), { recursive: true })
  const text = "Applications for Hot Hook's `npm run apps`. Delete them at will.\n"
  writeFileSync(join(cacheDirectory(), 'README.txt'), text)
}
