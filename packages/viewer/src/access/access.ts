import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is refused. */
export interface Refusal {
  status: 403 | 405
  text: string
}

export interface AccessRules {
  /** Names of this machine, beside those of the loopback, that a page may call it by. */
  hosts: readonly string[]
  /** Pages of other origins of this machine may ask, too. */
  allowsLocalOrigins?: boolean
}

/**
 * Whether a request may see the program: it has to come from this machine, to a name of this machine
 * (not to one that an attacker's name server points here), not from a page of somebody else, and to
 * read only.
 */
export function refusalOf(request: IncomingMessage, rules: AccessRules): Refusal | undefined {
  const { method, headers, socket } = request
  if (method !== 'GET') return { status: 405, text: `Only GET is answered here, not ${method}.` }
  if (!isLoopback(socket.remoteAddress)) {
    return { status: 403, text: 'Only this machine is answered.' }
  }
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  if (forwarded.some((address) => address.trim() !== '' && !isLoopback(address.trim()))) {
    return { status: 403, text: 'Only this machine is answered, not through a proxy.' }
  }
  const host = headers.host ?? ''
  if (!isLocalHost(host, rules.hosts)) {
    return {
      status: 403,
      text: `The host ${JSON.stringify(host.slice(0, 200))} is no name of this machine. Use localhost, or name it in the option "hosts".`,
    }
  }
  return originRefusal(request, host, rules)
}

function originRefusal(
  { headers }: IncomingMessage,
  host: string,
  { hosts, allowsLocalOrigins = false }: AccessRules,
): Refusal | undefined {
  const refusal = { status: 403, text: 'Another origin may not read this.' } as const
  const { origin } = headers
  if (origin !== undefined) {
    const asking = hostOfOrigin(origin)
    const isOwn = asking === host.toLowerCase()
    const isLocal = allowsLocalOrigins && asking !== undefined && isLocalHost(asking, hosts)
    return isOwn || isLocal ? undefined : refusal
  }
  // A request without an origin that a page of another site has caused (an image, a script, a frame).
  const site = headers['sec-fetch-site']
  const isOpened =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (site === undefined || site === 'same-origin' || site === 'none' || isOpened) return undefined
  return refusal
}

function hostOfOrigin(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  return /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(address) || address === '::1'
}

/** @param host as in a header, with or without a port */
export function isLocalHost(host: string, others: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '[::1]') return true
  return isLoopback(name) || others.includes(name)
}

/** Whether it is the token, in a time that does not tell how much of it is right. */
export function isToken(given: string | null, token: string): boolean {
  if (given === null) return false
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
