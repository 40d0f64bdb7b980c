import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { globBases } from '../../src/options/glob.ts'
import { resolveOptions } from '../../src/options/options.ts'
import { errorOf } from '../harness/options-error.ts'

let project: string

function put(file: string, content = ''): string {
  const path = join(project, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

function resolved(given: unknown, context: { cwd?: string; entry?: string; source?: string } = {}) {
  return resolveOptions(given, { cwd: project, ...context }).options
}

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-options-')))
  put('package.json', '{}')
  put('src/server.ts')
  put('bare/nested/main.js')
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('defaults', () => {
  test('fills every option in when nothing is given', () => {
    const options = resolved(undefined)
    expect(options).toMatchObject({
      root: undefined,
      rootDirectory: project,
      reload: ['.env', '.env.*'],
      include: [],
      boundaries: undefined,
      watch: true,
      log: 'info',
      compileCache: true,
      throwWhenBoundariesAreNotDynamicallyImported: false,
      onFullReload: undefined,
    })
  })

  test('an option set to undefined is one that was not given', () => {
    const options = resolved({ log: undefined, reload: undefined })
    expect(options.log).toBe('info')
    expect(options.reload).toEqual(['.env', '.env.*'])
  })

  test('ignores node_modules and the timestamp files of Vite, at any depth', () => {
    const { isIgnored } = resolved({})
    expect(isIgnored(join(project, 'node_modules/a/index.js'))).toBe(true)
    expect(isIgnored(join(project, 'packages/x/node_modules/.pnpm/a/index.js'))).toBe(true)
    expect(isIgnored(join(project, 'node_modules'))).toBe(true)
    expect(isIgnored(join(project, 'vite.config.ts.timestamp-17-ab.mjs'))).toBe(true)
    expect(isIgnored(join(project, 'vite.config.ts'))).toBe(false)
    expect(isIgnored(join(project, 'src/server.ts'))).toBe(false)
    expect(isIgnored(join(project, 'my_node_modules/a.js'))).toBe(false)
  })

  test('.env files of the root directory are reload files, those below it are not', () => {
    const { isReload } = resolved({})
    expect(isReload(join(project, '.env'))).toBe(true)
    expect(isReload(join(project, '.env.local'))).toBe(true)
    expect(isReload(join(project, 'src/.env'))).toBe(false)
    expect(isReload(join(project, '.environment'))).toBe(false)
  })

  test.each([
    '.env.swp',
    '.env.swo',
    '.env~',
    '.env.tmp',
    '.env.tmp~',
    '.env.local___jb_tmp___',
    'config/.app.yml.swp',
    'config/#app.yml#',
    'config/.#app.yml',
  ])('%s, which an editor writes beside the file, is no reload file', (name) => {
    const { isReload } = resolved({ reload: ['.env', '.env.*', 'config/**'] })
    expect(isReload(join(project, 'config/app.yml'))).toBe(true)
    expect(isReload(join(project, name))).toBe(false)
  })

  test('nothing is a boundary by a glob when boundaries are not given', () => {
    expect(resolved({}).isBoundary(join(project, 'src/server.ts'))).toBe(false)
  })
})

describe('hot.init({ root }), the form of 1.x', () => {
  test('makes globs relative to the directory of the entry, also when it is called again', () => {
    const root = join(project, 'src/server.ts')
    const first = resolveOptions({ root, boundaries: ['./*.ts'] }, { cwd: '/', isOldForm: true })
    expect(first.options.rootDirectory).toBe(join(project, 'src'))
    expect(first.options.isBoundary(root)).toBe(true)
    const again = resolveOptions({ log: 'debug' }, { cwd: '/', previous: first.given })
    expect(again.options).toMatchObject({ root, rootDirectory: join(project, 'src'), log: 'debug' })
  })

  test('leaves a rootDirectory that is given as it is', () => {
    const given = { root: 'src/server.ts', rootDirectory: project }
    const { options } = resolveOptions(given, { cwd: '/', isOldForm: true })
    expect(options).toMatchObject({
      root: join(project, 'src/server.ts'),
      rootDirectory: project,
    })
  })
})

describe('globs', () => {
  test('are relative to the root directory, also when it has special characters', () => {
    const rootDirectory = join(project, 'app (copy) [x] {y}+!')
    mkdirSync(rootDirectory, { recursive: true })
    const { isBoundary } = resolved({ rootDirectory, boundaries: ['./controllers/*.ts'] })
    expect(isBoundary(join(rootDirectory, 'controllers/users.ts'))).toBe(true)
    expect(isBoundary(join(rootDirectory, 'controllers/admin/users.ts'))).toBe(false)
    expect(isBoundary(join(project, 'controllers/users.ts'))).toBe(false)
  })

  test('that begin with ** match outside the root directory as well', () => {
    const { isIgnored } = resolved({ ignore: ['**/gen/*.ts', 'own/**'] })
    expect(isIgnored('/elsewhere/gen/a.ts')).toBe(true)
    expect(isIgnored('/elsewhere/own/a.ts')).toBe(false)
    expect(isIgnored(join(project, 'own/.hidden/a.ts'))).toBe(true)
  })

  test('may lead out of the root directory or be absolute', () => {
    const { isReload } = resolved({
      rootDirectory: join(project, 'src'),
      reload: ['../shared/*.json', '/etc/app/**'],
    })
    expect(isReload(join(project, 'shared/a.json'))).toBe(true)
    expect(isReload(join(project, 'src/shared/a.json'))).toBe(false)
    expect(isReload('/etc/app/a/b.conf')).toBe(true)
  })

  test('that begin with ! take files out again, in any order', () => {
    const { isReload } = resolved({ reload: ['!config/local.json', 'config/**'] })
    expect(isReload(join(project, 'config/a.json'))).toBe(true)
    expect(isReload(join(project, 'config/local.json'))).toBe(false)
    expect(isReload(join(project, 'src/a.json'))).toBe(false)
  })

  test('of include are taken back from ignore', () => {
    const { isIgnored } = resolved({ include: ['**/node_modules/@my-org/**'] })
    expect(isIgnored(join(project, 'node_modules/@my-org/a/index.js'))).toBe(false)
    expect(isIgnored(join(project, 'node_modules/other/index.js'))).toBe(true)
  })

  test('say which directories to look into, and how deep', () => {
    expect(
      globBases(
        ['.env', '.env.*', 'config/**', 'a/*/b.json', 'a/*.txt', '!config/x', '**/*.sql'],
        project,
      ),
    ).toEqual([
      { directory: project, depth: Number.POSITIVE_INFINITY },
      { directory: join(project, 'config'), depth: Number.POSITIVE_INFINITY },
      { directory: join(project, 'a'), depth: 1 },
    ])
    expect(globBases(['/etc/app/*.conf', '../up/x.json'], project)).toEqual([
      { directory: '/etc/app', depth: 0 },
      { directory: join(dirname(project), 'up'), depth: 0 },
    ])
  })
})

describe('root', () => {
  test('is a path or a file URL, relative to the root directory or else the working directory', () => {
    const server = join(project, 'src/server.ts')
    expect(resolved({ root: server }).root).toBe(server)
    expect(resolved({ root: pathToFileURL(server).href }).root).toBe(server)
    expect(resolved({ root: 'src/server.ts' }).root).toBe(server)
    expect(resolved({ root: 'server.ts', rootDirectory: 'src' }).root).toBe(server)
  })

  test('is the entry when it is not given, if there is such a file', () => {
    const entry = join(project, 'src/server.ts')
    expect(resolved({}, { entry }).root).toBe(entry)
    expect(resolved({}, { entry: join(project, 'src/server') }).root).toBeUndefined()
  })

  test('the root directory is that of the package.json nearest to the entry', () => {
    expect(resolved({ root: 'bare/nested/main.js' }).rootDirectory).toBe(project)
    put('bare/package.json', '{}')
    expect(resolved({ root: 'bare/nested/main.js' }).rootDirectory).toBe(join(project, 'bare'))
    const entry = join(project, 'bare/nested/main.js')
    expect(resolved({}, { entry }).rootDirectory).toBe(join(project, 'bare'))
  })

  test('both are real paths, as Node names its modules', () => {
    const link = join(project, 'link')
    symlinkSync(join(project, 'src'), link)
    const options = resolved({ rootDirectory: link, root: 'server.ts' })
    expect(options.rootDirectory).toBe(join(project, 'src'))
    expect(options.root).toBe(join(project, 'src/server.ts'))
  })
})

describe('giving options twice', () => {
  test('an option given later replaces the earlier one, the others stay', () => {
    const first = resolveOptions({ log: 'silent', restart: ['a.json'] }, { cwd: project })
    const second = resolveOptions({ reload: ['b.json'] }, { cwd: project, previous: first.given })
    expect(second.options.log).toBe('silent')
    expect(second.options.reload).toEqual(['b.json'])
    expect(second.given).toEqual({ log: 'silent', reload: ['b.json'] })
  })
})

describe('names of 1.x', () => {
  test('restart is reload, onFullReloadAsked is onFullReload', () => {
    const onFullReloadAsked = () => {}
    const options = resolved({ restart: ['a.json'], onFullReloadAsked })
    expect(options.reload).toEqual(['a.json'])
    expect(options.isReload(join(project, 'a.json'))).toBe(true)
    expect(options.onFullReload).toBe(onFullReloadAsked)
  })

  test('giving both names of one option is an error', () => {
    expect(errorOf(() => resolved({ restart: ['a'], reload: ['b'] })).message).toBe(
      "Options 'restart' and 'reload' in hot.init are the same option: give only 'reload'",
    )
  })
})

describe('HOT_HOOK_WATCH', () => {
  afterEach(() => vi.unstubAllEnvs())

  test('false turns the watcher off, unless the option is given', () => {
    vi.stubEnv('HOT_HOOK_WATCH', 'false')
    expect(resolved({}).watch).toBe(false)
    expect(resolved({ watch: true }).watch).toBe(true)
  })

  test('any other value leaves it on', () => {
    vi.stubEnv('HOT_HOOK_WATCH', 'true')
    expect(resolved({}).watch).toBe(true)
    expect(resolved({ watch: false }).watch).toBe(false)
  })
})
