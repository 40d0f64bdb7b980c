import type { Replacement, Token } from './tokens.ts'

/** Options that are asked for each time, by the functions that take them: `name` is what is passed. */
const options: { callee: RegExp; key: string; write: (name: string) => string }[] = [
  // GraphQL Yoga asks a function for the schema of each request.
  { callee: /^createYoga$/, key: 'schema', write: (name) => `schema: () => ${name}` },
  // tRPC reads its options anew at each request.
  {
    callee: /^create(?:HTTPServer|HTTPHandler|ExpressMiddleware)$/,
    key: 'router',
    write: (name) => `get router() { return ${name} }`,
  },
]

/** A name in `{ option: name }` or `{ name }`, which a call takes as one of these options. */
export function optionUse(tokens: readonly Token[], place: number): Replacement | undefined {
  const [before, value, next] = [tokens[place - 1], tokens[place], tokens[place + 1]]
  if (!value || ![',', '}'].includes(next?.text ?? '')) return undefined
  const hasKey = before?.text === ':'
  const key = hasKey ? tokens[place - 2] : value
  const object = tokens[value.inside]
  const call = object?.text === '{' ? object.inside : -1
  const callee = tokens[call]?.text === '(' ? tokens[call - 1] : undefined
  const isShorthand = !hasKey && (before?.text === '{' || before?.text === ',')
  if (!key || !callee || !(hasKey || isShorthand)) return undefined
  const option = options.find((known) => known.key === key.text && known.callee.test(callee.text))
  return option && { start: key.start, end: value.end, text: option.write(value.text) }
}
