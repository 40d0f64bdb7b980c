import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** For what a token is good. */
export type TokenUse = 'graph' | 'refresh'

let secret: Buffer | undefined

/**
 * The token of a program: the same after a restart, so that pages that are open stay good, and known to
 * nobody but the user whose program it is.
 */
export function tokenFor(rootDirectory: string, use: TokenUse): string {
  secret ??= readSecret() ?? randomBytes(32)
  return createHmac('sha256', secret)
    .update(`${use}\0${rootDirectory}`)
    .digest('base64url')
    .slice(0, 32)
}

/** What only this user can read; `undefined` where nothing can be kept so. */
function readSecret(): Buffer | undefined {
  const file = join(cacheDirectory(), 'hot-hook', 'viewer-secret')
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, randomBytes(32), { flag: 'wx', mode: 0o600 })
  } catch {
    // It is there already, or it cannot be written: reading tells.
  }
  try {
    const { mode, uid } = statSync(file)
    const isPrivate = process.platform === 'win32' || (mode & 0o077) === 0
    const isOwn = process.getuid === undefined || uid === process.getuid()
    const kept = readFileSync(file)
    return isPrivate && isOwn && kept.length === 32 ? kept : undefined
  } catch {
    return undefined
  }
}

function cacheDirectory(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (process.platform === 'win32') return LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return XDG_CACHE_HOME || join(homedir(), '.cache')
}
