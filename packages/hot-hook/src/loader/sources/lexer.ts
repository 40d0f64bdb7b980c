import { type Import, parse } from 'es-module-lexer'
import { acceptedSpecifiers } from './accepted-specifiers.ts'

export type { Import } from 'es-module-lexer'

/** What one source asks of other modules and of `import.meta`. */
export interface LexedSource {
  /** Specifiers of import and re-export statements. */
  statics: Set<string>
  /** Those of them that only `import defer` names: what is imported so is evaluated when it is used. */
  deferred: Set<string>
  /** Specifiers of `import('…')` with a literal. */
  dynamics: Set<string>
  /** There is an `import()` whose specifier is computed. */
  hasComputedImport: boolean
  usesImportMeta: boolean
  /** Specifiers that are written into calls of `accept`: their static imports need live bindings. */
  accepted: Set<string>
  /** Where a statement can be put in front of the first one that is executed. */
  insertion: Insertion
  /** The same text with each import and re-export statement where the lexer found it. */
  records: readonly Import[]
}

/** Where to put a statement so that the least is moved: only a column within `line` may change. */
export interface Insertion {
  index: number
  /** Code follows on the same line, whose columns move. */
  movesColumns: boolean
}

/**
 * The lexer's own answer: imports and exports with their positions. Throws on what is no module. The
 * first call compiles the lexer's WebAssembly, which takes about a millisecond.
 */
export const parseModule = parse

/**
 * Whether a source can do more than import statically and at once: only then it must be lexed. Most
 * sources cannot, and this is several times faster.
 */
export function mayImportOrReadMeta(source: string): boolean {
  for (let at = source.indexOf('import'); at >= 0; at = source.indexOf('import', at)) {
    at += 'import'.length
    while (isBlank(source.charCodeAt(at))) at++
    const next = source[at]
    if (next === '(' || next === '.' || next === '/') return true
    if (source.startsWith('defer', at)) return true
  }
  return false
}

/** Whether a source has what only an ES module may have: Node takes one without it for CommonJS. */
export function hasModuleSyntax(source: string): boolean {
  if (!/\b(?:import|export)\b/.test(source)) return false
  try {
    const [imports, exports] = parseModule(source)
    return exports.length > 0 || imports.some(({ type }) => type !== 'dynamic')
  } catch {
    return false
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** Lexes JavaScript or TypeScript. What cannot be lexed is empty: Node says what is wrong with it. */
export function lex(source: string): LexedSource {
  const lexed: LexedSource = {
    statics: new Set(),
    deferred: new Set(),
    dynamics: new Set(),
    hasComputedImport: false,
    usesImportMeta: false,
    accepted: new Set(),
    insertion: { index: 0, movesColumns: true },
    records: [],
  }
  try {
    lexed.records = parseModule(source)[0]
  } catch (error) {
    // Anything else would be a lexer that cannot run, as under --jitless.
    if (!(error instanceof Error && 'idx' in error)) throw error
    return lexed
  }
  const atOnce = new Set<string>()
  for (const record of lexed.records) {
    if (record.type === 'import-meta') lexed.usesImportMeta = true
    else if (record.type === 'dynamic') {
      if (record.specifier === undefined || record.glob) lexed.hasComputedImport = true
      else lexed.dynamics.add(record.specifier)
    } else if (!record.typeOnly) {
      lexed.statics.add(record.specifier)
      const isDeferred = record.type === 'static' && record.phase === 'defer'
      ;(isDeferred ? lexed.deferred : atOnce).add(record.specifier)
    }
  }
  for (const specifier of atOnce) lexed.deferred.delete(specifier)
  if (lexed.usesImportMeta) lexed.accepted = acceptedSpecifiers(source)
  lexed.insertion = findInsertion(source, lexed.records)
  return lexed
}

/**
 * The first place in front of all executed code, after which nothing but blanks and comments stand
 * on its line; where there is none, directly in front of that code. Import and re-export
 * statements, comments and the hashbang are not executed.
 */
function findInsertion(source: string, records: readonly Import[]): Insertion {
  const statements = new Map<number, number>()
  for (const record of records) {
    if (record.type === 'static' || record.type === 'reexport-star') {
      statements.set(record.importStart, record.importEnd)
    }
  }
  let at = source.startsWith('#!') ? endOfLine(source, 0) : 0
  // Directly behind the hashbang the statement would be part of it.
  if (at > 0) at += source.startsWith('\r\n', at) ? 2 : 1
  for (;;) {
    const character = source[at]
    if (character === undefined || isLineBreak(character)) return { index: at, movesColumns: false }
    if (/[\s;\uFEFF]/.test(character)) {
      at++
    } else if (source.startsWith('//', at)) {
      return { index: at, movesColumns: false }
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at) + 2
      if (end < 2 || isLineBreak(source.slice(at, end))) return { index: at, movesColumns: false }
      at = end
    } else {
      const end = statements.get(at)
      if (end === undefined) return { index: at, movesColumns: true }
      at = end
    }
  }
}

function isLineBreak(text: string): boolean {
  return /[\n\r\u2028\u2029]/.test(text)
}

function endOfLine(source: string, from: number): number {
  let at = from
  while (at < source.length && !isLineBreak(source[at] as string)) at++
  return at
}
