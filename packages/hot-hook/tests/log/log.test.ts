import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { formatChain, formatUpdate, Log, shortPath } from '../../src/log/log.ts'

let written = ''

beforeEach(() => {
  written = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += text
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('Log', () => {
  test('writes lines that begin with [hot-hook]', () => {
    const log = new Log()
    log.info('app.ts changed')
    log.warn('look at this', 'HOT_HOOK_ROOT')
    expect(written).toBe(
      '[hot-hook] app.ts changed\n[hot-hook] warning: look at this [HOT_HOOK_ROOT]\n',
    )
  })

  test('a hint, and an error that is not of the program, end with their code', () => {
    const log = new Log()
    log.hint('close it', 'HOT_HOOK_LEFT_OPEN')
    log.error('it failed', 'why', 'HOT_HOOK_INTERNAL')
    log.warnOnce('once', 'HOT_HOOK_ROOT')
    log.warnOnce('once', 'HOT_HOOK_ROOT')
    expect(written.split('\n')).toEqual([
      '[hot-hook] close it [HOT_HOOK_LEFT_OPEN]',
      '[hot-hook] it failed [HOT_HOOK_INTERNAL]',
      'why',
      '[hot-hook] warning: once [HOT_HOOK_ROOT]',
      '',
    ])
  })

  test('an error is its message, then its stack and cause', () => {
    const cause = new Error('inner')
    new Log().error('app.ts failed', new TypeError('outer', { cause }))
    const lines = written.split('\n')
    expect(lines[0]).toBe('[hot-hook] app.ts failed')
    expect(lines[1]).toBe('TypeError: outer')
    expect(lines[2]).toMatch(/^ {4}at .*log\.test\.ts/)
    expect(written).toContain('inner')
  })

  test('an error may be anything that was thrown', () => {
    const log = new Log()
    log.error('one', { reason: 1 })
    log.error('two', 'text')
    log.error('three', undefined)
    const inspected = () => {
      throw new Error('inspected')
    }
    log.error('four', Object.assign(new Error('five'), { [inspect.custom]: inspected }))
    expect(written).toBe(
      '[hot-hook] one\n{ reason: 1 }\n[hot-hook] two\ntext\n[hot-hook] three\nundefined\n[hot-hook] four\nError: five\n',
    )
  })

  test('what is not printable is escaped, everywhere; only errors and details have lines', () => {
    const log = new Log('debug')
    log.info('a\nb\x1b[31m.ts \u2028')
    log.warn('a\r\x07\x9b.ts', 'HOT_HOOK_ROOT')
    log.error('a\n.ts', new Error('x\x1b]0;title\x07\n\u202ey'))
    log.debug('%s', 'a\x00\nb')
    const lines = written.split('\n').filter((line) => !line.startsWith('    at '))
    expect(lines).toEqual([
      '[hot-hook] a\\nb\\x1b[31m.ts \\u2028',
      '[hot-hook] warning: a\\r\\x07\\x9b.ts [HOT_HOOK_ROOT]',
      '[hot-hook] a\\n.ts',
      'Error: x\\x1b]0;title\\x07',
      '\\u202ey',
      '[hot-hook] a\\x00',
      'b',
      '',
    ])
  })

  test('names and messages in any script stay as they are', () => {
    const text = 'été/日本語/ру́сский/عربي/👩‍👩‍👧/a b\tc.ts'
    new Log().info(text)
    expect(written).toBe(`[hot-hook] ${text}\n`)
  })

  test('silent prints nothing', () => {
    const log = new Log('silent')
    log.info('a')
    log.warn('b', 'HOT_HOOK_ROOT')
    log.error('c', new Error('c'))
    log.debug('d')
    expect(written).toBe('')
  })

  test('debug prints formatted detail at level debug only', () => {
    const log = new Log('info')
    log.debug('no')
    log.level = 'debug'
    log.debug('%s has %d of %j', 'a.ts', 2, { x: 1 })
    expect(written).toBe('[hot-hook] a.ts has 2 of {"x":1}\n')
  })

  test.each([
    ['hot-hook', '[hot-hook] detail\n'],
    ['http,hot-*', '[hot-hook] detail\n'],
    ['http', ''],
  ])('NODE_DEBUG=%s decides on the detail whatever the level is', (NODE_DEBUG, expected) => {
    const source = JSON.stringify(new URL('../../src/log/log.ts', import.meta.url).href)
    const code = `import(${source}).then(({ Log }) => new Log('silent').debug('detail'))`
    const { stderr, status } = spawnSync(process.execPath, ['--no-warnings', '-e', code], {
      encoding: 'utf8',
      env: { ...process.env, NODE_DEBUG },
    })
    expect(status).toBe(0)
    expect(stderr).toBe(expected)
  })
})

describe('formatUpdate', () => {
  const update = (files: string[], modules: number, durationMs: number) =>
    formatUpdate({
      files: files.map((file) => `/project/${file}`),
      modules: Array.from({ length: modules }, (_, index) => `/project/${index}.ts`),
      durationMs,
      rootDirectory: '/project',
    })

  test('names the file, how many modules were reloaded and how long it took', () => {
    expect(update(['app/users.ts'], 3, 2.123)).toBe(
      'app/users.ts changed: 3 modules reloaded in 2.1 ms',
    )
    expect(update(['a.ts'], 1, 0.04)).toBe('a.ts changed: 1 module reloaded in 0.0 ms')
  })

  test('names two files, and counts more', () => {
    expect(update(['a.ts', 'b.ts'], 2, 120.6)).toBe(
      'a.ts and b.ts changed: 2 modules reloaded in 121 ms',
    )
    expect(update(['a.ts', 'b.ts', 'c.ts'], 2, 1234)).toBe(
      'a.ts and 2 other files changed: 2 modules reloaded in 1.2 s',
    )
  })
})

describe('formatChain', () => {
  test('leads from the changed file to the entry', () => {
    const chain = ['/project/users.ts', '/project/db.ts', '/project/server.ts']
    expect(formatChain(chain, '/project')).toBe('users.ts → db.ts → server.ts (entry)')
    expect(formatChain(chain.slice(0, 2), '/project', 'declined')).toBe(
      'users.ts → db.ts (declined)',
    )
    expect(formatChain(['/project/.env'], '/project', '')).toBe('.env')
  })

  test('counts the middle of a very long chain, both ends stay', () => {
    const chain = Array.from({ length: 1_000 }, (_, index) => `/project/${index}.ts`)
    const text = formatChain(chain, '/project')
    expect(text).toMatch(/^0\.ts → 1\.ts → /)
    expect(text).toContain('5.ts → … 988 more … → 994.ts')
    expect(text).toMatch(/999\.ts \(entry\)$/)
  })
})

test('a path outside the root directory is still found from there', () => {
  expect(shortPath('/work/shared/a.ts', '/work/app')).toBe('../shared/a.ts')
  expect(shortPath('/work/app/a.ts', '/work/app')).toBe('a.ts')
})
