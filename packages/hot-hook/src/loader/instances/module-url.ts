import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkScheme } from '../sources/compile-check.ts'

/** The query parameter that tells the versions of one file apart. */
const versionParameter = 'hot-hook='

/**
 * Begins the URL of the root of an update and of the facade of a dependency. They import modules of the
 * program, and other loaders resolve only what is imported from a file.
 */
const syntheticDirectory = new URL('../in-memory/', import.meta.url).href

/** The URL of a module that exists only in this process. */
export function syntheticUrl(name: string): string {
  return `${syntheticDirectory}${name}.js?`
}

export function isSynthetic(url: string): boolean {
  return url.startsWith(syntheticDirectory) || url.startsWith(checkScheme)
}

/** The URL of a version; version 0 is the file's own URL. */
export function versionedUrl(url: string, version: number): string {
  if (version === 0) return url
  return `${url}${url.includes('?') ? '&' : '?'}${versionParameter}${version}`
}

/** Where the version's parameter begins in a URL, -1 when there is none. */
function versionIndex(url: string): number {
  const query = url.indexOf('?')
  let at = query < 0 ? -1 : url.indexOf(versionParameter, query)
  while (at >= 0 && url[at - 1] !== '?' && url[at - 1] !== '&') {
    at = url.indexOf(versionParameter, at + 1)
  }
  return at
}

/** The URL (or specifier) without its version; a query of the user's own stays. */
export function withoutVersion(url: string): string {
  const at = versionIndex(url)
  if (at < 0) return url
  let end = at + versionParameter.length
  while (end < url.length && url[end] !== '&' && url[end] !== '#') end++
  const rest = url.slice(end)
  if (url[at - 1] === '?' && rest.startsWith('&')) return url.slice(0, at) + rest.slice(1)
  return url.slice(0, at - 1) + rest
}

/** The URL of the file itself: without its version, and without a query of the user's own. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '')
}

/** The URL of a module that tsx has named by the URL of a version: its query is part of the path. */
export function withoutEncodedVersion(url: string): string {
  return url.includes('%3Fhot-hook=') ? url.replace(/%3Fhot-hook=\d+(?:\?.*)?$/, '') : url
}

/** The version that a URL names, 0 when it names none. */
export function versionOf(url: string): number {
  const at = versionIndex(url)
  return at < 0 ? 0 : Number.parseInt(url.slice(at + versionParameter.length), 10) || 0
}

/** The absolute path of a file URL, whatever its query. */
export function fileOf(url: string): string {
  // Most are so; asked for every import.
  if (sep === '/' && url.startsWith('file:///') && !/[%?#]/.test(url)) return url.slice(7)
  const query = url.search(/[?#]/)
  return fileURLToPath(query < 0 ? url : url.slice(0, query))
}

/** A text of ours or of Node's without the versions that it names. */
export function withoutVersions(text: string): string {
  return text.replace(/[?&]hot-hook=\d+/g, '')
}

/** All of this package is bundled into one directory. */
const ownDirectory = new URL('.', import.meta.url).href

/** The runner's, where it loads more of itself behind this package: its preload says so. */
const runner: { directory?: string } | undefined = Reflect.get(
  globalThis,
  Symbol.for('hot-hook.runner'),
)

/** Whether a URL is Hot Hook's own: that never changes, also where it is a linked package. */
export function isOwn(url: string): boolean {
  if (url.startsWith(ownDirectory)) return true
  return runner?.directory !== undefined && url.startsWith(runner.directory)
}
