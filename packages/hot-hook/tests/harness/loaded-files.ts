import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { afterEach, beforeEach, vi } from 'vitest'
import { stamp } from '../../src/files/signature.ts'
import { ModuleGraph, type ModuleNode } from '../../src/graph/module-graph.ts'
import { Freshness } from '../../src/watch/freshness.ts'

/** The directory of the test. */
export let directory: string
export let graph: ModuleGraph
export let freshness: Freshness
/** What was in the middle of a save, and is to be looked at again. */
export let rechecked: string[]

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-freshness-')))
  graph = new ModuleGraph()
  rechecked = []
  freshness = new Freshness(graph, {
    recheck: ({ file }) => rechecked.push(file),
  })
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A module whose file has this content and was loaded just now. */
export function loaded(name: string, content = 'one'): ModuleNode {
  const file = join(directory, name)
  writeFileSync(file, content)
  const node = graph.ensure(file, `file://${file}`)
  node.signature = { ...stamp(file), readAt: Date.now(), source: readFileSync(file, 'utf8') }
  return node
}

export const isChanged = (node: ModuleNode) => freshness.check([node]).length === 1

/** `vi.waitFor` on a machine that may be busy. */
export const eventually = (passes: () => void) =>
  vi.waitFor(passes, { timeout: 5_000, interval: 5 })

/** The first of them may still belong to this turn of the event loop. */
export async function nextTurn(): Promise<void> {
  await immediate()
  await immediate()
}
