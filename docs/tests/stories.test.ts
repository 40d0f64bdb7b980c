import { describe, test } from 'vitest'
import { Stage } from './stage.ts'
import { stories } from './stories/index.ts'

describe.each(Object.entries(stories))('tried as a reader would: %s', (_, told) => {
  test.each(told)('$page: $name', async (story) => {
    const stage = new Stage(story)
    await using _session = stage.session
    try {
      await story.play(stage)
    } finally {
      await stage.end()
    }
  })
})
