import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  countSystemWatches,
  forget,
  path,
  put,
  told,
  toldUntil,
  watching,
} from '../harness/watched-project.ts'

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
    forget()
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
