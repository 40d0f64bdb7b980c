import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  countSystemWatches,
  create,
  forget,
  path,
  put,
  told,
  toldUntil,
  watching,
} from '../harness/watched-project.ts'

test('tells a directory itself when it comes back: what came with it was not seen coming', async () => {
  put('routes/a.ts', '1')
  const watcher = create()
  watcher.addDirectory(path('routes'))
  watcher.start()
  await watcher.ready
  forget()
  put('away/routes/b.ts', '1')
  renameSync(path('routes'), path('old'))
  renameSync(path('away/routes'), path('routes'))
  await told('routes')
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
    forget()
    renameSync(path('old'), path('src'))
    await told('src/b.ts', 'src/lib/a.ts')
    forget()
    put('src/lib/a.ts', '333')
    await told('src/lib/a.ts')
  })

  test('that are replaced at once, as a checkout does, are watched anew', async () => {
    put('src/a.ts', '1')
    await watching(['src/a.ts'])
    for (const content of ['22', '333', '4444']) {
      forget()
      rmSync(path('src'), { recursive: true })
      put('src/a.ts', content)
      await told('src/a.ts')
      forget()
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
    forget()
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
