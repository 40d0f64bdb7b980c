import { describe, expect, it } from 'vitest'
import { lex, mayImportOrReadMeta } from '../../src/loader/sources/lexer.ts'

/** The source with `|` where a statement would be put. */
function marked(source: string): string {
  const { index } = lex(source).insertion
  return `${source.slice(0, index)}|${source.slice(index)}`
}

describe('what a source asks for', () => {
  it('is told apart: statements, import() with a literal, import() of something computed', () => {
    const lexed = lex(`
      import a from './a.js'
      import './b.js'
      export { c } from './c.js'
      export * from './d.js'
      const e = () => import('./e.js')
    `)
    expect([...lexed.statics]).toEqual(['./a.js', './b.js', './c.js', './d.js'])
    expect([...lexed.dynamics]).toEqual(['./e.js'])
    expect(lexed.hasComputedImport).toBe(false)
    expect(lexed.usesImportMeta).toBe(false)
    expect(lex('const load = (name) => import(name)').hasComputedImport).toBe(true)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    expect(lex('const load = (name) => import(`./${name}.js`)').hasComputedImport).toBe(true)
  })

  it('is deferred where only import defer names it', () => {
    const { deferred, statics } = lex(`
      import defer * as a from './a.js'
      import defer from './b.js'
      import defer * as c from './c.js'
      import { d } from './c.js'
    `)
    expect([...deferred]).toEqual(['./a.js'])
    expect([...statics]).toEqual(['./a.js', './b.js', './c.js'])
    expect(mayImportOrReadMeta("import defer * as a from './a.js'")).toBe(true)
  })

  it("does not count TypeScript's type-only imports: they are not there at run time", () => {
    const lexed = lex(`
      import type { A } from './a.ts'
      export type { B } from './b.ts'
      import { type C, d } from './d.ts'
    `)
    expect([...lexed.statics]).toEqual(['./d.ts'])
  })

  it('is not looked for in strings, comments and property names', () => {
    const lexed = lex(`
      // import './a.js'
      /* import('./b.js') */
      const text = "import('./c.js'); import.meta"
      object.import('./d.js')
    `)
    expect(lexed.statics.size + lexed.dynamics.size).toBe(0)
    expect(lexed.usesImportMeta).toBe(false)
  })

  it('is nothing in a source that cannot be lexed: Node says what is wrong with it', () => {
    const lexed = lex("import { a from './a.js'; import.meta.hot.accept('./a.js')")
    expect(lexed.statics.size).toBe(0)
    expect(lexed.usesImportMeta).toBe(false)
    expect(lexed.insertion.index).toBe(0)
  })
})

describe('whether a source must be lexed', () => {
  it.each([
    "import('./a.js')",
    "import ('./a.js')",
    "import\n('./a.js')",
    "import/* why */('./a.js')",
    'import.meta.hot',
    'import . meta',
    "x = await import('./a.js')",
  ])('%j must', (source) => expect(mayImportOrReadMeta(source)).toBe(true))

  it.each([
    "import a from './a.js'\nexport { b } from './b.js'",
    "import { a } from './a.js'",
    'export const a = 1',
  ])('%j need not', (source) => expect(mayImportOrReadMeta(source)).toBe(false))
})

describe('where a statement is put', () => {
  it.each([
    // In front of a comment or the end of a line no column moves.
    ['\nlet a', '|\nlet a'],
    ['// why\nlet a', '|// why\nlet a'],
    ['#!/usr/bin/env node\n\nlet a', '#!/usr/bin/env node\n|\nlet a'],
    ["import './a.js'\nlet a", "import './a.js'|\nlet a"],
    ["import './a.js' // why\nlet a", "import './a.js' |// why\nlet a"],
    ["import './a.js'; import './b.js';\r\nlet a", "import './a.js'; import './b.js';|\r\nlet a"],
    ['/* a\nb */\nlet a', '|/* a\nb */\nlet a'],
    ['/* a */\nlet a', '/* a */|\nlet a'],
    ['#!/usr/bin/env node\r\n// a\r\nlet a', '#!/usr/bin/env node\r\n|// a\r\nlet a'],
    // Elsewhere directly in front of the first statement that is executed.
    ['let a', '|let a'],
    ['#!/usr/bin/env node\nlet a', '#!/usr/bin/env node\n|let a'],
    ["import './a.js'; let a", "import './a.js'; |let a"],
    ['export const a = 1', '|export const a = 1'],
    ['/* a */ let a', '/* a */ |let a'],
    ['', '|'],
  ])('%j', (source, expected) => expect(marked(source)).toBe(expected))

  it('never is behind the first executed statement, nor inside of a comment', () => {
    for (const source of ["let a\nimport './a.js'", "'use strict'\nimport './a.js'\n"]) {
      expect(lex(source).insertion.index).toBe(0)
    }
  })

  it('says whether the columns of the line behind it move', () => {
    expect(lex('\nlet a').insertion.movesColumns).toBe(false)
    expect(lex('let a').insertion.movesColumns).toBe(true)
  })
})
