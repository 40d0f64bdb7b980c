import { fileURLToPath } from 'node:url'

/** The query parameter that tells the versions of one file apart. */
const versionParameter = 'hot-hook='

/** Modules that exist only in this process: the root of an update, the facade of a dependency. */
export const syntheticScheme = 'hot-hook:'

/** The URL of a version; version 0 is the file's own URL. */
export function versionedUrl(url: string, version: number): string {
  if (version === 0) return url
  return `${url}${url.includes('?') ? '&' : '?'}${versionParameter}${version}`
}

/** Where the version's parameter begins in a URL, -1 when there is none. */
function versionIndex(url: string): number {
  let at = url.indexOf(versionParameter)
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

/** The version that a URL names, 0 when it names none. */
export function versionOf(url: string): number {
  const at = versionIndex(url)
  return at < 0 ? 0 : Number.parseInt(url.slice(at + versionParameter.length), 10) || 0
}

/** The absolute path of a file URL, whatever its query. */
export function fileOf(url: string): string {
  const query = url.search(/[?#]/)
  return fileURLToPath(query < 0 ? url : url.slice(0, query))
}

/** A text of ours or of Node's without the versions that it names. */
export function withoutVersions(text: string): string {
  return text.replace(/[?&]hot-hook=\d+/g, '')
}
