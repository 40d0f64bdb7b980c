import type { ModuleNode } from '../graph/module-graph.ts'
import { withoutVersions } from '../loader/instances/module-url.ts'
import type { LoadedInstance, Transaction } from '../loader/instances/transaction.ts'
import { findSyntaxError, locate, type SourceLocation } from '../loader/sources/syntax-error.ts'
import { isError, textOf } from '../log/thrown.ts'

/**
 * Makes an error of Node's say where it happened: the place of a syntax error, and paths without
 * versions.
 */
export function clarify(error: unknown, instances: Iterable<LoadedInstance>): void {
  if (!isError(error)) return
  try {
    for (const property of ['message', 'stack'] as const) {
      const text = textOf(error, property)
      if (text !== withoutVersions(text)) error[property] = withoutVersions(text)
    }
    if (!(error instanceof SyntaxError) || !isPlaceless(error)) return
    const suspect = suspectOf(instances)
    if (suspect) locate(error, suspect)
  } catch {
    // It is frozen, or of the program's own making: it stays as it is.
  }
}

/** The module of the load that an error names first, or else what the load started from. */
export function culpritOf(error: unknown, { instances, roots }: Transaction): ModuleNode {
  let culprit = roots[0] as ModuleNode
  let first = Number.POSITIVE_INFINITY
  const text = isError(error) ? textOf(error, 'stack') || textOf(error, 'message') : ''
  for (const { node } of instances) {
    for (const name of [`${node.file}:`, `${node.url}:`, `imported from ${node.file}`]) {
      const at = text.indexOf(name)
      if (at < 0 || at >= first) continue
      first = at
      culprit = node
    }
  }
  return culprit
}

/**
 * The top level of an ES module, and of a CommonJS module, as a stack shows them: by URL, or by path
 * where Node had to find out what the module is.
 */
const topLevel = /^ +at (?:async )?(.+?)(?::\d+){2}$/
const commonJsTopLevel = /^ +at Object\.<anonymous> \((.+?)(?::\d+){2}\)$/

/** The module whose evaluation threw, `undefined` when the stack does not show it. */
export function throwerOf(error: unknown, { instances }: Transaction): ModuleNode | undefined {
  const frames = isError(error) ? textOf(error, 'stack').split('\n') : []
  const nodes = [...instances].map(({ node }) => node)
  const named = (pattern: RegExp, frame: string) => {
    const [, name = ''] = pattern.exec(frame) ?? []
    return nodes.find(({ file, url }) => [file, url].includes(name))
  }
  // The innermost: those outside of it are waiting for their require().
  for (const frame of frames) {
    const node = named(commonJsTopLevel, frame)
    if (node) return node
  }
  // The outermost: Node calls it, and a function without a name looks like it.
  const isNamed = (frame: string) =>
    nodes.some(({ file, url }) => frame.includes(`${file}:`) || frame.includes(`${url}:`))
  const outermost = frames.findLast((frame) => /^ +at /.test(frame) && isNamed(frame)) ?? ''
  return named(topLevel, outermost)
}

/** Where one of the sources that were loaded last does not compile. */
function suspectOf(instances: Iterable<LoadedInstance>): SourceLocation | undefined {
  for (const { node, format, isFinal } of [...instances].reverse()) {
    const source = node.signature?.source
    if (source === undefined || format === undefined || !isFinal) continue
    const suspect = findSyntaxError(source, node.file, format)
    if (suspect) return suspect
  }
  return undefined
}

/** Whether an error means that the new versions could not be loaded, or that they threw. */
export function phaseOf(error: unknown, transaction: Transaction): 'load' | 'evaluate' {
  if (transaction.isEvaluating) return 'evaluate'
  if (!isError(error)) return 'evaluate'
  if (transaction.loadErrors.has(error)) return 'load'
  const code = textOf(error, 'code')
  if (code.startsWith('ERR_') || code === 'ENOENT') return 'load'
  if (!(error instanceof SyntaxError)) return 'evaluate'
  const frame = textOf(error, 'stack')
    .split('\n')
    .find((line) => line.startsWith('    at '))
  return frame?.includes('node:internal/') ? 'load' : 'evaluate'
}

/** Node begins the stack with the place when it knows it. */
function isPlaceless(error: SyntaxError): boolean {
  return error.stack?.startsWith('SyntaxError') ?? true
}
