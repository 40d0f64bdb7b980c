import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import {
  decode,
  expectSave,
  isSameLook,
  isUnchanged,
  type KnownFile,
  type Look,
  lookAtResource,
  missingSource,
  readSignature,
  signatureOf,
  stamp,
} from '../../src/files/signature.ts'
import { ModuleNode } from '../../src/graph/module-graph.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hot-hook-signature-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function read(name: string, content: string | Uint8Array, isResource = false): string | undefined {
  const file = join(directory, name)
  writeFileSync(file, content)
  return sourceOf({ file, isResource, signature: undefined })
}

const sourceOf = (file: KnownFile) => readSignature(file, stamp(file.file)).source

describe('what is known of a file', () => {
  const look = { mtimeMs: 1000, ctimeMs: 2000, size: 3 }

  test.each(['mtimeMs', 'ctimeMs', 'size'] as const)('is another when its %s is', (field) => {
    expect(isSameLook(look, { ...look })).toBe(true)
    expect(isSameLook(look, { ...look, [field]: 0 })).toBe(false)
  })

  it('is sure to be that only when it was read long enough after the last change', () => {
    expect(isUnchanged(signatureOf(look, 'one', 2021), look)).toBe(true)
    expect(isUnchanged(signatureOf(look, 'one', 2020), look)).toBe(false)
    expect(isUnchanged(signatureOf(look, 'one', 1500), look)).toBe(false)
    expect(isUnchanged(signatureOf(look, 'one', 9000), { ...look, size: 4 })).toBe(false)
    const later = { ...look, mtimeMs: 5000 }
    expect(isUnchanged(signatureOf(later, 'one', 5020), later)).toBe(false)
  })

  it('is never sure of a file that is missing', () => {
    const missing = stamp(join(directory, 'missing'))
    expect(missing).toEqual({ mtimeMs: -1, ctimeMs: -1, size: -1 })
    expect(isUnchanged(signatureOf(missing, missingSource, 9000), missing)).toBe(false)
  })
})

describe('the content of a file', () => {
  it('is its text as Node reads a source', () => {
    expect(read('a.js', '\ufefföne')).toBe('öne')
    expect(read('a.sql', '\ufefföne', true)).toBe('öne')
  })

  it('is that of all its bytes, where they are no text and no source', () => {
    const [one, two] = [new Uint8Array([0xff, 1]), new Uint8Array([0xfe, 1])]
    expect(read('a.js', one)).toBe(read('a.js', two))
    expect(read('a.png', one, true)).toBe('ÿ\u0001')
    expect(read('a.png', two, true)).toBe('þ\u0001')
  })

  it('is what a directory has in it', () => {
    for (const name of ['b', 'a', 'c', '.b.swp']) writeFileSync(join(directory, name), '')
    const file = { file: directory, isResource: true, signature: undefined }
    expect(sourceOf(file)).toBe('a\nb\nc')
    expect(sourceOf({ ...file, isResource: false })).toBe('a\nb\nc')
  })

  it('is that of a missing file where it cannot be read', () => {
    const file = join(directory, 'loop')
    symlinkSync('loop', file)
    const known = { file, isResource: true, signature: undefined }
    expect(stamp(file).mtimeMs).toBe(-1)
    expect(sourceOf(known)).toBe(missingSource)
    // It was there when it was looked at.
    const read = readSignature(known, { mtimeMs: 1, ctimeMs: 1, size: 1 })
    expect([read.source, read.mtimeMs]).toEqual([missingSource, -1])
    mkdirSync(join(directory, 'there'))
    expect(sourceOf({ ...known, file: join(directory, 'there') })).toBe('')
  })
})

test('a source is the same text in whatever form it comes', () => {
  const bytes = Buffer.from('\ufefföne')
  const inLarger = new Uint8Array(Buffer.concat([Buffer.from('xx'), bytes])).subarray(2)
  for (const form of [
    'öne',
    bytes,
    new Uint8Array(bytes),
    inLarger,
    new Uint8Array(bytes).buffer,
  ]) {
    expect(decode(form)).toBe('öne')
  }
  const wide = new Uint16Array(new Uint8Array(Buffer.from('four')).buffer)
  expect(decode(wide)).toBe('four')
  expect(decode('\ud800')).toBe('\ud800')
})

test('a file that is about to be read is known by nothing but its look: whatever is saved next is a change', () => {
  const file = join(directory, 'a.js')
  writeFileSync(file, 'one')
  const node = new ModuleNode(file, `file://${file}`)
  expect(expectSave(node)).toBe(node.signature)
  expect(node.signature).toMatchObject({ ...pick(stamp(file)), source: undefined })
})

const pick = ({ mtimeMs, ctimeMs, size }: Look) => ({ mtimeMs, ctimeMs, size })

test('what is watched is known from when it is first looked at: a change since then counts', () => {
  const file = join(directory, 'query.sql')
  writeFileSync(file, 'one')
  const node = new ModuleNode(file, `file://${file}`)
  lookAtResource(node)
  expect(node.signature?.source).toBe('one')
  writeFileSync(file, 'two')
  lookAtResource(node)
  expect(node.signature?.source).toBe('one')
})
