// A program may throw anything: texts, frozen errors, a Proxy, an error whose getters throw. What is
// thrown must be said all the same.

/** As `instanceof Error`, of whatever was thrown. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error
  } catch {
    return false
  }
}

/** A text that belongs to what was thrown; '' when it has none that can be read. */
export function textOf(thrown: unknown, property: 'stack' | 'message' | 'name' | 'code'): string {
  try {
    const text: unknown = Object(thrown)[property]
    return typeof text === 'string' ? text : ''
  } catch {
    return ''
  }
}

/** What was thrown, as a string. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'something was thrown that cannot be shown'
  }
}
