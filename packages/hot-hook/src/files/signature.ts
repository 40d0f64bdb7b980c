import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { FileSignature, ModuleNode } from '../graph/module-graph.ts'
import { isEditorFile } from './editor-file.ts'

/**
 * File times move in kernel ticks of up to 10 ms: a file read this soon after it was written may
 * have been written again with the same time ('racily clean' in git).
 */
export const racyMs = 20

/** A file whose content is compared with what is known of it. */
export interface KnownFile {
  /** Absolute path. */
  readonly file: string
  /** No module: it may be no text, or a directory. */
  readonly isResource: boolean
  signature: FileSignature | undefined
}

/** What one look at a file says. */
export type Look = Pick<FileSignature, 'mtimeMs' | 'ctimeMs' | 'size'>

/** No file has this content. */
export const missingSource = '\0missing'

/** Times can be negative: before 1970. */
const missing: Look = { mtimeMs: -1, ctimeMs: -1, size: -1 }

/** Whether a look has found nothing. */
export function isMissing({ size }: Pick<Look, 'size'>): boolean {
  return size < 0
}

/**
 * Looks at the file: call it before reading, so that a save in between is seen as one. A file that
 * cannot be looked at (a link to itself, a closed directory) is as good as missing.
 */
export function stamp(file: string): Look {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? missing
  } catch {
    return missing
  }
}

/**
 * Whether two looks are alike. A program can set the modification time as it likes (`cp -p`), the
 * change time it cannot.
 */
export function isSameLook(a: Look, b: Look): boolean {
  return a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.size === b.size
}

/** Whether the look at an existing file alone says that its content is still the known one. */
export function isUnchanged(known: FileSignature, look: Look): boolean {
  if (isMissing(look) || !isSameLook(known, look)) return false
  return known.readAt - Math.max(look.mtimeMs, look.ctimeMs) > racyMs
}

/** Reads a file again. A file that is gone has the empty content of a missing one. */
export function readSignature(file: KnownFile, look: Look): FileSignature {
  const readAt = Date.now()
  if (isMissing(look)) return signatureOf(look, missingSource, readAt)
  try {
    return signatureOf(look, contentOf(file), readAt)
  } catch {
    return signatureOf(missing, missingSource, readAt)
  }
}

export function signatureOf(
  { mtimeMs, ctimeMs, size }: Look,
  source: string | undefined,
  readAt: number = Date.now(),
): FileSignature {
  return { mtimeMs, ctimeMs, size, readAt, source }
}

/** Looks at what is watched and not loaded, unless that was done: a change since then counts. */
export function lookAtResource(node: ModuleNode): void {
  node.signature ??= readSignature(node, stamp(node.file))
}

function contentOf({ file, isResource }: KnownFile): string {
  try {
    if (!isResource) return readSource(file)
    const bytes = readFileSync(file)
    // What is no text is only compared.
    return isUtf8(bytes) ? decode(bytes) : bytes.toString('latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return entriesOf(file)
    throw error
  }
}

/**
 * What a directory contains, as its content: a file renamed over another one is no change of it, nor is
 * what an editor writes beside a file.
 */
export function entriesOf(directory: string): string {
  const names = readdirSync(directory).filter((name) => !isEditorFile(name))
  return names.sort().join('\n')
}

/** The text of a source as Node reads it: UTF-8 without a byte order mark. */
export function decode(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  if (typeof source === 'string') return source
  const bytes = ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source)
  return withoutByteOrderMark(bytes.toString('utf8'))
}

/** The text of a file as Node reads a source. */
export function readSource(file: string): string {
  return withoutByteOrderMark(readFileSync(file, 'utf8'))
}

function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** Looks at a file that is about to be read: should loading fail, whatever is saved next is a change. */
export function expectSave(node: ModuleNode, look = stamp(node.file)): FileSignature {
  node.signature = signatureOf(look, undefined)
  return node.signature
}

/** The text of a file, `undefined` when it cannot be read. */
export function readText(file: string): string | undefined {
  try {
    return readSource(file)
  } catch {
    return undefined
  }
}
