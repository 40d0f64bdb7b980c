import { show } from '../log/show.ts'
import { HotHookOptionsError } from './option-checks.ts'

/** What `hot.init` was called with. */
export interface InitArguments {
  /** The options, of any shape, with the entry as their `root`. */
  given: unknown
  /** `hot.init({ root })`, as in 1.x. */
  isOldForm: boolean
}

/**
 * Reads the arguments of `hot.init(entry, options)` and `hot.init({ root, ...options })`.
 *
 * @throws HotHookOptionsError
 */
export function readInitArguments(entry: unknown, options: unknown): InitArguments {
  if (entry === undefined) return { given: options, isOldForm: false }
  if (isPlace(entry)) return { given: withRoot(String(entry), options), isOldForm: false }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new HotHookOptionsError(
      `The first argument of hot.init must be the entry (import.meta.url) or the options, got ${show(entry)}`,
    )
  }
  if (options === undefined) return { given: entry, isOldForm: 'root' in entry }
  throw new HotHookOptionsError(
    isPlace(options)
      ? 'The arguments of hot.init are swapped: the entry comes first, hot.init(import.meta.url, options)'
      : `The first argument of hot.init must be the entry (import.meta.url) when options follow, got ${show(entry)}`,
  )
}

function isPlace(value: unknown): value is string | URL {
  return typeof value === 'string' || value instanceof URL
}

/** What is no object is left to be complained of. */
function withRoot(root: string, options: unknown): unknown {
  if (options === undefined) return { root }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options
  return { root, ...options }
}
