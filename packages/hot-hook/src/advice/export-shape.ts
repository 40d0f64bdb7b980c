import { type Token, tokenize } from './tokens.ts'

/** What a module exports under a name, as far as its source says so at a glance. */
export interface ExportShape {
  kind: 'function' | 'express' | 'koa' | 'fastify' | 'object' | 'unknown'
  /** Of a function: how many parameters are written. */
  parameters: number
}

const unknown: ExportShape = { kind: 'unknown', parameters: 0 }

/** What calls make, by their callee's spelling. */
const makers: [RegExp, ExportShape['kind']][] = [
  [/^express\($|^express\.Router\($|^Router\($/, 'express'],
  [/^newKoa\($/, 'koa'],
  [/^[fF]astify\($/, 'fastify'],
]

/** @param name `default`, another export, or `module.exports` for all that CommonJS exports */
export function exportShape(source: string, name: string): ExportShape {
  const tokens = tokenize(source)
  if (!tokens) return unknown
  const place = exportedAt(tokens, name)
  return place === undefined ? unknown : shapeAt(tokens, place, 2)
}

/** What a function gives that a module exports under a name. */
export function returnShape(source: string, name: string): ExportShape {
  const tokens = tokenize(source)
  let place = tokens && exportedAt(tokens, name)
  if (!tokens || place === undefined) return unknown
  if (tokens[place]?.text === 'async') place++
  const isFunction = tokens[place]?.text === 'function'
  const open = tokens.findIndex(
    ({ text, inside }, at) => at > (place ?? 0) && inside < 0 && text === '(',
  )
  const close = isFunction ? (tokens[open]?.match ?? -1) : -1
  const body = tokens.findIndex(({ text, inside }, at) => at > close && inside < 0 && text === '{')
  if (close < 0 || body < 0) return unknown
  const returns = [...tokens.entries()].filter(
    ([, { text, inside }]) =>
      text === 'return' && (inside === body || isBranch(tokens, inside, body)),
  )
  const [at = -1] = returns[0] ?? []
  const isName = ['}', ';'].includes(tokens[at + 2]?.text ?? '')
  if (returns.length !== 1 || tokens[at]?.inside !== body || !isName) return unknown
  const made = declared(tokens, tokens[at + 1]?.text ?? '', body)
  return made === undefined ? unknown : shapeAt(tokens, made, 0)
}

/** Whether a block belongs to a statement of a function: it is no function within it. */
function isBranch(tokens: readonly Token[], block: number, body: number): boolean {
  if (block === body) return true
  const [open, before] = [tokens[block], tokens[block - 1]]
  if (!open || !before) return false
  const head = before.text === ')' ? tokens[before.match - 1]?.text : before.text
  const isStatement = /^(?:if|else|for|while|switch|try|catch|finally|do|with)$/.test(head ?? '')
  return isStatement && isBranch(tokens, open.inside, body)
}

/** The place of what is exported under a name. */
function exportedAt(tokens: readonly Token[], name: string): number | undefined {
  const isWhole = name === 'default' || name === 'module.exports'
  const places = isWhole
    ? [after(tokens, ['export', 'default']), after(tokens, ['module', '.', 'exports', '='])]
    : [declared(tokens, localOf(tokens, name)), after(tokens, ['exports', '.', name, '='])]
  return places.find((found) => found !== undefined)
}

/** The name within the module of what it exports: `export { local as name }`. */
function localOf(tokens: readonly Token[], name: string): string {
  for (const [place, token] of tokens.entries()) {
    const isRenamed = token.text === 'as' && tokens[place + 1]?.text === name
    const open = isRenamed ? token.inside : -1
    if (tokens[open - 1]?.text !== 'export') continue
    if (tokens[(tokens[open]?.match ?? 0) + 1]?.text !== 'from')
      return tokens[place - 1]?.text ?? name
  }
  return name
}

/** The place behind a sequence of tokens at the top of the source. */
function after(tokens: readonly Token[], texts: readonly string[]): number | undefined {
  for (const [place, token] of tokens.entries()) {
    if (token.inside >= 0 || tokens[place - 1]?.text === '.') continue
    if (texts.every((text, index) => tokens[place + index]?.text === text)) {
      return place + texts.length
    }
  }
  return undefined
}

/** The place of what a variable is given, or of the function that has this name. */
function declared(tokens: readonly Token[], name: string, within = -1): number | undefined {
  for (const [place, token] of tokens.entries()) {
    if (token.text !== name || token.inside !== within) continue
    const before = tokens[place - 1]?.text ?? ''
    if (before === 'function') {
      return tokens[place - 2]?.text === 'async' ? place - 2 : place - 1
    }
    if (!['const', 'let', 'var'].includes(before)) continue
    for (let at = place + 1; at < Math.min(tokens.length, place + 12); at++) {
      if (tokens[at]?.text === '=') return at + 1
      if (tokens[at]?.text === ';') break
    }
  }
  return undefined
}

function shapeAt(tokens: readonly Token[], from: number, depth: number): ExportShape {
  const isAsync = tokens[from]?.text === 'async'
  const place = isAsync ? from + 1 : from
  const [first, second] = [tokens[place], tokens[place + 1]]
  if (!first) return unknown
  if (first.text === 'function') {
    const open = second?.text === '(' ? place + 1 : place + 2
    return second?.text === '*' ? unknown : functionShape(tokens, open)
  }
  if (first.text === '(' && isArrow(tokens, first.match)) return functionShape(tokens, place)
  if (first.kind === 'word' && second?.text === '=>') return { kind: 'function', parameters: 1 }
  if (first.text === '{' || first.text === '[') return { kind: 'object', parameters: 0 }
  const call = spelledCall(tokens, place)
  const maker = makers.find(([spelling]) => spelling.test(call))
  if (maker) return { kind: maker[1], parameters: 0 }
  const isName = first.kind === 'word' && !['.', '(', '?.'].includes(second?.text ?? '')
  const target = isName && depth > 0 ? declared(tokens, first.text) : undefined
  return target === undefined ? unknown : shapeAt(tokens, target, depth - 1)
}

function functionShape(tokens: readonly Token[], open: number): ExportShape {
  const close = tokens[open]?.text === '(' ? (tokens[open]?.match ?? -1) : -1
  if (close < 0) return unknown
  const own = tokens.slice(open + 1, close).filter(({ inside }) => inside === open)
  const commas = own.filter(({ text }, at) => text === ',' && at < own.length - 1).length
  return { kind: 'function', parameters: own.length === 0 ? 0 : commas + 1 }
}

/** `(…) =>` or, in TypeScript, `(…): Type =>`. */
function isArrow(tokens: readonly Token[], close: number): boolean {
  if (tokens[close + 1]?.text === '=>') return true
  if (tokens[close + 1]?.text !== ':') return false
  const type = tokens.slice(close + 2, close + 14).map(({ text }) => text)
  const arrow = type.indexOf('=>')
  return arrow >= 0 && !type.slice(0, arrow).some((text) => text === ';' || text === '=')
}

/** `express.Router(`: all up to the bracket in one word. */
function spelledCall(tokens: readonly Token[], from: number): string {
  let text = ''
  for (const token of tokens.slice(from, from + 6)) {
    text += token.text
    if (token.kind !== 'word' && token.text !== '.') break
  }
  return text
}
