import type { ResolveHookContext, ResolveHookSync } from 'node:module'
import { isSynthetic, versionOf, withoutQuery, withoutVersion } from '../instances/module-url.ts'

// A loader may put a module of its own around one of the program, under that one's URL with a query:
// import-in-the-middle, which OpenTelemetry uses, makes `app.js?iitm=true`, which imports `app.js`.

/** Whether a module asks, by its URL, for the one of the same file that it was put around. */
export function isWrapped(specifier: string, parentUrl: string | undefined): parentUrl is string {
  if (!parentUrl?.includes('?') || !specifier.startsWith('file:')) return false
  if (withoutQuery(specifier) !== withoutQuery(parentUrl)) return false
  return withoutVersion(specifier) !== withoutVersion(parentUrl)
}

/** Whether this is a version of a module under a URL that a loader may have made up. */
export function isMadeUp(url: string): boolean {
  return versionOf(url) > 0 && !isSynthetic(url) && withoutVersion(url).includes('?')
}

/** The loader may know such a URL only until it has loaded it once: it is told of it again. */
export function announce(
  url: string,
  context: ResolveHookContext,
  nextResolve: Parameters<ResolveHookSync>[2],
): void {
  const parentURL = context.parentURL && withoutVersion(context.parentURL)
  try {
    nextResolve(withoutVersion(url), { ...context, parentURL })
  } catch {
    // What is gone is told when it is loaded.
  }
}
