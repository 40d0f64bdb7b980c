import fs, { mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Stylesheets } from '../src/refresh/stylesheets.ts'

/** Calls `act` right before the system watches something. */
function beforeItWatches(act: () => void): void {
  const { watch } = fs
  const spy = vi.spyOn(fs, 'watch').mockImplementation(((...args: Parameters<typeof watch>) => {
    act()
    return watch(...args)
  }) as typeof watch)
  syncBuiltinESMExports()
  onTestFinished(() => {
    spy.mockRestore()
    syncBuiltinESMExports()
  })
}

test('a style sheet that is saved right before it is watched is told', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-')))
  const file = join(root, 'shop.css')
  writeFileSync(file, 'h1 { color: red }')
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(file, longAgo, longAgo)
  const told: string[][] = []
  const sheets = new Stylesheets(
    () => root,
    (paths) => told.push(paths),
  )
  onTestFinished(async () => {
    await sheets.close()
    rmSync(root, { recursive: true })
  })
  const save = vi.fn(() => writeFileSync(file, 'h1 { color: blue }'))
  beforeItWatches(save)
  await sheets.follow(['/shop.css'], Date.now() - 1_000)
  await expect.poll(() => told, { timeout: 15_000 }).toContainEqual(['/shop.css'])
  expect(save).toHaveBeenCalled()
})
