import { createHash } from 'node:crypto'
import { type Form, formOf } from './accept-header.ts'
import { errorPage, pageHeaders } from './error-page.ts'
import { type ErrorReport, type FailedLoad, reportOf } from './error-report.ts'

/** What of a request decides how an error is answered. */
export interface Asked {
  method: string
  /** The header `accept`. */
  accept: string
  /** The error whose page asks whether it still holds. */
  page: string | undefined
}

/** An answer that any server can give. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** The answer to a request whose app could not be loaded. */
export function answerOf(load: FailedLoad, { method, accept, page }: Asked): Answer {
  const report = reportOf(load)
  const { stack: _, ...shown } = report
  const id = createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 32)
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  if (page === id) return { status: 204, headers, body: '' }
  // What was sent with the request must not be sent again by a page that renews itself.
  const renewing = method === 'GET' ? id : undefined
  const { type, text, more } = inForm(formOf(accept), report, renewing)
  const body = method === 'HEAD' ? '' : text
  return { status: 500, headers: { ...headers, ...more, 'content-type': type }, body }
}

function inForm(
  form: Form,
  report: ErrorReport,
  id: string | undefined,
): { type: string; text: string; more?: Record<string, string> } {
  if (form === 'json') {
    return { type: 'application/json', text: JSON.stringify({ error: report }) }
  }
  if (form === 'text') return { type: 'text/plain; charset=utf-8', text: plainText(report) }
  const { html, nonce } = errorPage(report, id)
  return { type: 'text/html; charset=utf-8', text: html, more: pageHeaders(nonce) }
}

function plainText({
  name,
  message,
  file,
  line,
  column,
  frame,
  chain,
  stack,
}: ErrorReport): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const parts = [
    `The app could not be loaded.\n\n${name}: ${message}`,
    `    at ${place}`,
    frame,
    chain.length > 1 && `imported: ${chain.join(' → ')}`,
    // Where there is more to say than the place.
    /^\s+at .*:\d/m.test(stack) && stack,
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}
