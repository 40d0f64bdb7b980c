import { statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { isSameLook, type Look, readText, stamp } from '../files/signature.ts'

/** For how long files are looked for, in milliseconds: a save that comes meanwhile waits for it. */
const longestTime = 200

/**
 * Lets Node find the files that packages require, also those that they require only when they are called: it
 * takes as long to find a file as to compile it, and remembers what it has found. Nothing is loaded.
 *
 * @param files of packages or of the program; what they ask for is gone through as well, as far as their text
 *   tells
 * @param resolve makes a call that finds a file, and nothing else
 * @returns says what has changed since, so that another file may be found
 */
export function findAhead(
  files: Iterable<string>,
  resolve: (call: () => string) => string,
): () => string | undefined {
  const end = performance.now() + longestTime
  const found = new Set<string>(files)
  for (const file of found) {
    if (performance.now() > end) break
    const require = createRequire(file)
    for (const specifier of requestsIn(file)) {
      if (!/^\.\.?\//.test(specifier) || isOfPackage(file)) {
        const other = tryTo(() => resolve(() => require.resolve(specifier)))
        if (other !== undefined && isOfPackage(other)) found.add(other)
      } else {
        // What Node remembers of the program itself may be another file after the next save.
        const other = fileNear(file, specifier)
        if (other !== undefined) found.add(other)
      }
    }
  }
  const looks = looksAt([...found].filter(isOfPackage))
  return () => {
    for (const [path, look] of looks) if (!isSameLook(look, stamp(path))) return path
    return undefined
  }
}

const packageRoot = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+[\\/]/

const isOfPackage = (file: string) => packageRoot.test(file)

/** What a file asks for, as far as its text tells. */
function requestsIn(file: string): Set<string> {
  if (!/\.[cm]?[jt]s$/.test(file)) return new Set()
  const calls = (readText(file) ?? '').matchAll(
    /\b(?:require\s*\(|from|import)\s*(['"])([^'"\n]+)\1/g,
  )
  const specifiers = [...calls].map(([, , specifier = '']) => specifier)
  return new Set(specifiers.filter((specifier) => !isBuiltin(specifier)))
}

/** The file of the program that a relative specifier means, wherever that is plain. */
function fileNear(file: string, specifier: string): string | undefined {
  const path = join(dirname(file), specifier)
  const extension = extname(file)
  const written = path.replace(/\.[cm]?js$/, extension)
  const paths = [path, written, path + extension, join(path, `index${extension}`)]
  return paths.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile())
}

/** What says which file is found: the directories, and what packages say of themselves. */
function looksAt(files: readonly string[]): Map<string, Look> {
  const looks = new Map<string, Look>()
  for (const file of files) {
    for (const path of [dirname(file), `${packageRoot.exec(file)?.[0]}package.json`]) {
      if (!looks.has(path)) looks.set(path, stamp(path))
    }
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
