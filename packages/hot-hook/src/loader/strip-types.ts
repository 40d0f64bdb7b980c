import module from 'node:module'

/**
 * TypeScript as JavaScript that names `sourceUrl` in stack traces, by the compiler that Node itself
 * loads TypeScript with. Left to Node, a reloaded module would be named by the URL of its version.
 */
export function stripTypes(source: string, sourceUrl: string): string {
  const { emitWarning } = process
  // Node says that this function is experimental; what it does when Node calls it is not.
  process.emitWarning = () => {}
  try {
    return module.stripTypeScriptTypes(source, { mode: 'strip', sourceUrl })
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Whether Node strips types; `--experimental-transform-types` does more, and maps what it moves. */
export const stripsTypes = process.features.typescript === 'strip'
