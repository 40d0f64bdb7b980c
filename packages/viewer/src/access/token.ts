import { randomBytes } from 'node:crypto'

/** Environment variable with the token: a process that follows this one in place has the same. */
export const tokenVariable = 'HOT_HOOK_VIEWER_TOKEN'

let own: string | undefined

export function newToken(): string {
  return randomBytes(18).toString('base64url')
}

/** The token of this process: pages that are open stay good when it restarts in place. */
export function processToken(): string {
  const given = process.env[tokenVariable]
  own ??= given !== undefined && given.length >= 16 ? given : newToken()
  process.env[tokenVariable] = own
  return own
}
