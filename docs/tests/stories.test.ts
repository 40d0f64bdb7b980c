import { describe, test } from 'vitest'
import { Stage } from './stage.ts'
import { stories as start } from './stories/start.ts'

describe.each([['start', start]] as const)('pages tried as a reader would: %s', (_, stories) => {
  test.each(stories)('$page: $name', async (story) => {
    const stage = new Stage(story)
    await using _session = stage.session
    await story.play(stage)
  })
})
