import { describe, expect, it } from 'vitest'
import { express } from '../applications/express.ts'
import { koa } from '../applications/koa.ts'
import { generated } from '../cache/cache.ts'
import { Unavailable } from '../cache/workshop.ts'
import { nodeBinary } from '../harness/nodes.ts'
import { session } from '../harness/session.ts'
import { nodeWatch, ways } from '../harness/ways.ts'
import { isFault } from '../report/table.ts'

const major = process.env.HOT_HOOK_TEST_NODE ?? '24'

// The two that are quick to make and to start; all of them: `npm run apps`.
describe.each([express, koa])('$id, as its generator makes it', (application) => {
  const possible = ways.filter((way) => way !== nodeWatch && way.command(application))
  it.each(possible)(
    'no save is lost and none ends it, started with $id',
    async (way) => {
      try {
        generated(application)
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error
        console.error(`!!! NOT RUN: ${application.id} cannot be generated: ${error.message}`)
        return
      }
      const { saves, failure } = await session(application, way, {
        major,
        binary: nodeBinary(major),
      })
      expect(failure).toBeUndefined()
      expect(saves.filter(({ verdict }) => isFault(verdict))).toEqual([])
      expect(saves).toHaveLength(application.targets.length * 5)
    },
    240_000,
  )
})
