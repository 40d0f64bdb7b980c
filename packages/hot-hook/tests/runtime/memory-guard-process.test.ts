import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const guard = new URL('../../src/runtime/memory-guard.ts', import.meta.url).href
const heapMb = 64

/** A process with a small heap: updates that replace a module each, and 24 KB with it. */
const program = ({
  updates,
  stays,
}: {
  updates: number
  stays: 'modules' | 'data' | 'nothing'
}) => `
import { MemoryGuard } from ${JSON.stringify(guard)}
const asked = []
const guard = new MemoryGuard((reason) => asked.push(reason))
const held = []
const moduleOf = (update) => ({ rows: new Array(3_000).fill(update) })
for (let update = 0; update < ${updates} && asked.length === 0; update++) {
  const instance = moduleOf(update)
  if (${stays === 'modules'}) held.push(instance)
  if (${stays === 'data'}) held.push(moduleOf(update))
  guard.replaced(1, [new WeakRef(instance)])
  // A WeakRef holds what it refers to until the turn has ended.
  await new Promise(setImmediate)
}
console.log(JSON.stringify(asked))
`

function run(...given: Parameters<typeof program>): unknown {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      `--max-old-space-size=${heapMb}`,
      // All that is young stays: what so small a heap has of it would fill the old space in one go.
      '--max-semi-space-size=1',
      '--input-type=module',
      '--eval',
      program(...given),
    ],
    { encoding: 'utf8', env: {} },
  )
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

it('asks when what is replaced stays and fills the heap', () => {
  expect(run({ updates: 3000, stays: 'modules' })).toEqual([
    expect.stringMatching(/^\d+ replaced module versions, .* fill \d\d MB of 64 MB$/),
  ])
})

it('never asks where Node frees what is replaced', () => {
  expect(run({ updates: 2000, stays: 'nothing' })).toEqual([])
})

it('never asks for what the application holds itself, where Node frees what is replaced', () => {
  expect(run({ updates: 1850, stays: 'data' })).toEqual([])
})
