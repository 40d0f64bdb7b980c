import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../harness/nodes.ts'
import { checkSeed, describeFinding } from './check-seed.ts'
import { kinds } from './kinds.ts'

/** New programs at each run, so that many runs see much; a failure names its seed. */
const firstSeed = Number(process.env.HOT_HOOK_ORACLE_SEED ?? Date.now() % 1e9)

describe.each(kinds)('the oracle: %s', (kind) => {
  it.each(nodeMajors)('answers as a fresh process after each edit on Node %s', async (node) => {
    const finding = await checkSeed(kind, node, firstSeed, {
      edits: 10,
      isSampled: true,
      shrinkMs: 20_000,
    })
    expect(finding && describeFinding(finding)).toBe(undefined)
  })
})
