import { type ExportShape, exportShape } from './export-shape.ts'
import type { Binding } from './import-statement.ts'
import { type Made, madeAt } from './made.ts'
import { optionUse } from './option-use.ts'
import type { Replacement, Token } from './tokens.ts'

/** What the new code needs to follow at a use of an imported name. */
export type Use =
  /** Asked for each time: it follows. */
  | { kind: 'live' }
  /** It follows once this is written there. */
  | { kind: 'passed on'; replacement: Replacement; needsHttp?: boolean }
  /** It makes something, which follows once that is made again. */
  | { kind: 'made'; made: Made }
  /** It is read once, or nobody knows. */
  | { kind: 'once'; at: number }

/** What is known where a use is judged. */
export interface UseContext {
  source: string
  tokens: readonly Token[]
  /** The source of the dependency. */
  dependency: string
}

/** Methods of routers and of emitters that keep a function and call it each time. */
const routing = new Set(['use', 'get', 'post', 'put', 'patch', 'delete', 'all', 'options', 'head'])
const emitting = new Set(['on', 'addListener', 'addEventListener'])
const listening = new Set(['createServer', 'createSecureServer'])
const working = new Set(['Worker', 'process', 'work', 'schedule', 'fastq', 'promise'])
const timing = new Set(['setInterval'])
/** Events that come once, when something starts. */
const starting = /^['"](?:listening|ready|open|connect|error|close|exit)['"]$/
/** Their functions are called when something comes: what is read in these is the latest. */
const later = [routing, emitting, listening, working, timing]

/** Every use of what a statement has bound, outside of that statement. */
export function usesOf(
  binding: Binding,
  statement: { start: number; end: number },
  context: UseContext,
): Use[] {
  const uses: Use[] = []
  for (const [place, token] of context.tokens.entries()) {
    if (token.start >= statement.start && token.end <= statement.end) continue
    if (
      token.kind === 'template' &&
      token.text.includes('${') &&
      token.text.includes(binding.local)
    ) {
      uses.push({ kind: 'once', at: token.start })
    }
    if (token.kind !== 'word' || token.text !== binding.local) continue
    const before = context.tokens[place - 1]?.text
    // A property of something else.
    if (before === '.' || before === '?.') continue
    uses.push(useAt(place, binding, context))
  }
  return uses
}

function useAt(place: number, binding: Binding, context: UseContext): Use {
  const { tokens, source } = context
  const first = tokens[place] as Token
  let last = place
  while (tokens[last + 1]?.text === '.' && tokens[last + 2]?.kind === 'word') last += 2
  const end = (tokens[last] as Token).end
  const path = source.slice(first.start, end)
  const before = tokens[place - 1]?.text ?? ''
  const next = tokens[last + 1]?.text ?? ''
  const once: Use = { kind: 'once', at: first.start }
  const wrapped = { start: first.start, end, text: `(...args) => ${path}(...args)` }
  const isMember = last > place
  const shape = shapeOf(binding, isMember ? path.split('.').slice(1) : [], context)

  if (next === '(' && isMember && tokens[last]?.text === 'listen') {
    return listenUse(place, last, shapeOf(binding, [], context), context) ?? once
  }
  if (next === '(') {
    if (isAskedLater(place, tokens) && before !== 'new') return { kind: 'live' }
    const made = isMember || binding.shape ? undefined : madeAt(source, tokens, place)
    return made ? { kind: 'made', made } : once
  }
  const option = isMember ? undefined : optionUse(tokens, place)
  if (option) return { kind: 'passed on', replacement: option }
  const isValue = before === ':' && [',', '}'].includes(next)
  if (
    isValue &&
    isMember &&
    tokens[last]?.text === 'fetch' &&
    tokens[place - 2]?.text === 'fetch'
  ) {
    return { kind: 'passed on', replacement: wrapped }
  }
  const isArgument = ['(', ','].includes(before) && [')', ','].includes(next)
  if (!isArgument || !isKept(place, shape, isMember, context)) return once
  return { kind: 'passed on', replacement: wrapped }
}

function shapeOf(binding: Binding, members: string[], { dependency }: UseContext): ExportShape {
  if (binding.shape)
    return members.length === 0 ? binding.shape : { kind: 'unknown', parameters: 0 }
  const isWhole = binding.exported === '*' || binding.exported === 'module.exports'
  const [member] = members
  if (members.length === 0 && binding.exported !== '*')
    return exportShape(dependency, binding.exported)
  if (members.length === 1 && isWhole && member) return exportShape(dependency, member)
  return { kind: 'unknown', parameters: 0 }
}

/** Whether it is an argument of a call that keeps a function and calls it each time anew. */
function isKept(
  place: number,
  shape: ExportShape,
  isMember: boolean,
  { tokens, dependency }: UseContext,
): boolean {
  const open = tokens[place]?.inside ?? -1
  const callee = tokens[open - 1]
  if (tokens[open]?.text !== '(' || callee?.kind !== 'word') return false
  const close = tokens[open]?.match ?? -1
  // Parameters, or a condition.
  if (['=>', '{'].includes(tokens[close + 1]?.text ?? '')) return false
  if (tokens[open - 2]?.text === 'function' || shape.kind === 'object') return false
  const isFirst = tokens
    .slice(open, place)
    .every(({ text, inside }) => inside !== open || text !== ',')
  const isMethod = tokens[open - 2]?.text === '.'
  const name = callee.text
  const isFunction = shape.kind === 'function'
  const usesThis = /\bthis\b/.test(dependency)
  if (listening.has(name)) return isFunction || shape.kind === 'express' || shape.kind === 'unknown'
  if (emitting.has(name) && starting.test(tokens[open + 1]?.text ?? '')) return false
  if (emitting.has(name))
    return isMethod && !isFirst && !usesThis && (isFunction || shape.kind === 'unknown')
  if (timing.has(name)) return isFirst && isFunction
  if (working.has(name)) return isFunction && shape.parameters < 2 && !usesThis
  if (!routing.has(name) || !isMethod || usesThis || takesErrors(dependency)) return false
  if (name !== 'use' && isFirst) return false
  const isCallable = isFunction ? shape.parameters < 4 : shape.kind === 'express'
  return isCallable || (isMember && shape.kind === 'unknown' && name !== 'use')
}

/** Express tells a handler of errors by its four parameters, which a function around it has not. */
function takesErrors(source: string): boolean {
  return /\(\s*_*e(?:rr|rror|x)?\w*\s*(?::[^,()]+)?,[^,()]+,[^,()]+,[^,()]+\)/.test(source)
}

/** `app.listen(…)`: the server belongs to the instance that made it, so one is made around them. */
function listenUse(
  place: number,
  last: number,
  shape: ExportShape,
  { tokens, source }: UseContext,
): Use | undefined {
  const first = tokens[place] as Token
  const close = tokens[last + 1]?.match ?? -1
  const name = first.text
  if (last !== place + 2 || first.inside !== -1) return undefined
  if (tokens[close + 1]?.text === '.') return undefined
  const before = tokens[place - 1]
  const isAwaited = before?.text === 'await'
  const listeners: Partial<Record<ExportShape['kind'], string>> = {
    express: `(...args) => ${name}(...args)`,
    koa: `(...args) => ${name}.callback()(...args)`,
    fastify: `async (...args) => { await ${name}.ready(); ${name}.routing(...args) }`,
  }
  const listener = listeners[shape.kind]
  if (listener === undefined) return undefined
  // Its promise has the address, and so has its callback.
  const start = isAwaited ? tokens[place - 2] : before
  const isPlain =
    start === undefined || start.text === ';' || source.slice(start.end, first.start).includes('\n')
  const argumentsText = source.slice(tokens[last + 1]?.end, tokens[close]?.start)
  if (shape.kind === 'fastify' && (!isPlain || /=>|function/.test(argumentsText))) return undefined
  const end = (tokens[last] as Token).end
  const text = `http.createServer(${listener}).listen`
  return { kind: 'passed on', replacement: { start: first.start, end, text }, needsHttp: true }
}

/** Whether a place is in a function that is written as an argument of a call which keeps it. */
function isAskedLater(place: number, tokens: readonly Token[]): boolean {
  for (let at = place; at >= 0; at = tokens[at]?.inside ?? -1) {
    const open = tokens[at]?.inside ?? -1
    const callee = tokens[open - 1]
    if (tokens[open]?.text !== '(' || callee?.kind !== 'word') continue
    if (!later.some((names) => names.has(callee.text))) continue
    if (emitting.has(callee.text) && starting.test(tokens[open + 1]?.text ?? '')) continue
    // A function begins in this argument, before the place.
    let from = at
    while (
      from > open + 1 &&
      !(tokens[from - 1]?.text === ',' && tokens[from - 1]?.inside === open)
    )
      from--
    const head = tokens.slice(from, at + 1).filter(({ inside }) => inside === open)
    if (head.some(({ text }) => text === '=>' || text === 'function')) return true
  }
  return false
}
