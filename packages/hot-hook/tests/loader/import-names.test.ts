import { describe, expect, it } from 'vitest'
import { importedNames } from '../../src/loader/live-bindings/facade.ts'
import { parseModule } from '../../src/loader/sources/lexer.ts'

/** The names that the first statement of a source takes from its module. */
function namesOf(source: string): string | string[] {
  const [statement] = parseModule(source)[0]
  if (!statement) throw new Error(`no import in ${source}`)
  return importedNames(source, statement)
}

describe('the names that a statement imports', () => {
  it.each([
    ["import './a.js'", []],
    ["import a from './a.js'", ['default']],
    ["import { a } from './a.js'", ['a']],
    ["import { a, b } from './a.js'", ['a', 'b']],
    ["import{a,b}from'./a.js'", ['a', 'b']],
    ["import { a as b } from './a.js'", ['a']],
    ["import { default as a } from './a.js'", ['default']],
    ["import a, { b } from './a.js'", ['b', 'default']],
    ["import {\n  a,\n  b as c,\n} from './a.js'", ['a', 'b']],
    ["import { a /* why, b */, c } from './a.js'", ['a', 'c']],
    ["import { a, // why, b\n c } from './a.js'", ['a', 'c']],
    ["import { $a, _b, été } from './a.js'", ['$a', '_b', 'été']],
    [`import { "a b" as c } from './a.js'`, ['a b']],
    [`import { 'it\\'s "a"' as c } from './a.js'`, [`it's "a"`]],
    [`import { '\\x61\\u{62}' as c } from './a.js'`, ['ab']],
    ["import { as } from './a.js'", ['as']],
    ["import { as as b } from './a.js'", ['as']],
    ["import { from } from './a.js'", ['from']],
    ["import {} from './a.js'", []],
    ["import a from './a.json' with { type: 'json' }", ['default']],
    ["export { a } from './a.js'", ['a']],
    ["export { a as default } from './a.js'", ['a']],
    ["export { default } from './a.js'", ['default']],
    ["export {} from './a.js'", []],
  ])('%s', (source, expected) => expect(namesOf(source)).toEqual(expected))

  it.each([
    "import * as all from './a.js'",
    "import a, * as all from './a.js'",
    "export * from './a.js'",
    "export * as all from './a.js'",
  ])('are all of them in %s', (source) => expect(namesOf(source)).toBe('*'))

  it.each([
    ["import { type A, b } from './a.ts'", ['b']],
    ["import { type A as B, c } from './a.ts'", ['c']],
    ["import { type A } from './a.ts'", []],
    ["import { type } from './a.ts'", ['type']],
    ["import { type as a } from './a.ts'", ['type']],
    ["import { type as a, b } from './a.ts'", ['type', 'b']],
    ["import { type as as a, b } from './a.ts'", ['b']],
    ["import { type as, b } from './a.ts'", ['b']],
  ])('leave types out: %s', (source, expected) => expect(namesOf(source)).toEqual(expected))
})
