import { escapeHtml } from '../served/escape.ts'
import { wirePath } from '../sources/wire-graph.ts'
import type { Rendering } from './rendering.ts'

/** The element that makes a page renew itself. */
export function scriptTag(
  address: string,
  rendering: Rendering,
  rootDirectory: string,
  nonce: string | undefined,
): string {
  const { since, boundaries, isVague, process } = rendering
  const names = [...boundaries].filter(Boolean).map((file) => wirePath(file, rootDirectory))
  const attributes = [
    `src="${escapeHtml(address)}"`,
    // The runner has to know whose page it is: its port is another origin.
    ...(address.startsWith('http') ? ['crossorigin="anonymous"'] : []),
    `data-since="${since}"`,
    ...(process === undefined ? [] : [`data-process="${process}"`]),
    ...(isVague || names.length === 0
      ? []
      : [`data-boundaries="${escapeHtml(JSON.stringify(names))}"`]),
    ...(nonce === undefined ? [] : [`nonce="${escapeHtml(nonce)}"`]),
  ]
  return `<script ${attributes.join(' ')} async></script>`
}
