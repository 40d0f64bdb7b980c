import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  batches,
  countSystemWatches,
  create,
  forget,
  path,
  project,
  put,
  replace,
  told,
  toldUntil,
  watching,
} from '../harness/watched-project.ts'

const modes = [
  { mode: 'watched directories', env: {} },
  { mode: 'chokidar', env: { HOT_HOOK_WATCHER: 'chokidar' } },
  { mode: 'polling', env: { CHOKIDAR_USEPOLLING: '1' } },
]

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
      forget()
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
    forget()
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
      forget()
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
    forget()
    mkdirSync(path('not'))
    put('not/yet/a.ts', '1')
    await told('not/yet/a.ts')
    forget()
    put('not/yet/a.ts', '22')
    await told('not/yet/a.ts')
  })

  test('tells every entry of a directory that was added', async () => {
    put('routes/a.ts', '1')
    const watcher = create()
    watcher.addDirectory(path('routes'))
    watcher.start()
    await watcher.ready
    forget()
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
    forget()
    put('routes/deep/b.ts', '1')
    await told('routes/deep')
    watcher.remove(path('routes'))
    const files = await toldUntil('last.ts', () => {
      put('routes/new.ts', '1')
      put('last.ts', '22')
    })
    // It may be told by more than one event, of which one may have been on its way.
    expect(files.filter((file) => file !== 'routes/deep')).toEqual(['last.ts'])
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
    forget()
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
