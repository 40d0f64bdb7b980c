import { inspect } from 'node:util'

/** A value as an error names it. */
export function show(value: unknown): string {
  return typeof value === 'function'
    ? 'a function'
    : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 200 })
}
