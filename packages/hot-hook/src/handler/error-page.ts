import { randomBytes } from 'node:crypto'
import type { ErrorReport } from './error-report.ts'

const style = `
:root { color-scheme: light dark; --soft: light-dark(#5b6470, #9aa4b1); --line: light-dark(#d8dde3, #333a43);
  --red: light-dark(#b42318, #ff8a80); --mark: light-dark(#fde8e6, #4a2320) }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem }
h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--soft) }
h2 { margin: .25rem 0 1rem; font-size: 1.4rem; line-height: 1.3; color: var(--red); white-space: pre-wrap;
  overflow-wrap: anywhere }
pre, .place, ol { font: 14px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.place { margin: 0 0 .5rem; font-weight: 600; overflow-wrap: anywhere }
pre { margin: 0 0 1.5rem; padding: .75rem 1rem; overflow-x: auto; border: 1px solid var(--line);
  border-radius: 6px; tab-size: 2 }
mark { color: inherit; background: var(--mark) }
ol { margin: .25rem 0 1.5rem; padding-left: 1.5rem; overflow-wrap: anywhere }
summary { cursor: pointer; color: var(--soft) }
p.end { color: var(--soft) }
`

/** Asks whether the error still holds while somebody looks at it. */
const script = (id: string) => `
const look = async () => {
  if (document.visibilityState === 'visible') {
    try {
      const headers = { 'hot-hook-error': '${id}' }
      const { status } = await fetch(location.href, { headers, cache: 'no-store' })
      if (status !== 204) return location.reload()
    } catch {
      // The server is not there: it restarts, perhaps.
    }
  }
  setTimeout(look, 500)
}
setTimeout(look, 500)
`

/** The page for an error. @param id of the error; given, the page renews itself */
export function errorPage(
  { name, message, file, line, column, frame, chain, stack }: ErrorReport,
  id: string | undefined,
): { html: string; nonce: string } {
  const nonce = randomBytes(18).toString('base64')
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(name)}: ${escaped(message)}</title>
<style nonce="${nonce}">${style}</style>
<main>
<h1>The app could not be loaded</h1>
<h2>${escaped(name)}: ${escaped(message)}</h2>
<p class="place">${escaped(place)}</p>
${frame === undefined ? '' : `<pre>${frameHtml(frame)}</pre>`}
${chain.length > 1 ? `<section>How it is imported:${listHtml(chain)}</section>` : ''}
<details><summary>Stack</summary><pre>${escaped(stack)}</pre></details>
<p class="end">${id === undefined ? 'Save the file, and ask again.' : 'This page renews itself when a save mends it.'}
</main>
${id === undefined ? '' : `<script nonce="${nonce}">${script(id)}</script>\n`}</html>
`
  return { html, nonce }
}

/** Nothing is allowed but the page's own style and script, and what the script asks. */
export function pageHeaders(nonce: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
  }
}

function frameHtml(frame: string): string {
  return frame
    .split('\n')
    .map((row) => (row.startsWith('>') ? `<mark>${escaped(row)}</mark>` : escaped(row)))
    .join('\n')
}

function listHtml(items: string[]): string {
  return `<ol>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ol>`
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
