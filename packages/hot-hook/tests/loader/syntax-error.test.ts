import { describe, expect, it } from 'vitest'
import { findSyntaxError, locate } from '../../src/loader/sources/syntax-error.ts'

const file = '/app/users.js'

/** `line:column` of the error, the column from 1, and the text of the line. */
function place(source: string): string | undefined {
  const found = findSyntaxError(source, file)
  return found && `${found.line}:${found.column + 1} ${found.text}`
}

describe('the place of a syntax error', () => {
  it.each([
    ['const a = ;', '1:11 const a = ;'],
    ['const a = 1\nconst b = = 2\n', '2:11 const b = = 2'],
    ["import a from './a.js'\n\nexport const b = )", '3:18 export const b = )'],
    ['export default function () {\n  return }}', '2:11   return }}'],
    ['const a = 1\nconst a = 2', '2:7 const a = 2'],
    ["'use strict'\nwith (a) {}", '2:1 with (a) {}'],
    ['export { a }\nlet = 1', '2:1 let = 1'],
    ['import.meta.hot?.accept(\n;', '2:1 ;'],
    ['#!/usr/bin/env node\nconst = 1', '2:7 const = 1'],
    ['const a = 1\r\nconst b = = 2\r\n', '2:11 const b = = 2'],
  ])('in %j', (source, expected) => expect(place(source)).toBe(expected))

  it.each([
    ['const a = 1\nconst b = "never closed\n', '2:24 const b = "never closed'],
    ["import { a from './a.js'\n", "1:25 import { a from './a.js'"],
    ['export const a = `never closed\n', '1:31 export const a = `never closed'],
    ['export function a() {\n  return 1\n', '2:11   return 1'],
    ["import a from './a.js'\na(\nexport const b = 2\n", '3:8 export const b = 2'],
    ['export default a(\n  1;\n', '2:3   1;'],
    ['export const a = {\n  b: [\n}\n', '3:1 }'],
    [
      "export { a } from './a.js'\nexport * from './b.js'\nif (import.meta.url {",
      '3:21 if (import.meta.url {',
    ],
  ])('is found where the lexer already gives up: %j', (source, expected) => {
    expect(place(source)).toBe(expected)
  })
})

describe('a module that compiles', () => {
  it.each([
    "import a, { b as c } from './a.js'\nimport * as d from './d.js'\nexport { a }",
    "import data from './data.json' with { type: 'json' }\nexport default data",
    'export default class {}',
    'export default class A extends Object {}',
    'export default async (a) => a',
    'export default function () {}\nexport const a = 1',
    'export default function named() {}\nnamed()',
    'export const { a, b: [c] } = source',
    'export async function* a() { yield 1 }',
    "export * from './a.js'\nexport * as b from './b.js'\nexport { c as default } from './c.js'",
    'const a = await fetch("/")\nfor await (const b of a) {}',
    'const { url } = import.meta\nimport.meta.hot?.accept()',
    "const a = await import('./a.js')\nexport { a as 'a b' }",
    '#!/usr/bin/env node\nexport {}',
    'export { /* nothing */ }',
    'class A { static { this.a = 1 } #b = 2; has(a) { return #b in a } }',
    'export let a = 1, b = 2',
    'export var c\nlabel: for (;;) break label',
    '',
  ])('has none: %j', (source) => expect(place(source)).toBeUndefined())
})

describe('locate', () => {
  it('puts file, line and column on top of the stack, once', () => {
    const error = new SyntaxError('Unexpected token')
    const stack = error.stack
    const where = { file, line: 2, column: 4, text: 'let = 1' }
    locate(error, where)
    const expected = `${file}:2:5\nlet = 1\n    ^\n\n${stack}`
    expect(error.stack).toBe(expected)
    locate(error, where)
    expect(error.stack).toBe(expected)
  })

  it('leaves alone what is no error', () => {
    expect(() => locate('text', { file, line: 1, column: 0, text: '' })).not.toThrow()
  })
})
