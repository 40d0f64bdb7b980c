import module from 'node:module'

/**
 * Enables Node's compile cache, with one entry for all versions of a file where Node can do that
 * (24.12 and newer; it calls it portable, and looks a file up by its path instead of its URL): an
 * importer that is loaded again unchanged need not be compiled, and saves leave nothing behind.
 */
export function enableCompileCache(): void {
  try {
    // An old Node, which has none, is told so by `register`.
    module.enableCompileCache?.({ portable: true })
  } catch {
    // An older Node takes the name of a directory only.
    module.enableCompileCache()
  }
}
