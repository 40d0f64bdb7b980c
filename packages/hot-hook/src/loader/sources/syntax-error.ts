import module from 'node:module'
import { pathToFileURL } from 'node:url'
import { parseModule } from './lexer.ts'

/** A place in a file where Node could not go on. */
export interface SourceLocation {
  file: string
  line: number
  column: number
  text: string
}

// Node names neither file nor line when an import() fails to compile. So a source that failed is
// compiled as a script, with what only a module may contain blanked out; positions stay.

/** Where a module's source does not compile, or `undefined` when it seems to. May be wrong. */
export function findSyntaxError(
  source: string,
  file: string,
  format: string | null | undefined = 'module',
): SourceLocation | undefined {
  let text: string
  try {
    text = asScript(source)
  } catch (error) {
    const index = (error as { idx?: number }).idx ?? 0
    if (index > 0) return at(source, file, index)
    // The lexer says no place when brackets do not match.
    text = asScriptRoughly(source)
  }
  try {
    compileScript(`${scriptPrefix}${text}\n})`, file, format)
    return undefined
  } catch (error) {
    return fromStack(error, file, source)
  }
}

const scriptPrefix = "'use strict';(async()=>{"

/** Compiles a script; TypeScript as Node compiles CommonJS, which has no side effect either. */
function compileScript(text: string, file: string, format: string | null | undefined): void {
  if (format !== 'module-typescript') {
    const { Script } = process.getBuiltinModule('node:vm')
    new Script(text, { filename: file })
    return
  }
  const script = new module.Module(file) as NodeJS.Module & {
    _compile?(text: string, file: string, format: string): void
  }
  script._compile?.(text, file, 'commonjs-typescript')
}

/** The source with imports, exports and `import.meta` overwritten by as many other characters. */
function asScript(source: string): string {
  const [imports, exports] = parseModule(source)
  const edits: { from: number; to: number; by?: string }[] = []
  if (source.startsWith('#!')) edits.push({ from: 0, to: 2, by: '//' })
  for (const record of imports) {
    if (record.type === 'dynamic') continue
    if (record.type === 'import-meta') edits.push({ ...span(record), by: 'process.env' })
    else edits.push(span(record))
  }
  for (const start of new Set(exports.map((record) => record.exportStart))) {
    const match = /^export\s*(default\b|\{[^}]*\})?/.exec(source.slice(start))
    if (match === null) continue
    const isDefault = match[1] === 'default'
    edits.push({ from: start, to: start + match[0].length, ...(isDefault && { by: '_=' }) })
  }
  let text = blankEmptyExports(source)
  for (const { from, to, by = '' } of edits) {
    text = text.slice(0, from) + by + blank(text.slice(from + by.length, to)) + text.slice(to)
  }
  return text
}

const blank = (text: string) => text.replace(/[^\r\n\u2028\u2029]/g, ' ')

const statement =
  /^[ \t]*(?:import\b[^'"()]*|export\s*(?:\{[^}]*\}|\*[^'"]*)\s*from\s*)(?:'[^'\n]*'|"[^"\n]*")(?:\s*with\s*\{[^}]*\})?/gm

/** The same for a source that cannot be lexed: by what statements look like at the start of a line. */
function asScriptRoughly(source: string): string {
  return blankEmptyExports(source)
    .replace(/^#!/, '//')
    .replace(statement, blank)
    .replace(/^([ \t]*)export\s+default\b/gm, (text) => `_=${blank(text.slice(2))}`)
    .replace(/^[ \t]*export(?:\s*\{[^}]*\}|\b)/gm, blank)
    .replaceAll('import.meta', 'process.env')
}

/** `export {}`: the lexer has no record of it. */
function blankEmptyExports(source: string): string {
  return source.replace(/\bexport\s*\{(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*)*\}/g, blank)
}

function span(record: { importStart: number; importEnd: number }): { from: number; to: number } {
  return { from: record.importStart, to: record.importEnd }
}

function at(source: string, file: string, index: number): SourceLocation {
  const before = source.trimEnd().slice(0, index).split('\n')
  const line = before.length
  return { file, line, column: before[line - 1]?.length ?? 0, text: lineOf(source, line) }
}

/** V8 puts `file:line`, the line and a caret in front of the stack of a script that fails. */
function fromStack(error: unknown, file: string, source: string): SourceLocation | undefined {
  const lines = error instanceof Error ? (error.stack?.split('\n') ?? []) : []
  // The type stripper names the file by its URL.
  const name = [file, pathToFileURL(file).href].find((each) => lines[0]?.startsWith(`${each}:`))
  if (lines[0] === undefined || name === undefined) return undefined
  const line = Number.parseInt(lines[0].slice(name.length + 1), 10)
  // What was never closed ends with what we put behind it.
  if (line > source.split('\n').length) return at(source, file, source.length)
  const mark = lines.find((each) => /^\s*\^+\s*$/.test(each))
  const caret = (mark?.indexOf('^') ?? 0) - (line === 1 ? scriptPrefix.length : 0)
  const column = Math.max(0, caret)
  return { file, line, column, text: lineOf(source, line) }
}

function lineOf(source: string, line: number): string {
  return source.split('\n')[line - 1]?.replace(/\r$/, '') ?? ''
}

/** Puts the place in front of the stack, in the form that Node gives to a script's errors. */
export function locate(error: unknown, { file, line, column, text }: SourceLocation): void {
  if (!(error instanceof Error) || error.stack?.startsWith(`${file}:`)) return
  error.stack = `${file}:${line}:${column + 1}\n${text}\n${' '.repeat(column)}^\n\n${error.stack}`
}
