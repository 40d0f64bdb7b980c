import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Log } from '../../src/log/log.ts'
import { compileGlobs } from '../../src/options/glob.ts'
import { describeWatchError } from '../../src/watch/watch-error.ts'
import { Watcher, type WatcherOptions } from '../../src/watch/watcher.ts'

let project: string
let batches: string[][]
const watchers = new Set<Watcher>()

function path(file: string): string {
  return join(project, file)
}

function put(file: string, content = ''): void {
  mkdirSync(dirname(path(file)), { recursive: true })
  writeFileSync(path(file), content)
}

/** As many editors save: a new file, renamed over the old one. */
function replace(file: string, content: string): void {
  put(`${file}.tmp`, content)
  renameSync(path(`${file}.tmp`), path(file))
}

function create(reloadGlobs: string[] = [], options: Partial<WatcherOptions> = {}): Watcher {
  const watcher = new Watcher({
    onChange: (files) => batches.push(files.map((file) => relative(project, file))),
    isReload: compileGlobs(reloadGlobs, project),
    reloadGlobs,
    rootDirectory: project,
    isIgnored: compileGlobs(['**/node_modules/**', '**/ignored/**'], project),
    log: new Log(),
    ...options,
  })
  watchers.add(watcher)
  return watcher
}

/** A watcher of these files that has told all it has to tell of them at the start. */
async function watching(
  files: string[],
  reloadGlobs: string[] = [],
  options: Partial<WatcherOptions> = {},
): Promise<Watcher> {
  // What a test has just written is not for the watcher to tell.
  const watcher = create(reloadGlobs, { since: Date.now() + 60_000, ...options })
  for (const file of files) watcher.add(path(file))
  watcher.start()
  await watcher.ready
  batches = []
  if (files.length > 0) await told(...files)
  batches = []
  return watcher
}

async function told(...files: string[]): Promise<void> {
  await expect
    .poll(() => [...new Set(batches.flat())].sort(), { timeout: 20_000, interval: 5 })
    .toEqual(expect.arrayContaining([...files].sort()))
}

/** Runs `change`, and answers what was told of it until `last`, changed after it, was told. */
async function toldUntil(last: string, change: () => void): Promise<string[]> {
  batches = []
  change()
  await told(last)
  return [...new Set(batches.flat())].sort()
}

beforeEach(() => {
  // But for `modes` this is about our own watch, whatever the environment says.
  vi.stubEnv('HOT_HOOK_WATCHER', undefined)
  project = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-watcher-')))
  batches = []
})

