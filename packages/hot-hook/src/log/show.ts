import { inspect } from 'node:util'

/** A value as an error names it. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  try {
    return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 200 })
  } catch {
    return 'what cannot be shown'
  }
}
