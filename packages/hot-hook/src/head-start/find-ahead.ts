import module, { createRequire, isBuiltin } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import { nearestPackage } from '../files/directory.ts'
import { isSameLook, type Look, readText, stamp } from '../files/signature.ts'

/** For how long files are looked for, in milliseconds: a save that comes meanwhile waits for it. */
const longestTime = 200
/** What is larger, in bytes, is a bundle, and asks for little. */
const largestFile = 1_000_000

/**
 * Lets Node find the files that packages require, also those that they require only when they are called: it
 * takes as long to find a file as to compile it, and remembers what it has found. Nothing is loaded.
 *
 * @param files of packages or of the program; what they ask for is gone through as well, as far as their text
 *   tells
 * @param linked other files of the program
 * @param resolve makes a call that finds a file, and nothing else
 * @returns says what has changed since, so that another file may be found
 */
export function findAhead(
  files: Iterable<string>,
  linked: Iterable<string>,
  resolve: (call: () => string) => string,
): () => string | undefined {
  const end = performance.now() + longestTime
  const found = new Set<string>(files)
  for (const file of found) {
    if (performance.now() > end) break
    const require = createRequire(file)
    for (const specifier of requestsIn(file)) {
      const other = tryTo(() => resolve(() => require.resolve(specifier)))
      if (other !== undefined && isAbsolute(other)) found.add(other)
    }
  }
  forgetProgram()
  const looks = looksAt([...found, ...linked])
  return () => {
    for (const [path, look] of looks) if (!isSameLook(look, stamp(path))) return path
    return undefined
  }
}

const isOfPackage = (file: string) => /[\\/]node_modules[\\/]/.test(file)

/** What a file asks for, as far as its text tells. */
function requestsIn(file: string): Set<string> {
  if (!/\.[cm]?[jt]s$/.test(file) || stamp(file).size > largestFile) return new Set()
  const calls = (readText(file) ?? '').matchAll(
    /\b(?:require\s*\(|from|import)\s*(['"])([^'"\n]+)\1/g,
  )
  const specifiers = [...calls].map(([, , specifier = '']) => specifier)
  return new Set(specifiers.filter((specifier) => !isBuiltin(specifier)))
}

/** What Node remembers of the program itself may be another file after the next save. */
function forgetProgram(): void {
  const { _pathCache: remembered = {} } = module as { _pathCache?: Record<string, string> }
  for (const [request, file] of Object.entries(remembered)) {
    if (!isOfPackage(file)) delete remembered[request]
  }
}

/** What says which file is found: what packages say of themselves, and the directories of those installed. */
function looksAt(files: readonly string[]): Map<string, Look> {
  const looks = new Map<string, Look>()
  const note = (path: string) => {
    if (!looks.has(path)) looks.set(path, stamp(path))
  }
  const seen = new Set<string>()
  for (const file of files) {
    const directory = dirname(file)
    if (seen.has(directory)) continue
    seen.add(directory)
    note(join(nearestPackage(directory) ?? directory, 'package.json'))
    if (isOfPackage(file)) note(directory)
  }
  return looks
}

/** A package need not be installed; Node does not remember what is missing. */
function tryTo<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}
