import { readFileSync } from 'node:fs'
import module from 'node:module'
import { extname } from 'node:path'
import { missingSource, readText } from '../../files/signature.ts'
import type { ModuleNode } from '../../graph/module-graph.ts'
import { brings } from '../../node/features.ts'
import type { CompileCheck } from './compile-check.ts'
import { stripSyntaxError } from './strip-types.ts'
import { findSyntaxError, locate } from './syntax-error.ts'

const typeScript = /\.[cm]?ts$/

/**
 * What the first look at one of these would have to do: to load Node's own compiler for TypeScript takes 40 ms,
 * to compile the lexer 4.
 */
export function prepareLooks(modules: Iterable<ModuleNode>): void {
  const own = [...modules].filter(({ isIgnored }) => !isIgnored)
  if (own.some(({ file }) => typeScript.test(file))) stripSyntaxError('')
  if (own.some(({ file }) => !typeScript.test(file))) findSyntaxError('', '')
}

/**
 * What would keep a fresh start from loading a file as it is on disk, as far as that is sure: a file
 * that does not compile, or cannot be read. One that is gone may not be asked for any more, but for
 * the entry.
 *
 * @param isTransformed a loader may compile it from what is no JavaScript
 */
export function loadErrorOf(
  { file, isCommonJs, isEntry, signature }: ModuleNode,
  isTransformed: boolean,
  check: CompileCheck,
): unknown {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isGone = code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
    return isGone && !isEntry ? undefined : error
  }
  // Emptied since it was looked at, it is in the middle of a save: what comes is not known yet.
  if (source === '' && signature?.source !== missingSource) source = signature?.source ?? ''
  // Node's type stripping reads what any other compiler of TypeScript does, but for JSX.
  if (typeScript.test(file)) return located(stripSyntaxError(source), source, file)
  if (isTransformed) return undefined
  if (file.endsWith('.json')) return jsonError(source, file)
  if (!/\.[cm]?js$/.test(file) && extname(file) !== '') return undefined
  const error = isCommonJs ? scriptError(source, file) : moduleError(source, file, check)
  // Where nothing else says it, what is no CommonJS may be an ES module.
  if (!error || !isCommonJs || file.endsWith('.cjs')) return error
  return moduleError(source, file, check) && error
}

/** Whether a file is sure to compile when it is required: JavaScript or JSON that nobody transforms. */
export function compiles({ file }: ModuleNode): boolean {
  const source = readText(file)
  if (source === undefined) return false
  if (file.endsWith('.json')) return jsonError(source, file) === undefined
  return /\.c?js$/.test(file) && scriptError(source, file) === undefined
}

function jsonError(source: string, file: string): unknown {
  try {
    JSON.parse(source)
    return undefined
  } catch (error) {
    if (error instanceof Error) error.message = `${file}: ${error.message}`
    return error
  }
}

function scriptError(source: string, filename: string): unknown {
  const { Script } = process.getBuiltinModule('node:vm')
  try {
    new Script(module.wrap(source.replace(/^#!/, '//')), { filename })
    return undefined
  } catch (error) {
    return error
  }
}

/** A suspicion is confirmed by Node itself. */
function moduleError(source: string, file: string, check: CompileCheck): unknown {
  const suspect = findSyntaxError(source, file)
  if (!suspect) return undefined
  const error = brings('syncLinking') ? check.error(source, 'module', file) : nodeCheck(source)
  if (error) locate(error, suspect)
  return error
}

/**
 * `node --check`: without `syncLinking` nothing in this process compiles a module without running it.
 * The source is given, as Node 22 does not check a file that may be of either format.
 */
function nodeCheck(source: string): SyntaxError | undefined {
  // Loaded when it is needed: every start would pay some milliseconds for it.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { NODE_OPTIONS: _, ...env } = process.env
  const args = ['--input-type=module', '--check', '-']
  const { stderr } = spawnSync(process.execPath, args, { env, input: source, encoding: 'utf8' })
  const message = /^SyntaxError: (.*)$/m.exec(stderr ?? '')?.[1]
  return message === undefined ? undefined : new SyntaxError(message)
}

/** Node begins with the line and its text, but knows no file: it is named, or all of it said better. */
const lineOfNode = /^:\d+\n[\s\S]*?\n\n(?=SyntaxError)/

function located(error: unknown, source: string, file: string): unknown {
  if (!(error instanceof SyntaxError)) return error
  const suspect = findSyntaxError(source, file, 'module-typescript')
  error.stack = error.stack?.replace(lineOfNode, (line) => (suspect ? '' : file + line)) ?? ''
  if (suspect) locate(error, suspect)
  return error
}
