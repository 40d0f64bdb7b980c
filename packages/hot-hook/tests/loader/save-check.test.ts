import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { missingSource } from '../../src/files/signature.ts'
import { ModuleNode } from '../../src/graph/module-graph.ts'
import { CompileCheck } from '../../src/loader/sources/compile-check.ts'
import { loadErrorOf } from '../../src/loader/sources/save-check.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hot-hook-save-check-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Why a CommonJS file with this content could not be loaded, which was last seen with another one. */
function errorOf(onDisk: string, seen: string | undefined): unknown {
  const file = join(directory, 'a.cjs')
  writeFileSync(file, onDisk)
  const node = new ModuleNode(file, `file://${file}`)
  node.isCommonJs = true
  node.signature = { mtimeMs: 0, ctimeMs: 0, size: 0, readAt: 0, source: seen }
  return loadErrorOf(node, false, new CompileCheck())
}

it('a file that was emptied since it was looked at is judged by what it was: it is in the middle of a save', () => {
  expect(errorOf('', 'const = broken')).toBeInstanceOf(SyntaxError)
  expect(errorOf('', 'exports.fine = 1')).toBeUndefined()
})

it('any other file is judged by what it is', () => {
  expect(errorOf('const = broken', 'exports.fine = 1')).toBeInstanceOf(SyntaxError)
  expect(errorOf('exports.fine = 1', 'const = broken')).toBeUndefined()
  expect(errorOf('', missingSource)).toBeUndefined()
  expect(errorOf('', undefined)).toBeUndefined()
  expect(errorOf('', '')).toBeUndefined()
})
