import { randomBytes } from 'node:crypto'
import type { Boot } from '../wire.ts'
import { asset } from './assets.ts'
import { escapeHtml } from './escape.ts'

/** A page with the policy that goes with it. */
export interface Page {
  html: string
  policy: string
}

/** The page that asks for the rest itself. */
export function livePage(boot: Boot): Page {
  const nonce = newNonce()
  const script = `<script nonce="${nonce}" src="${escapeHtml(`${boot.base}&view=script`)}" defer></script>`
  const policy = policyOf(nonce, "connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; ")
  return { html: pageOf(boot, nonce, script, ''), policy }
}

/** The page that has everything in it. */
export function standalonePage(boot: Boot): string {
  const nonce = newNonce()
  const policy = policyOf(nonce, '')
  // Only the end of a script could end it.
  const text = asset('page.js')
    .replace(/<\/(?=script)/gi, '<\\/')
    .replaceAll('<!--', '<\\!--')
  const script = `<script nonce="${nonce}">${text}</script>`
  const meta = `<meta http-equiv="content-security-policy" content="${escapeHtml(policy)}">`
  return pageOf(boot, nonce, script, meta)
}

function pageOf(boot: Boot, nonce: string, script: string, meta: string): string {
  const inHead = meta !== ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${meta}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(boot.title)}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${asset('page.css')}</style>
${inHead ? '' : script}
</head>
<body>
<div id="app"></div>
<script type="application/json" id="boot" nonce="${nonce}">${jsonInHtml(boot)}</script>
${inHead ? script : ''}
</body>
</html>
`
}

function policyOf(nonce: string, more: string): string {
  return `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; ${more}base-uri 'none'; form-action 'none'`
}

function newNonce(): string {
  return randomBytes(16).toString('base64')
}

/** JSON that no text of can end the element that it is in. */
export function jsonInHtml(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
