import { acceptedSpecifiers } from '../loader/sources/accepted-specifiers.ts'
import type { hasModuleSyntax, parseModule } from '../loader/sources/lexer.ts'
import { returnShape } from './export-shape.ts'
import {
  type Binding,
  type ImportStatement,
  importStatements,
  requireStatement,
} from './import-statement.ts'
import { lineAt, lineText, type Replacement, type Token, tokenize } from './tokens.ts'
import { type Use, type UseContext, usesOf } from './uses.ts'

/** One line of a file as it would be hot. */
export interface AdvisedLine {
  /** From 1. */
  line: number
  /** In place of that line, or on a new one below it. */
  place: 'instead' | 'below'
  text: string
}

/** What an importer does with what it imports. */
export type PassingOn =
  /** It would be hot with these lines. */
  | { kind: 'lines'; lines: AdvisedLine[] }
  /** It imports it only to run it. */
  | { kind: 'only run' }
  /** It accepts it as it is. */
  | { kind: 'accepted' }
  /** No line can be told: what it does in the line of this number, it does once. */
  | { kind: 'unclear'; line?: number; text?: string }

/** What reads modules. It is given: the advice is in a file of its own, and this is large. */
export interface ModuleLexer {
  parseModule: typeof parseModule
  hasModuleSyntax: typeof hasModuleSyntax
}

/** Sources of an importer and of what it imports, and how it imports it. */
export interface PassingOnQuestion {
  source: string
  /** Node runs the importer as CommonJS. */
  isCommonJs: boolean
  dependency: string
  /** Node runs the dependency as CommonJS, whose namespace cannot follow. */
  isDependencyCommonJs: boolean
  /** Whether a specifier in the importer is one of the dependency. */
  isMeant: (specifier: string) => boolean
  lexer: ModuleLexer
}

/**
 * How an importer can pass its calls on to what it imports, so that the latest version answers. Only
 * what is plain from the sources is told.
 */
