import { inspect } from 'node:util'

/**
 * Checks what was given to one of our functions.
 *
 * @throws TypeError that names the option and what was expected
 */
export function checkOptions(
  of: string,
  options: object,
  known: Readonly<Record<string, 'text' | 'texts' | 'flag'>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${of}: expected an object of options, got ${inspect(options)}`)
  }
  for (const [name, value] of Object.entries(options)) {
    const kind = known[name]
    if (kind === undefined) {
      throw new TypeError(
        `${of}: there is no option "${name}". Known: ${Object.keys(known).join(', ')}`,
      )
    }
    if (value === undefined || isOf(kind, value)) continue
    throw new TypeError(`${of}: "${name}" must be ${expected[kind]}, got ${inspect(value)}`)
  }
}

const expected = { text: 'a string', texts: 'an array of strings', flag: 'true or false' }

function isOf(kind: keyof typeof expected, value: unknown): boolean {
  if (kind === 'text') return typeof value === 'string' && value !== ''
  if (kind === 'flag') return typeof value === 'boolean'
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