afterEach(async () => {
  for (const watcher of watchers) await watcher.close()
  watchers.clear()
  rmSync(project, { recursive: true, force: true })
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const modes = [
  { mode: 'watched directories', env: {} },
  { mode: 'chokidar', env: { HOT_HOOK_WATCHER: 'chokidar' } },
  { mode: 'polling', env: { CHOKIDAR_USEPOLLING: '1' } },
]

test('tells a directory itself when it comes back: what came with it was not seen coming', async () => {
  put('routes/a.ts', '1')
  const watcher = create()
  watcher.addDirectory(path('routes'))
  watcher.start()
  await watcher.ready
  batches = []
  put('away/routes/b.ts', '1')
  renameSync(path('routes'), path('old'))
  renameSync(path('away/routes'), path('routes'))
  await told('routes')
})

describe.each(modes)('with $mode', ({ env }) => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  })

  test('tells a file that is written in place, replaced, deleted and created again', async () => {
    put('a.ts', '1')
    put('b.ts', '1')
    await watching(['a.ts', 'b.ts'])
    const changes = [
      () => put('a.ts', '22'),
      () => replace('a.ts', '333'),
      () => unlinkSync(path('a.ts')),
      () => put('a.ts', '4444'),
      () => put('a.ts', '55555'),
    ]
    for (const change of changes) {
      batches = []
      change()
      await told('a.ts')
      expect(new Set(batches.flat())).toEqual(new Set(['a.ts']))
    }
  })

  test('tells only files that were added', async () => {
    put('a.ts', '1')
    put('other.ts', '1')
    await watching(['a.ts'])
    const files = await toldUntil('a.ts', () => {
      put('other.ts', '22')
      put('new.ts', '1')
      put('a.ts', '22')
    })
    expect(files).toEqual(['a.ts'])
  })

  test('tells a file that is added once the watcher runs, to be compared, and its changes', async () => {
    put('a.ts', '1')
    put('lib/b.ts', '1')
    const watcher = await watching(['a.ts'])
    watcher.add(path('lib/b.ts'))
    await told('lib/b.ts')
    batches = []
    put('lib/b.ts', '22')
    await told('lib/b.ts')
  })

  test('tells a file that is added again too: whoever adds it may have read it before', async () => {
    put('a.js')
    const watcher = await watching(['a.js'])
    watcher.add(path('a.js'))
    await told('a.js')
  })

  test('tells a file that was removed from it no longer', async () => {
    put('a.ts', '1')
    put('b.ts', '1')
    const watcher = await watching(['a.ts', 'b.ts'])
    watcher.remove(path('a.ts'))
    const files = await toldUntil('b.ts', () => {
      put('a.ts', '22')
      put('b.ts', '22')
    })
    expect(files).toEqual(['b.ts'])
  })

  test('goes on with a directory that is deleted and comes back', async () => {
    put('src/lib/a.ts', '1')
    put('src/b.ts', '1')
    await watching(['src/lib/a.ts', 'src/b.ts'])
    rmSync(path('src'), { recursive: true })
    await told('src/lib/a.ts', 'src/b.ts')
    for (const content of ['1', '22', '333']) {
      batches = []
      put('src/lib/a.ts', content)
      put('src/b.ts', content)
      await told('src/lib/a.ts', 'src/b.ts')
    }
  })

  test('waits for a file whose directories do not exist yet', async () => {
    const watcher = create()
    watcher.add(path('not/yet/a.ts'))
    watcher.start()
    await watcher.ready
    await expect.poll(() => watcher.ready).toBeUndefined()
    batches = []
    mkdirSync(path('not'))
    put('not/yet/a.ts', '1')
    await told('not/yet/a.ts')
    batches = []
    put('not/yet/a.ts', '22')
    await told('not/yet/a.ts')
  })

  test('tells every entry of a directory that was added', async () => {
    put('routes/a.ts', '1')
    const watcher = create()
    watcher.addDirectory(path('routes'))
    watcher.start()
    await watcher.ready
    batches = []
    put('routes/new.ts', '1')
    await told('routes/new.ts')
    put('routes/a.ts', '22')
    await told('routes/a.ts')
  })

  test('tells a directory that was added, its entries that are directories, and no longer once removed', async () => {
    put('routes/a.ts', '1')
    const watcher = create([], { since: Date.now() + 60_000 })
    watcher.add(path('routes'))
    watcher.addDirectory(path('routes'))
    put('last.ts', '1')
    watcher.add(path('last.ts'))
    watcher.start()
    await watcher.ready
    await told('routes', 'last.ts')
    batches = []
    put('routes/deep/b.ts', '1')
    await told('routes/deep')
    watcher.remove(path('routes'))
    const files = await toldUntil('last.ts', () => {
      put('routes/new.ts', '1')
      put('last.ts', '22')
    })
    expect(files).toEqual(['last.ts'])
  })

  test('tells reload files that are created, changed and deleted, at any depth of their glob', async () => {
    put('.env', 'A=1')
    put('config/db/main.json', '1')
    const globs = ['.env', '.env.*', 'config/**', 'later/*.txt']
    await watching([], globs)
    const changes: [string, () => void][] = [
      ['.env', () => put('.env', 'A=22')],
      ['.env.local', () => put('.env.local', '')],
      ['.env', () => unlinkSync(path('.env'))],
      ['.env', () => replace('.env', 'A=333')],
      ['config/db/main.json', () => put('config/db/main.json', '22')],
      ['config/new/deep/a.json', () => put('config/new/deep/a.json', '1')],
      ['config/new/deep/a.json', () => put('config/new/deep/a.json', '22')],
      ['config/new/deep/a.json', () => rmSync(path('config/new'), { recursive: true })],
      ['later/a.txt', () => put('later/a.txt', '1')],
      ['later/a.txt', () => put('later/a.txt', '22')],
    ]
    for (const [file, change] of changes) {
      expect(await toldUntil(file, change)).toEqual([file])
    }
  })

  test('does not tell files that no reload glob matches, nor what is in ignored directories', async () => {
    put('node_modules/a/x.yml', '1')
    put('ignored/x.yml', '1')
    put('src/x.yml', '1')
    await watching([], ['**/*.yml'])
    const files = await toldUntil('src/x.yml', () => {
      put('node_modules/a/x.yml', '22')
      put('ignored/x.yml', '22')
      put('src/x.ts', '1')
      put('src/x.yml', '22')
    })
    expect(files).toEqual(['src/x.yml'])
  })

  test.runIf(process.platform === 'linux')(
    'watches no directory in which no reload glob matches anything',
    async () => {
      put('src/a.ts')
      put('lib/b.ts')
      const before = countSystemWatches()
      await watching([], ['.env'])
      put('.env', '1')
      await told('.env')
      expect(countSystemWatches() - before).toBeLessThanOrEqual(env.CHOKIDAR_USEPOLLING ? 0 : 1)
    },
  )

  test('tells reload files that were saved after the given time and before it watched', async () => {
    put('config/old.json', '1')
    const since = await laterFileTime(path('config/old.json'))
    put('config/saved.json', '1')
    utimesSync(path('config/saved.json'), new Date(0), new Date(0))
    const watcher = create(['config/**'], { since })
    watcher.start()
    await watcher.ready
    await told('config/saved.json')
    expect(new Set(batches.flat())).toEqual(new Set(['config/saved.json']))
  })

  test('is closed once: nothing is told any more', async () => {
    put('a.ts', '1')
    const watcher = await watching(['a.ts'], ['.env'])
    put('a.ts', '22')
    await watcher.close()
    await watcher.close()
    batches = []
    const second = await watching(['a.ts'])
    put('a.ts', '333')
    await told('a.ts')
    expect(batches).toEqual([['a.ts']])
    watcher.add(path('a.ts'))
    expect(second).not.toBe(watcher)
  })

  test('keeps no program alive', async () => {
    put('a.ts', '1')
    put('.env', '')
    const source = (name: string) =>
      JSON.stringify(new URL(`../../src/${name}.ts`, import.meta.url).href)
    put(
      'app.mjs',
      `import { Watcher } from ${source('watch/watcher')}
      import { Log } from ${source('log/log')}
      const watcher = new Watcher({
        onChange: (files) => console.log('told', files.length),
        isReload: (file) => file.endsWith('.env'),
        isIgnored: () => false,
        reloadGlobs: ['.env', 'config/**'],
        rootDirectory: process.cwd(),
        log: new Log(),
      })
      watcher.start()
      watcher.add(process.cwd() + '/a.ts')
      watcher.add(process.cwd() + '/missing/a.ts')
      const waiting = setTimeout(() => {}, 30_000)
      await watcher.ready
      clearTimeout(waiting)
      console.log('ends')`,
    )
    const child = spawn(process.execPath, ['app.mjs'], { cwd: project })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    try {
      const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })
      expect(code).toBe(0)
      expect(output).toContain('ends')
    } finally {
      child.kill('SIGKILL')
    }
  })
})

