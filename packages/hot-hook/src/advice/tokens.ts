/** One word, literal or sign of a source. */
export interface Token {
  kind: 'word' | 'sign' | 'literal' | 'template' | 'regexp'
  text: string
  start: number
  end: number
  /** Place of the bracket that it stands in, `-1` at the top. */
  inside: number
  /** Place of the other bracket, for a bracket. */
  match: number
}

/** Text in place of what stands between two places of a source. */
export interface Replacement {
  start: number
  end: number
  text: string
}

const scanner =
  /(?<blank>\s+|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)|(?<literal>'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")|(?<template>`(?:[^`\\]|\\[\s\S])*`)|(?<word>[\p{ID_Continue}$#@]+)|(?<sign>=>|\.\.\.|\?\.|[\s\S])/uy
const regexp = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const beforeRegexp = /^(?:[(,=:[!&|?{};+]|=>|return|typeof|case|\.\.\.)$/

/** Cuts JavaScript or TypeScript into tokens; `undefined` for what this cannot read. */
export function tokenize(source: string): Token[] | undefined {
  const tokens: Token[] = []
  const open: number[] = []
  let at = source.startsWith('#!') ? source.indexOf('\n') : 0
  while (at >= 0 && at < source.length) {
    const token = readToken(source, at, tokens.at(-1)?.text)
    at = token.end
    if (token.kind === undefined) continue
    const place = tokens.length
    const closes = token.kind === 'sign' && ')]}'.includes(token.text)
    const match = closes ? (open.pop() ?? -1) : -1
    if (closes) {
      const opening = tokens[match]
      if (!opening || !['()', '[]', '{}'].includes(opening.text + token.text)) return undefined
      opening.match = place
    }
    tokens.push({ ...token, kind: token.kind, inside: open.at(-1) ?? -1, match })
    if (token.kind === 'sign' && '([{'.includes(token.text)) open.push(place)
  }
  return open.length === 0 ? tokens : undefined
}

type Read = Pick<Token, 'text' | 'start' | 'end'> & { kind: Token['kind'] | undefined }

function readToken(source: string, start: number, previous: string | undefined): Read {
  if (source[start] === '/' && (previous === undefined || beforeRegexp.test(previous))) {
    regexp.lastIndex = start
    const text = regexp.exec(source)?.[0]
    if (text) return { kind: 'regexp', text, start, end: start + text.length }
  }
  scanner.lastIndex = start
  const { 0: text, groups = {} } = scanner.exec(source) as RegExpExecArray
  const kinds = ['literal', 'template', 'word', 'sign'] as const
  const kind = kinds.find((name) => groups[name] !== undefined)
  return { kind, text, start, end: start + text.length }
}

/** Whether a statement ends with a token: what follows is on another line, and does not go on with it. */
export function endsStatement(source: string, tokens: readonly Token[], place: number): boolean {
  const [last, next] = [tokens[place], tokens[place + 1]]
  if (!last || !next || last.text === ';' || next.text === ';') return true
  return source.slice(last.end, next.start).includes('\n') && !/^[.,([`+?&|!=]/.test(next.text)
}

/** The line that a place is in. */
export function lineText(source: string, at: number): string {
  const end = source.indexOf('\n', at)
  const line = source.slice(source.lastIndexOf('\n', at - 1) + 1, end < 0 ? undefined : end)
  return line.replace(/\r$/, '')
}

/** The number of the line, from 1, that a place is in. */
export function lineAt(source: string, at: number): number {
  return source.slice(0, at).split('\n').length
}
