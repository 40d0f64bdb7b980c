import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import { fileURLToPath } from 'node:url'

/** What is known of how a page was made. */
export interface Rendering {
  /** When it was asked for, in milliseconds since 1970. */
  since: number
  /** Files that it has imported with `import()`, absolute paths. */
  boundaries: Set<string>
  /** Some import is not known as a file: anything may be in the page. */
  isVague: boolean
  /** The process of the runner that answers, by its id. */
  process?: number
}

const storage = new AsyncLocalStorage<Rendering>()
let isFollowing = false

/** Notes what is imported from here on, until the answer is made. */
export function followRendering(process?: number): Rendering {
  if (!isFollowing) subscribe('tracing:module.import:start', noteImport)
  isFollowing = true
  const rendering: Rendering = {
    since: Date.now(),
    boundaries: new Set(),
    isVague: false,
    ...(process !== undefined && { process }),
  }
  storage.enterWith(rendering)
  return rendering
}

export function currentRendering(): Rendering | undefined {
  return storage.getStore()
}

function noteImport(message: unknown): void {
  const rendering = storage.getStore()
  if (!rendering) return
  const { url, parentURL } = message as { url?: unknown; parentURL?: unknown }
  const file = fileOf(url, parentURL)
  if (file === undefined) rendering.isVague = true
  else if (!/[\\/]node_modules[\\/]/.test(file)) rendering.boundaries.add(file)
}

/** @param specifier as it was written, or as it was resolved */
function fileOf(specifier: unknown, parent: unknown): string | undefined {
  if (typeof specifier !== 'string' || typeof parent !== 'string') return undefined
  if (specifier.startsWith('node:')) return ''
  if (!/^(?:\.|\/|file:)/.test(specifier) || !URL.canParse(specifier, parent)) return undefined
  const url = new URL(specifier, parent)
  return url.protocol === 'file:'
    ? fileURLToPath(`${url.origin === 'null' ? 'file://' : url.origin}${url.pathname}`)
    : undefined
}
