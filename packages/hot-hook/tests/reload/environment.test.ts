import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseEnviron, withoutEnvFiles } from '../../src/reload/environment.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hot-hook-environment-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('the environment', () => {
  test('is read from what the kernel keeps, values with = and line breaks too', () => {
    expect(parseEnviron('A=1\0B=x=y\0C=\0D=two\nlines\0=ignored\0')).toEqual({
      A: '1',
      B: 'x=y',
      C: '',
      D: 'two\nlines',
    })
  })

  test('without a kernel that keeps it: what equals an --env-file is taken out', () => {
    const first = join(directory, 'first.env')
    const second = join(directory, 'second.env')
    writeFileSync(first, 'A=1\nB="two words"\nC=file\n')
    writeFileSync(second, 'D=4\n')
    const environment = { A: '1', B: 'two words', C: 'shell', D: '4', E: '5', F: undefined }
    const missing = join(directory, 'missing.env')
    expect(existsSync(missing)).toBe(false)
    expect(
      withoutEnvFiles(environment, [
        '--env-file',
        first,
        `--env-file-if-exists=${second}`,
        `--env-file-if-exists=${missing}`,
        '--env-file',
      ]),
    ).toEqual({ C: 'shell', E: '5' })
  })
})