test('a watcher has a file from when its changes are told until it is removed', async () => {
  const watcher = create()
  const has = () => [watcher.has(path('a.js')), watcher.has(path('later/b.js'))]
  put('a.js')
  watcher.add(path('a.js'))
  watcher.add(path('later/b.js'))
  expect(has()).toEqual([false, false])
  watcher.start()
  expect(has()).toEqual([true, false])
  put('later/b.js')
  await told('later/b.js')
  expect(has()).toEqual([true, true])
  watcher.remove(path('a.js'))
  expect(has()).toEqual([false, true])
})

describe('batches', () => {
  test('tell files that are saved together once, each once', async () => {
    const files = Array.from({ length: 200 }, (_, index) => `src/${index % 10}/${index}.ts`)
    for (const file of files) put(file, '1')
    await watching(files)
    for (const file of files) put(file, '22')
    await told(...files)
    for (const batch of batches) expect(new Set(batch).size).toBe(batch.length)
    expect(batches.length).toBeLessThan(20)
  })

  test('tell saves that were made before the watcher was started', async () => {
    put('a.ts', '1')
    const watcher = create()
    watcher.add(path('a.ts'))
    put('a.ts', '22')
    watcher.start()
    await told('a.ts')
  })
})

describe('directories', () => {
  test('that are moved away and back are watched where they are', async () => {
    put('src/lib/a.ts', '1')
    put('src/b.ts', '1')
    await watching(['src/lib/a.ts', 'src/b.ts'])
    renameSync(path('src'), path('old'))
    await told('src/b.ts', 'src/lib/a.ts')
    const files = await toldUntil('src/b.ts', () => {
      put('old/lib/a.ts', '22')
      put('src/b.ts', '22')
    })
    expect(files).toEqual(['src/b.ts'])
    rmSync(path('src'), { recursive: true })
    await told('src/b.ts')
    batches = []
    renameSync(path('old'), path('src'))
    await told('src/b.ts', 'src/lib/a.ts')
    batches = []
    put('src/lib/a.ts', '333')
    await told('src/lib/a.ts')
  })

  test('that are replaced at once, as a checkout does, are watched anew', async () => {
    put('src/a.ts', '1')
    await watching(['src/a.ts'])
    for (const content of ['22', '333', '4444']) {
      batches = []
      rmSync(path('src'), { recursive: true })
      put('src/a.ts', content)
      await told('src/a.ts')
      batches = []
      put('src/a.ts', `${content}!`)
      await told('src/a.ts')
    }
  })

  test('that hold an entry of their own name are no exception', async () => {
    put('app/a.ts', '1')
    await watching(['app/a.ts'])
    mkdirSync(path('app/app'))
    put('app/a.ts', '22')
    await told('app/a.ts')
    batches = []
    put('app/a.ts', '333')
    await told('app/a.ts')
  })

  test.runIf(process.platform === 'linux')('cost one watch of the system each', async () => {
    const before = countSystemWatches()
    const files = Array.from({ length: 60 }, (_, index) => `src/${index % 3}/${index}.ts`)
    for (const file of files) put(file, '1')
    const watcher = await watching(files)
    expect(countSystemWatches() - before).toBe(3)
    for (const file of files) if (file.startsWith('src/1/')) watcher.remove(path(file))
    expect(countSystemWatches() - before).toBe(2)
    await watcher.close()
    expect(countSystemWatches() - before).toBe(0)
  })
})

