import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import { describeWatchError } from '../../src/watch/watch-error.ts'
import {
  countSystemWatches,
  path,
  project,
  put,
  told,
  watching,
} from '../harness/watched-project.ts'

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
