import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { play } from '../recording/play.ts'
import { render } from '../recording/render.ts'
import { root } from './pages.ts'

/** Without times and durations, which differ. */
const timeless = (svg: string) =>
  svg.replace(/\d\d:\d\d:\d\d/g, '<time>').replace(/[\d.]+ ms/g, '<duration>')

test('the recording shows what is to be seen today; node docs/recording/record.ts makes it', async () => {
  const recorded = readFileSync(join(root, 'docs/recording.svg'), 'utf8')
  expect(timeless(recorded)).toBe(timeless(render(await play())))
})
