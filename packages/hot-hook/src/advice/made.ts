import { endsStatement, type Token } from './tokens.ts'

/** `const app = createApp(…)` at the top of a module, where `createApp` is imported. */
export interface Made {
  /** The name of what is made. */
  local: string
  /** `const`, `let` or `var`. */
  keyword: Token
  /** Where the statement begins and ends. */
  start: number
  end: number
  isAwaited: boolean
  /** The call as it is written, without the name: `(…)`. */
  call: string
}

/** @param place of the name that is called, which is the last of its statement but for the call */
export function madeAt(source: string, tokens: readonly Token[], place: number): Made | undefined {
  const name = tokens[place]
  const open = tokens[place + 1]
  const close = tokens[open?.match ?? -1]
  if (!name || name.inside >= 0 || open?.text !== '(' || !close) return undefined
  // Given to two of them, something may be used twice.
  if (!tokens.slice(place + 2, open.match).every(isPlain)) return undefined
  if (!endsStatement(source, tokens, open.match)) return undefined
  const isAwaited = tokens[place - 1]?.text === 'await'
  const equals = place - (isAwaited ? 2 : 1)
  if (tokens[equals]?.text !== '=') return undefined
  for (let at = equals - 1; at > Math.max(0, equals - 12); at--) {
    const [keyword, local] = [tokens[at - 1], tokens[at]]
    if (local?.kind !== 'word' || !keyword || keyword.inside >= 0) continue
    if (keyword.text === ';' || keyword.text === '=') return undefined
    if (!['const', 'let', 'var'].includes(keyword.text)) continue
    // Several names in one statement.
    if (!['=', ':'].includes(tokens[at + 1]?.text ?? '')) return undefined
    const call = source.slice(open.start, close.end)
    return { local: local.text, keyword, start: keyword.start, end: close.end, isAwaited, call }
  }
  return undefined
}

/** A value that is written out, or comes from the environment. */
function isPlain({ kind, text }: Token, at: number, all: readonly Token[]): boolean {
  if (kind !== 'word') return kind !== 'template' && text !== '('
  if (/^(?:\d.*|true|false|null|undefined|process)$/.test(text)) return true
  return all[at - 1]?.text === '.' || all[at + 1]?.text === ':'
}
