import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../harness/nodes.ts'
import { checkSeed, describeFinding } from './check-seed.ts'
import { kinds } from './kinds.ts'

/** Always the same programs: new ones are the business of `npm run oracle`. */
const seed = 1

// Most of the time they wait for what the watcher says.
describe.concurrent.each(kinds)('the oracle: %s', (kind) => {
  it.concurrent.each(nodeMajors)(
    'after each edit Node %s answers as if started then',
    async (node) => {
      const finding = await checkSeed(kind, node, seed, { edits: 10, isSampled: true, shrinkMs: 0 })
      expect(finding && describeFinding(finding)).toBe(undefined)
    },
  )
})
