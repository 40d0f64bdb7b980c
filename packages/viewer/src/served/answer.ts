import type { ServerResponse } from 'node:http'
import { isClosing } from '../journal/closing-servers.ts'

/** On every answer. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...safeHeaders,
    'content-type': type,
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
    // A connection that is kept keeps a server from closing.
    ...(isClosing(response.req) && { connection: 'close' }),
  })
  response.end(body)
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  send(
    response,
    status,
    'text/plain; charset=utf-8',
    `${text}\n`,
    status === 405 ? { allow: 'GET' } : {},
  )
}

export function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, 'application/json; charset=utf-8', JSON.stringify(value))
}
