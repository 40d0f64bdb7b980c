const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\t' }

/**
 * One line of text as a terminal can show it: a file may have any name. What is not printable is
 * escaped as in a string of JavaScript.
 */
export function printable(text: string): string {
  // Control characters, what breaks a line or turns the direction of writing, and halves of characters.
  // Here, since to read such an expression takes half a millisecond, which no start need pay.
  const unprintable =
    /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu
  return text.replace(unprintable, (character) => named[character] ?? escaped(character))
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n')
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
}
