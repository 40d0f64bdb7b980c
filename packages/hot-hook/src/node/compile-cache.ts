import module from 'node:module'
import { brings } from './features.ts'

/**
 * Enables Node's compile cache, with one entry for all versions of a file where Node can do that: an
 * importer that is loaded again unchanged need not be compiled, and saves leave nothing behind.
 */
export function enableCompileCache(): void {
  module.enableCompileCache(brings('portableCompileCache') ? { portable: true } : undefined)
}
