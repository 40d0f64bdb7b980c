import { createRequire } from 'node:module'
import { posix, sep } from 'node:path'
import type Picomatch from 'picomatch'

/** A directory that has to be looked into to find what a glob matches. */
export interface GlobBase {
  /** Absolute path. */
  directory: string
  /** How many levels of subdirectories can hold matches; 0 is the directory itself. */
  depth: number
}

type Test = (posixPath: string) => boolean

let loaded: typeof Picomatch | undefined

/** Loaded for the first glob that needs it: the default ones are simpler, and every start pays. */
function picomatch(): typeof Picomatch {
  loaded ??= createRequire(import.meta.url)('#picomatch') as typeof Picomatch
  return loaded
}

const globOptions = { dot: true, windows: false, nocase: process.platform === 'win32' }

/**
 * A test for absolute paths. Globs are relative to `rootDirectory`, but for absolute ones and those
 * that begin with `**`, which match anywhere; one that begins with `!` takes files out again.
 *
 * @throws SyntaxError when the brackets of a glob do not match
 */
export function compileGlobs(
  globs: readonly string[],
  rootDirectory: string,
): (file: string) => boolean {
  const included = globs.filter((glob) => !isNegated(glob))
  const excluded = globs.filter(isNegated).map((glob) => glob.slice(1))
  const isIncluded = anyOf(included, rootDirectory)
  const isExcluded = excluded.length === 0 ? undefined : anyOf(excluded, rootDirectory)
  return (file) => {
    const path = toPosix(file)
    return isIncluded(path) && isExcluded?.(path) !== true
  }
}

/** The directories in which files that match `globs` can appear, each once. */
export function globBases(globs: readonly string[], rootDirectory: string): GlobBase[] {
  const depths = new Map<string, number>()
  for (const glob of globs) {
    if (isNegated(glob)) continue
    const { directory, depth } = globBase(glob, rootDirectory)
    depths.set(directory, Math.max(depth, depths.get(directory) ?? 0))
  }
  return [...depths].map(([directory, depth]) => ({ directory, depth }))
}

function globBase(glob: string, rootDirectory: string): GlobBase {
  if (simpleName.test(glob)) return { directory: rootDirectory, depth: 0 }
  if (absoluteFile.test(glob)) return { directory: posix.dirname(unescapeGlob(glob)), depth: 0 }
  const scanned = picomatch().scan(stripDot(glob))
  const root = toPosix(rootDirectory)
  const base = posix.isAbsolute(scanned.base) || isDrivePath(scanned.base) ? '' : root
  const path = posix.join(base, unescapeGlob(scanned.base))
  if (scanned.glob === '') return { directory: fromPosix(posix.dirname(path)), depth: 0 }
  const unlimited = scanned.glob.includes('**')
  return {
    directory: fromPosix(path),
    depth: unlimited ? Number.POSITIVE_INFINITY : scanned.glob.split('/').length - 1,
  }
}

function anyOf(globs: readonly string[], rootDirectory: string): Test {
  const tests: Test[] = []
  const general: string[] = []
  for (const glob of globs) {
    const quick = quickTest(glob, rootDirectory)
    if (quick) tests.push(quick)
    else general.push(anchored(glob, rootDirectory))
  }
  if (general.length > 0) {
    tests.push(picomatch()(general, { ...globOptions, strictBrackets: true }))
  }
  return (path) => tests.some((test) => test(path))
}

/** `name`, or `name*` with nothing behind the star. */
const simpleName = /^[\w.@-]+\*?$/

/** An absolute path in which all that would mean something is escaped. */
const absoluteFile = /^\/(?:[^\\$^*+?()|{}[\]!]|\\.)+$/

// `**/name/**` and `**/name*` are what people ignore, `name` and `name*` what they reload: they are
// asked about for every module loaded.
function quickTest(glob: string, rootDirectory: string): Test | undefined {
  if (globOptions.nocase) return undefined
  if (simpleName.test(glob)) {
    const root = posix.join(toPosix(rootDirectory), '/')
    const path = root + glob
    if (!glob.endsWith('*')) return (candidate) => candidate === path
    const start = path.slice(0, -1)
    return (candidate) => candidate.startsWith(start) && !candidate.includes('/', root.length)
  }
  if (absoluteFile.test(glob)) {
    const file = unescapeGlob(glob)
    return (path) => path === file
  }
  const name = /^\*\*\/([\w.@-]+)(\/\*\*|\*)$/.exec(glob)
  if (name?.[1] === undefined) return undefined
  if (name[2] === '*') {
    const start = name[1]
    return (path) => path.startsWith(start, path.lastIndexOf('/') + 1)
  }
  const inside = `/${name[1]}/`
  const itself = `/${name[1]}`
  return (path) => path.includes(inside) || path.endsWith(itself)
}

function anchored(glob: string, rootDirectory: string): string {
  const pattern = stripDot(glob)
  if (pattern.startsWith('**') || pattern.startsWith('/') || isDrivePath(pattern)) return pattern
  let root = toPosix(rootDirectory)
  let rest = pattern
  while (rest.startsWith('../')) {
    root = posix.dirname(root)
    rest = stripDot(rest.slice('../'.length))
  }
  return `${escapeGlob(root === '/' ? '' : root)}/${rest}`
}

/** Whether `!` takes files out; `!(a|b)` is an extglob. */
export function isNegated(glob: string): boolean {
  return glob.startsWith('!') && glob[1] !== '('
}

function stripDot(glob: string): string {
  return glob.replace(/^(?:\.\/+)+/, '')
}

function isDrivePath(path: string): boolean {
  return /^[a-z]:\//i.test(path)
}

/** A glob that matches one path. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[\\$^*+?.()|{}[\]!@]/g, '\\$&')
}

function unescapeGlob(path: string): string {
  return path.replaceAll(/\\(.)/g, '$1')
}

function toPosix(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}

function fromPosix(path: string): string {
  return sep === '/' ? path : path.replaceAll('/', sep)
}
