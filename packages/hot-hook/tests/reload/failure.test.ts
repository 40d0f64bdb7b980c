import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { codeFrame, failureOf, failureOfText } from '../../src/reload/failure.ts'

const directory = mkdtempSync(join(tmpdir(), 'hot-hook-failure-'))
afterAll(() => rmSync(directory, { recursive: true }))

function save(name: string, text: string): string {
  const file = join(directory, name)
  writeFileSync(file, text)
  return file
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`)

describe('codeFrame', () => {
  it('shows two lines on both sides and a mark below the column', () => {
    const file = save('twelve.js', lines(12).join('\r\n'))
    expect(codeFrame({ file, line: 9, column: 3 })?.split('\n')).toEqual([
      '   7 | line 7',
      '   8 | line 8',
      '>  9 | line 9',
      '     |   ^',
      '  10 | line 10',
      '  11 | line 11',
    ])
    expect(codeFrame({ file, line: 1, column: 1 })?.split('\n')[0]).toBe('> 1 | line 1')
  })

  it('shows of a very long line what is around the column', () => {
    const file = save('long.js', `${'a'.repeat(5_000)}HERE${'b'.repeat(5_000)}`)
    const [text = '', mark = ''] = (codeFrame({ file, line: 1, column: 5_001 }) ?? '').split('\n')
    expect(text.length).toBeLessThan(200)
    expect(text.slice(mark.indexOf('^'))).toMatch(/^HEREb/)
  })

  it('is nothing where the file has no such line, or cannot be read', () => {
    expect(codeFrame({ file: save('one.js', 'a'), line: 2, column: 1 })).toBeUndefined()
    expect(codeFrame({ file: join(directory, 'none.js'), line: 1, column: 1 })).toBeUndefined()
  })
})

describe('failureOf', () => {
  it('finds the first frame that is in no package, whatever its path looks like', () => {
    const names = ['with space.js', 'paren (1).js', 'größe.js']
    for (const name of names) {
      const file = save(name, 'one\ntwo')
      for (const written of [file, pathToFileURL(file).href]) {
        const stack = [
          'TypeError: no',
          '    at node:internal/process/task_queues:95:5',
          '    at call (/app/node_modules/pkg/index.js:1:1)',
          `    at async Object.run (${written}:2:3)`,
          '    at /app/other.js:7:7',
        ].join('\n')
        const { location } = failureOfText('TypeError: no', stack)
        expect(location).toEqual({ file, line: 2, column: 3 })
      }
    }
  })

  it('is in a package when everything is', () => {
    const stack = 'Error: no\n    at call (/app/node_modules/pkg/index.js:1:2)'
    const { location } = failureOfText('Error: no', stack)
    expect(location).toEqual({ file: '/app/node_modules/pkg/index.js', line: 1, column: 2 })
  })

  it('takes the word of a compiler that names the place in its message', () => {
    const message = 'Error: Transform failed with 1 error:\n/app/a.ts:2:9: ERROR: Unexpected "="'
    expect(failureOfText(message, `${message}\n    at x (/app/b.js:1:1)`).location).toEqual({
      file: '/app/a.ts',
      line: 2,
      column: 9,
    })
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', 'text'],
    [Symbol('x'), 'Symbol(x)'],
    [Object.create(null), 'something was thrown that cannot be shown'],
  ])('says of %s only what it is', (thrown, message) => {
    expect(failureOf(thrown)).toEqual({ message })
  })

  it('is an error whose stack is no text, and one that is very long', () => {
    const error = Object.assign(new Error('x'.repeat(100_000)), { stack: 5 })
    const failure = failureOf(error)
    expect(failure.message.length).toBeLessThan(11_000)
    expect(failure.stack).toBeUndefined()
  })
})
