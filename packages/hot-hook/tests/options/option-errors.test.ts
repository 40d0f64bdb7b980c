import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assertNodeVersion } from '../../src/node/node-version.ts'
import { resolveOptions } from '../../src/options/options.ts'
import { errorOf } from '../harness/options-error.ts'

let project: string

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'hot-hook-options-'))
  mkdirSync(join(project, 'src'))
  writeFileSync(join(project, 'src/server.ts'), '')
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

function resolved(given: unknown, context: { source?: string } = {}) {
  return resolveOptions(given, { cwd: project, ...context }).options
}

describe('errors', () => {
  test.each([
    [{ watch: 'no' }, "Option 'watch' in hot.init must be true or false, got 'no'"],
    [{ log: 'loud' }, "Option 'log' in hot.init must be 'silent', 'info' or 'debug', got 'loud'"],
    [{ compileCache: 1 }, "Option 'compileCache' in hot.init must be true or false, got 1"],
    [{ onFullReload: {} }, "Option 'onFullReload' in hot.init must be a function, got {}"],
    [
      { reload: '.env' },
      "Option 'reload' in hot.init must be a list of globs such as ['.env', 'config/**'], got '.env'",
    ],
    [
      { ignore: ['a', ''] },
      "Option 'ignore' in hot.init must be a list of globs such as ['**/generated/**'], got '' at index 1",
    ],
    [
      { boundaries: [/a/] },
      "Option 'boundaries' in hot.init must be a list of globs such as ['app/controllers/**'], got /a/ at index 0",
    ],
    [
      { root: 'no/such.ts' },
      "Option 'root' in hot.init must be the path or file URL of the entry, got 'no/such.ts', which does not exist",
    ],
    [
      { root: 'src' },
      "Option 'root' in hot.init must be the path or file URL of the entry, got 'src', which is a directory (that would be 'rootDirectory')",
    ],
    [
      { rootDirectory: 'src/server.ts' },
      "Option 'rootDirectory' in hot.init must be the path or file URL of a directory, got 'src/server.ts', which is no directory",
    ],
    [
      { root: 'file://%zz' },
      "Option 'root' in hot.init must be the path or file URL of the entry, got 'file://%zz', which does not exist",
    ],
    [{ ingore: [] }, "Unknown option 'ingore' in hot.init: did you mean 'ignore'?"],
    [{ boundary: [] }, "Unknown option 'boundary' in hot.init: did you mean 'boundaries'?"],
    [{ rootDir: '.' }, "Unknown option 'rootDir' in hot.init: did you mean 'rootDirectory'?"],
    [{ logLevel: 'info' }, "Unknown option 'logLevel' in hot.init: did you mean 'log'?"],
    [{ watchFiles: [] }, "Unknown option 'watchFiles' in hot.init: did you mean 'watch'?"],
    [{ bondaries: [] }, "Unknown option 'bondaries' in hot.init: did you mean 'boundaries'?"],
    [
      null,
      "Hot Hook's options in hot.init must be an object such as { reload: ['.env'] }, got null",
    ],
    [
      ['.env'],
      "Hot Hook's options in hot.init must be an object such as { reload: ['.env'] }, got [ '.env' ]",
    ],
  ])('%j', (given, message) => {
    const error = errorOf(() => resolved(given))
    expect(error.message).toBe(message)
    expect(error.code).toBe('ERR_HOT_HOOK_OPTIONS')
  })

  test('a glob whose brackets do not match names the option and the glob', () => {
    const { message } = errorOf(() => resolved({ include: ['src/[abc'] }))
    expect(message).toContain("Option 'include' in hot.init must be a list of globs")
    expect(message).toContain("'src/[abc'")
  })

  test('an unknown option that is like none is answered with the list of options', () => {
    const { message } = errorOf(() => resolved({ banana: 1 }))
    expect(message).toMatch(/^Unknown option 'banana' in hot\.init: the options are root, .*log/)
  })

  test('names where the option was written', () => {
    const { message } = errorOf(() => resolved({ watch: 1 }, { source: 'package.json "hotHook"' }))
    expect(message).toContain('Option \'watch\' in package.json "hotHook" must be')
  })

  test('an inherited name is no option', () => {
    const given = JSON.parse('{ "__proto__": [], "constructor": 1 }')
    expect(errorOf(() => resolved(given)).message).toContain("Unknown option '__proto__'")
  })
})

describe('assertNodeVersion', () => {
  test('accepts this Node and the first that is supported', () => {
    expect(() => assertNodeVersion()).not.toThrow()
    expect(() => assertNodeVersion('22.22.0')).not.toThrow()
    expect(() => assertNodeVersion('26.0.0')).not.toThrow()
  })

  test.each(['18.20.0', '20.19.5', '22.21.9'])('refuses %s, naming what is needed', (version) => {
    expect(() => assertNodeVersion(version)).toThrow(
      `Hot Hook needs Node.js 22.22 or later (22, 24 or 26), this is ${version}`,
    )
  })

  test('refuses an odd version without module.registerHooks', () => {
    expect(() => assertNodeVersion('23.1.0', false)).toThrow('this is 23.1.0')
    expect(() => assertNodeVersion('25.0.0', true)).not.toThrow()
  })
})