describe('reload files', () => {
  test('whose attributes alone change are not told', async () => {
    put('.env', 'A=1')
    put('.env.local', 'A=1')
    await watching([], ['.env', '.env.*'])
    // Within a tick of its last write a file is told to be sure.
    await expect.poll(() => Date.now(), { interval: 5 }).toBeGreaterThan(Date.now() + 30)
    const files = await toldUntil('.env.local', () => {
      chmodSync(path('.env'), 0o600)
      put('.env.local', 'A=22')
    })
    expect(files).toEqual(['.env.local'])
  })

  test('that are symbolic links are told when their target is written', async () => {
    put('shared/env', 'A=1')
    put('app/.env.other', '')
    symlinkSync('../shared/env', path('app/.env'))
    await watching([], ['app/.env', 'app/.env.*'])
    expect(await toldUntil('app/.env', () => put('shared/env', 'A=22'))).toEqual(['app/.env'])
  })

  test('are found in directories that are moved into place', async () => {
    put('elsewhere/db/main.json', '1')
    await watching([], ['config/**'])
    renameSync(path('elsewhere'), path('config'))
    await told('config/db/main.json')
    batches = []
    put('config/db/main.json', '22')
    await told('config/db/main.json')
  })

  test.runIf(process.platform === 'linux')(
    'are found each time their directory comes, and leave no watch behind',
    async () => {
      put('config/a.json', '1')
      await watching([], ['config/**'])
      const before = countSystemWatches()
      for (let round = 0; round < 5; round++) {
        await toldUntil(`config/${round}/deep/a.json`, () => put(`config/${round}/deep/a.json`))
        expect(countSystemWatches()).toBe(before + 2)
        const remove = () => rmSync(path(`config/${round}`), { recursive: true })
        await toldUntil(`config/${round}/deep/a.json`, remove)
        await expect.poll(countSystemWatches).toBe(before)
      }
      await toldUntil('config/0/deep/a.json', () => put('config/0/deep/a.json'))
    },
  )

  test('below a symbolic link that leads upwards are no endless walk', async () => {
    put('config/a.json', '1')
    symlinkSync('..', path('config/up'))
    await watching([], ['config/**'])
    await toldUntil('config/a.json', () => put('config/a.json', '22'))
  })
})

