import type { parseModule } from '../loader/sources/lexer.ts'
import { literalValue } from '../loader/sources/string-literal.ts'
import type { ExportShape } from './export-shape.ts'
import { endsStatement, type Token } from './tokens.ts'

/** One name that a module gives to what it imports. */
export interface Binding {
  local: string
  /** The export: `default`, a name, `*` for the namespace, `module.exports` for what is required. */
  exported: string
  /** What it is, where that is known otherwise than from the export. */
  shape?: ExportShape
}

/** How a module imports another: a statement, or `const … = require(…)`. */
export interface ImportStatement {
  specifier: string
  start: number
  end: number
  bindings: Binding[]
  /** Where code can be put that is sure to run: behind the last import, on a line of its own. */
  below: number
  /** Of a `require()`: how its names are given a new value. */
  required: { keyword: Token; assign: (value: string) => string } | undefined
}

/** The import and re-export statements of an ES module that `names` says to be of the dependency. */
export function importStatements(
  source: string,
  tokens: readonly Token[],
  isMeant: (specifier: string) => boolean,
  parse: typeof parseModule,
): ImportStatement[] | undefined {
  const statements: ImportStatement[] = []
  let below = 0
  for (const record of parse(source)[0]) {
    if (record.type === 'import-meta' || record.type === 'dynamic') continue
    if (record.type === 'static') below = Math.max(below, record.importEnd)
    if (record.typeOnly || !isMeant(record.specifier)) continue
    const { specifier, importStart: start, importEnd: end } = record
    const clause = tokens.filter((token) => token.start >= start && token.end <= end)
    // A re-export: who imports this module has the names.
    if (clause[0]?.text !== 'import') return undefined
    const bindings = bindingsOf(clause.slice(1))
    statements.push({ specifier, start, end, bindings, below, required: undefined })
  }
  return statements.map((statement) => ({ ...statement, below }))
}

/** What stands between `import` and `from`. */
function bindingsOf(clause: readonly Token[]): Binding[] {
  const bindings: Binding[] = []
  let at = 0
  const text = (offset: number) => clause[at + offset]?.text ?? ''
  if (clause[0]?.kind === 'word') {
    bindings.push({ local: text(0), exported: 'default' })
    at += text(1) === ',' ? 2 : 1
  }
  if (text(0) === '*') return [...bindings, { local: text(2), exported: '*' }]
  if (text(0) !== '{') return bindings
  for (at++; at < clause.length && text(0) !== '}'; at++) {
    if (text(0) === ',') continue
    const isType = text(0) === 'type' && clause[at + 1]?.kind === 'word' && text(1) !== 'as'
    if (isType) at++
    const isRenamed = text(1) === 'as'
    if (!isType) bindings.push({ local: text(isRenamed ? 2 : 0), exported: text(0) })
    if (isRenamed) at += 2
  }
  return bindings
}

/** The one `const … = require(…)` of a CommonJS module at its top level; `undefined` for other ways. */
export function requireStatement(
  source: string,
  tokens: readonly Token[],
  isMeant: (specifier: string) => boolean,
): ImportStatement | undefined {
  const calls = [...tokens.entries()].filter(([place, { text }]) => {
    const argument = tokens[place + 2]
    if (text !== 'require' || tokens[place + 1]?.text !== '(') return false
    return argument?.kind === 'literal' && isMeant(literalValue(argument.text))
  })
  const [place, call] = calls[0] ?? []
  if (calls.length !== 1 || place === undefined || call?.inside !== -1) return undefined
  if (isBare(source, tokens, place)) {
    const { start, end } = tokens[place + 3] ?? call
    return { specifier: '', start, end, below: end, bindings: [], required: undefined }
  }
  const target = tokens[place - 2]
  const opening = target?.text === '}' ? target.match : place - 2
  const keyword = tokens[opening - 1]
  const isDeclaration = keyword && ['const', 'let', 'var'].includes(keyword.text)
  if (!target || !isDeclaration || tokens[place - 1]?.text !== '=') return undefined
  let last = place + 3
  while (tokens[last + 1]?.text === '.' && tokens[last + 2]?.kind === 'word') last += 2
  if (!endsStatement(source, tokens, last)) return undefined
  const path = source.slice(tokens[place + 3]?.end, tokens[last]?.end)
  const pattern = source.slice(tokens[opening]?.start, target.end)
  const bindings = requiredBindings(tokens.slice(opening, place - 1), path)
  const end = tokens[last]?.end ?? 0
  return (
    bindings && {
      specifier: literalValue(tokens[place + 2]?.text ?? ''),
      start: keyword.start,
      end,
      below: end,
      bindings,
      required: {
        keyword,
        assign: (value) =>
          pattern.startsWith('{')
            ? `(${pattern} = ${value}${path})`
            : `${pattern} = ${value}${path}`,
      },
    }
  )
}

/** `require('./app')` that is all of its statement. */
function isBare(source: string, tokens: readonly Token[], place: number): boolean {
  const isStart = endsStatement(source, tokens, place - 1) && tokens[place - 1]?.text !== '='
  return isStart && endsStatement(source, tokens, place + 3)
}

function requiredBindings(target: readonly Token[], path: string): Binding[] | undefined {
  const member = /^\.([^.]+)$/.exec(path)?.[1]
  if (target.length === 1) {
    const exported = path === '' ? 'module.exports' : (member ?? '')
    return [{ local: target[0]?.text ?? '', exported }]
  }
  const bindings: Binding[] = []
  const inner = target.slice(1, -1)
  // Defaults and patterns within are another value than the export.
  if (path !== '' || inner.some(({ text }) => '={[.'.includes(text[0] ?? ''))) return undefined
  for (let at = 0; at < inner.length; at++) {
    const text = inner[at]?.text ?? ''
    if (text === ',') continue
    const isRenamed = inner[at + 1]?.text === ':'
    bindings.push({ local: inner[isRenamed ? at + 2 : at]?.text ?? '', exported: text })
    if (isRenamed) at += 2
  }
  return bindings
}
