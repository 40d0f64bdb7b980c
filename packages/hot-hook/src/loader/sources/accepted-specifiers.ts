import { literalValue, stringLiteral } from './string-literal.ts'

const blank = /\s+|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//.source
let token: RegExp | undefined

/** Made for the first source that accepts: letters of all scripts take every start half a millisecond. */
function tokenPattern(): RegExp {
  token ??= new RegExp(
    String.raw`(?<blank>${blank})|(?<literal>${stringLiteral})|[\p{ID_Continue}$]+|[\s\S]`,
    'uy',
  )
  return token
}

/**
 * `{ accept: take }` and `take = import.meta.hot.accept`. A word is tried from its start only: one of
 * an inline source map has some hundred thousand characters.
 */
const otherName = /\baccept\s*:\s*([\w$]+)|(?<![\w$])([\w$]+)\s*=\s*[\w$.?!]*\.accept\b(?!\s*[(?])/g

/**
 * The specifiers that a source gives to `accept()`, in whatever way they are written there as
 * literals: their imports get live bindings. One too many does no harm (a comment, another object's
 * `accept`), but that a `let` which that dependency reassigns by itself is not followed.
 */
export function acceptedSpecifiers(source: string): Set<string> {
  const specifiers = new Set<string>()
  const names = ['accept']
  for (const [, renamed, assigned] of source.matchAll(otherName)) {
    names.push((renamed ?? assigned ?? '').replaceAll('$', '\\$'))
  }
  const callee = new RegExp(String.raw`(?<![\w$])(?:${names.join('|')})(?![\w$])['"\x60]?`, 'g')
  for (const { 0: name, index } of source.matchAll(callee)) {
    for (const literal of firstArgument(source, index + name.length)) {
      specifiers.add(literalValue(literal))
    }
  }
  return specifiers
}

/** The literals in the first argument of a call whose name ends at `at`, if it is a call. */
function* firstArgument(source: string, at: number): Iterable<string> {
  let depth = 0
  for (const { text, isLiteral } of tokens(source, at)) {
    if (text === '(' || (text === '[' && depth > 0)) depth++
    // accept?.(, accept!( and hot['accept'](
    else if (depth === 0 && !'?.!]'.includes(text)) return
    else if (depth === 0) continue
    else if (isLiteral) yield text
    else if ((text === ')' || text === ']') && --depth === 0) return
    else if (text === ',' && depth === 1) return
    // A function, or what would take a parser.
    else if (/[={}/`;]/.test(text)) return
  }
}

/** Everything but blanks and comments: literals, words, and all else by the character. */
function* tokens(source: string, from: number): Iterable<{ text: string; isLiteral: boolean }> {
  const pattern = tokenPattern()
  let at = from
  while (at < source.length) {
    pattern.lastIndex = at
    const { 0: text, groups } = pattern.exec(source) as RegExpExecArray
    at += text.length
    if (groups?.blank === undefined) yield { text, isLiteral: groups?.literal !== undefined }
  }
}
