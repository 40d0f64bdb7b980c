import { describe, expect, test } from 'vitest'
import { batches, create, path, put, told, watching } from '../harness/watched-project.ts'

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