export function passOn(question: PassingOnQuestion): PassingOn {
  const { source, isMeant } = question
  const tokens = tokenize(source)
  if (!tokens) return { kind: 'unclear' }
  const accepted = [...acceptedSpecifiers(source)]
  if (/\bhot\b/.test(source) && accepted.some(isMeant)) return { kind: 'accepted' }
  const statement = findStatement(question, tokens)
  if (!statement || /['\\]/.test(statement.specifier)) return { kind: 'unclear' }
  const hasNamespace = statement.bindings.some(({ exported }) => exported === '*')
  if (hasNamespace && question.isDependencyCommonJs) return { kind: 'unclear' }
  const context = { source, tokens, dependency: question.dependency }
  const uses = statement.bindings.flatMap((binding) => usesWithMade(binding, statement, context))
  if (uses.length === 0) return { kind: 'only run' }
  const once = uses.find((use) => use.kind === 'once')
  if (once) {
    const line = lineAt(source, once.at)
    return { kind: 'unclear', line, text: lineText(source, once.at) }
  }
  const lines = linesFor(source, tokens, statement, uses)
  return lines ? { kind: 'lines', lines } : { kind: 'unclear' }
}

/** The uses of an imported name; where it makes something, of that. */
function usesWithMade(
  binding: Binding,
  statement: ImportStatement,
  context: UseContext,
): (Use & { binding: Binding })[] {
  const uses = usesOf(binding, statement, context)
  const made = uses.find((use) => use.kind === 'made')
  if (!made) return uses.map((use) => ({ ...use, binding }))
  const { local, start, end } = made.made
  const shape = returnShape(context.dependency, binding.exported)
  const ofMade = usesOf({ local, exported: '', shape }, { start, end }, context)
  // What is made twice, or made for nothing that follows, is done once.
  const isSure =
    uses.length === 1 &&
    statement.bindings.length === 1 &&
    !['*', ''].includes(binding.exported) &&
    ofMade.length > 0
  const own: Use = isSure ? made : { kind: 'once', at: start }
  return [own, ...ofMade].map((use) => ({ ...use, binding }))
}

function findStatement(
  { source, isCommonJs, isMeant, lexer }: PassingOnQuestion,
  tokens: readonly Token[],
): ImportStatement | undefined {
  try {
    // Compiled to CommonJS its names cannot follow.
    if (isCommonJs) {
      return lexer.hasModuleSyntax(source) ? undefined : requireStatement(source, tokens, isMeant)
    }
    const statements = importStatements(source, tokens, isMeant, lexer.parseModule)
    return statements?.length === 1 ? statements[0] : undefined
  } catch {
    return undefined
  }
}

function linesFor(
  source: string,
  tokens: readonly Token[],
  statement: ImportStatement,
  uses: readonly (Use & { binding: Binding })[],
): AdvisedLine[] | undefined {
  const { specifier, required, below } = statement
  const made = uses.find((use) => use.kind === 'made')
  // A line can be put below only where its own line ends with the statement.
  if (!/^[ \t]*;?[ \t]*(?:\/\/[^\n]*|\/\*[^\n]*\*\/[ \t]*)?\r?(?:\n|$)/.test(source.slice(below)))
    return undefined
  const replacements: Replacement[] = []
  const added: string[] = []
  for (const use of uses) {
    if (use.kind !== 'passed on') continue
    replacements.push(use.replacement)
    if (!use.needsHttp || added.length > 0) continue
    const http = importOfHttp(source, tokens, required !== undefined)
    if (http === undefined) return undefined
    if (http !== '') added.push(http)
  }
  if (made) {
    const { keyword, local, isAwaited, call } = made.made
    if (keyword.text === 'const') replacements.push({ ...keyword, text: 'let' })
    const { exported } = made.binding
    const name = required && exported === 'module.exports' ? 'next' : `next.${exported}`
    const [wait, isAsync] = isAwaited ? ['await ', 'async '] : ['', '']
    const hot = required ? 'module.hot' : 'import.meta.hot'
    added.push(
      `${hot}?.accept('${specifier}', ${isAsync}(next) => { ${local} = ${wait}${name}${call} })`,
    )
  } else if (required) {
    const { keyword, assign } = required
    if (keyword.text === 'const') replacements.push({ ...keyword, text: 'let' })
    const value = statement.bindings.some(({ local }) => local === 'next') ? 'latest' : 'next'
    added.push(`module.hot?.accept('${specifier}', (${value}) => { ${assign(value)} })`)
  } else added.push(`import.meta.hot?.accept('${specifier}')`)
  const line = lineAt(source, below)
  const next = tokens.find(({ start, text }) => start >= below && text !== ';')
  // What follows would go on with the line.
  if (next && /^[([`/+-]/.test(next.text)) added.push(`${added.pop()};`)
  return [
    ...changedLines(source, replacements),
    ...added.map((text) => ({ line, place: 'below' as const, text })),
  ]
}

/** What has to be added for `http.createServer`, '' for nothing; `undefined`: the name is taken. */
function importOfHttp(
  source: string,
  tokens: readonly Token[],
  isCommonJs: boolean,
): string | undefined {
  const isThere = isCommonJs
    ? /\bhttp\s*=\s*require\(\s*['"](?:node:)?http['"]/.test(source)
    : /\bimport\s+(?:\*\s*as\s+)?http\s+from\s+['"](?:node:)?http['"]/.test(source)
  if (isThere) return ''
  const isTaken = tokens.some(({ kind, text }) => kind === 'word' && text === 'http')
  if (isTaken) return undefined
  return isCommonJs ? "const http = require('node:http')" : "import http from 'node:http'"
}

/** The lines that replacements are in, with them. None of them goes over the end of its line. */
function changedLines(source: string, replacements: readonly Replacement[]): AdvisedLine[] {
  const byLine = new Map<number, Replacement[]>()
  for (const replacement of replacements) {
    const line = lineAt(source, replacement.start)
    byLine.set(line, [...(byLine.get(line) ?? []), replacement])
  }
  const lines = [...byLine].map(([line, own]) => {
    const at = own[0]?.start ?? 0
    const offset = source.lastIndexOf('\n', at - 1) + 1
    let text = lineText(source, at)
    for (const { start, end, text: by } of own.sort((a, b) => b.start - a.start)) {
      text = text.slice(0, start - offset) + by + text.slice(end - offset)
    }
    return { line, place: 'instead' as const, text }
  })
  return lines.sort((a, b) => a.line - b.line)
}
