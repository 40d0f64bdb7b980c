import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { KeptCode } from '../../src/node/kept-code.ts'

let directory: string
const scriptFile = () => join(directory, 'script.js')
const kept = () => readdirSync(directory).filter((name) => name !== 'script.js')
const keptFile = () => join(directory, kept()[0] as string)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hot-hook-kept-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  write(`'one'`)
})

/** Writes a file that is a module: only between its first and last lines is it a script. */
function write(body: string): void {
  const source = `const url = import.meta.url, run =\n(function (given) {\nreturn given + ' ' + ${body}})\n`
  writeFileSync(scriptFile(), `${source}export const value = run(url)\n`)
}

function load() {
  const code = new KeptCode(pathToFileURL(scriptFile()).href)
  return { code, value: (code.run() as (given: string) => string)('given') }
}

it('runs the script that is between the first and the last line of a module', () => {
  expect(load().value).toBe('given one')
})

it('keeps its code once, and takes what is kept', () => {
  load().code.keep()
  expect(kept().length).toBe(1)
  utimesSync(keptFile(), 1, 1)
  const { code, value } = load()
  expect(value).toBe('given one')
  code.keep()
  expect(statSync(keptFile()).mtimeMs).toBe(1_000)
})

it.each<[string, (code: Buffer) => Buffer]>([
  ['half of it is missing', (code) => code.subarray(0, code.length / 2)],
  ['its end is', (code) => code.subarray(0, -10)],
  [
    'some of it was never written',
    (code) => Buffer.from(code).fill(0, code.length >> 2, code.length >> 1),
  ],
  ['nothing of it was', (code) => Buffer.alloc(code.length)],
  ['it is empty', () => Buffer.alloc(0)],
])('takes nothing that is damaged, and keeps it anew: %s', (_, damage) => {
  load().code.keep()
  const whole = readFileSync(keptFile())
  writeFileSync(keptFile(), damage(whole))
  const { code, value } = load()
  expect(value).toBe('given one')
  code.keep()
  expect(kept().length).toBe(1)
  expect(readFileSync(keptFile()).length).toBe(whole.length)
})

it('does not take the code of another text of the same length', () => {
  load().code.keep()
  write(`'two'`)
  // Whatever the clock of files is.
  utimesSync(scriptFile(), 1, 1)
  expect(load().value).toBe('given two')
})

it('names the file and the line in the stack of an error', () => {
  write('new Error().stack')
  expect(load().value).toContain(`${pathToFileURL(scriptFile()).href}:3:`)
})

it('is not kept where nobody may write, and leaves nothing behind', () => {
  const { code } = load()
  rmSync(directory, { recursive: true })
  code.keep()
  writeFileSync(directory, '')
  code.keep()
})