describe('polling', () => {
  test('is turned on and off by CHOKIDAR_USEPOLLING', async () => {
    put('a.ts', '1')
    const before = countSystemWatches()
    vi.stubEnv('CHOKIDAR_USEPOLLING', '1')
    await watching(['a.ts'])
    expect(countSystemWatches()).toBe(before)
    put('a.ts', '22')
    await told('a.ts')
    vi.stubEnv('CHOKIDAR_USEPOLLING', 'false')
    await watching(['a.ts'])
    if (process.platform === 'linux') expect(countSystemWatches()).toBe(before + 1)
  })
})

describe('limits of the system', () => {
  test.runIf(process.platform === 'linux')(
    'are said in one line, and the program runs on',
    async () => {
      put('src/a.ts', '1')
      put('lib/b.ts', '1')
      const source = (name: string) =>
        JSON.stringify(new URL(`../../src/${name}.ts`, import.meta.url).href)
      put(
        'app.mjs',
        `import { openSync } from 'node:fs'
      import { Watcher } from ${source('watch/watcher')}
      import { Log } from ${source('log/log')}
      const watcher = new Watcher({
        onChange: (files) => console.log('told', files.length),
        isReload: () => false,
        isIgnored: () => false,
        reloadGlobs: [],
        rootDirectory: process.cwd(),
        log: new Log(),
      })
      watcher.add(process.cwd() + '/src/a.ts')
      watcher.add(process.cwd() + '/lib/b.ts')
      console.log('begins')
      console.error('begins')
      try {
        while (true) openSync('/dev/null')
      } catch {}
      watcher.start()
      // Longer than it polls.
      setTimeout(() => console.log('ends'), 1500)`,
      )
      const command = 'ulimit -n 128 && exec "$0" app.mjs'
      const child = spawn('/bin/sh', ['-c', command, process.execPath], { cwd: project })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (data: Buffer) => {
        stdout += data
      })
      child.stderr.on('data', (data: Buffer) => {
        stderr += data
      })
      await once(child, 'close', { signal: AbortSignal.timeout(20_000) })
      const lines = stderr.split('\n').filter((line) => line.startsWith('[hot-hook]'))
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain(`cannot watch ${path('src')}: too many file watchers`)
      expect(lines[0]).toContain('CHOKIDAR_USEPOLLING=1')
      expect(stdout).toBe('begins\ntold 2\nends\n')
    },
  )

  test('name what to raise', () => {
    const failure = (code: string) => Object.assign(new Error(`watch failed: ${code}`), { code })
    expect(describeWatchError('/a', failure('ENOSPC')).message).toContain('max_user_watches')
    expect(describeWatchError('/a', failure('EMFILE')).message).toContain('max_user_instances')
    expect(describeWatchError('/a', failure('EACCES')).message).toContain('watch failed: EACCES')
  })
})

/** A time, by the clock of the file system, at which `file` had long been written. */
async function laterFileTime(file: string): Promise<number> {
  const written = statSync(file).ctimeMs
  const now = () => {
    put('clock')
    return statSync(path('clock')).ctimeMs
  }
  await expect.poll(now, { interval: 5, timeout: 20_000 }).toBeGreaterThan(written + 30)
  return now()
}

/** How many directories the process has the kernel watch; Linux only. */
function countSystemWatches(): number {
  if (process.platform !== 'linux') return 0
  let count = 0
  for (const descriptor of readdirSync('/proc/self/fdinfo')) {
    try {
      const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
      count += info.match(/^inotify wd/gm)?.length ?? 0
    } catch {
      // The descriptor that listed the directory is closed by now.
    }
  }
  return count
}
