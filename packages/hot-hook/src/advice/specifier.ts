import { posix } from 'node:path'

/** Whether a relative specifier in one file is another file, whatever the extension. */
export function isSpecifierOf(specifier: string, importer: string, dependency: string): boolean {
  if (!/^\.{0,2}\//.test(specifier)) return false
  const path = specifier.startsWith('/')
    ? specifier
    : posix.join(posix.dirname(slashed(importer)), specifier)
  const file = slashed(dependency)
  const stem = withoutExtension(file)
  if (path === file) return true
  return [stem, stem.replace(/\/index$/, '')].includes(withoutExtension(path))
}

/** How one file names another, or would. */
export function specifierOf(source: string, importer: string, dependency: string): string {
  for (const [, , given] of source.matchAll(/(['"])([^'"\n]+)\1/g)) {
    if (given && isSpecifierOf(given, importer, dependency)) return given
  }
  const path = posix.relative(posix.dirname(slashed(importer)), slashed(dependency))
  return path.startsWith('.') ? path : `./${path}`
}

function slashed(file: string): string {
  return file.replaceAll('\\', '/')
}

function withoutExtension(file: string): string {
  return file.replace(/\.[cm]?[jt]s$/, '')
}
