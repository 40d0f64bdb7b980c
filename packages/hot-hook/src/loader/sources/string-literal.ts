const quoted = /'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*'|"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*"/.source
const template = /`(?:[^`\\$]|\$(?!\{)|\\[\s\S])*`/.source

/** A string, or a template without substitution, in a source: to be part of larger expressions. */
export const stringLiteral = `${quoted}|${template}`

const escapeSequence = /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|(\r\n|[\s\S]))/gi
const characters: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  0: '\0',
}

/** What a literal says. */
export function literalValue(literal: string): string {
  return literal.slice(1, -1).replace(escapeSequence, (_, point, unit, byte, character) => {
    const code = point ?? unit ?? byte
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    // A line that is continued.
    if (/[\n\r\u2028\u2029]/.test(character)) return ''
    return characters[character] ?? character
  })
}
