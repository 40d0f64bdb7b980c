import { expect } from 'vitest'
import type { Stage, Story } from '../stage.ts'

/** A page of the recipes, whose server accepts what is saved. */
export const recipe = (
  page: string,
  blocks: string[],
  rest: Omit<Story, 'name' | 'page' | 'blocks'> & { name?: string },
): Story => ({
  name: 'works',
  page: `docs/recipes/${page}.md`,
  blocks,
  ...rest,
})

/** Saves, waits for the answer of the new code, and that nothing was restarted for it. */
export async function isHot(
  stage: Stage,
  [file, from, to]: [file: string, from: string, to: string],
  answer: string,
  path = '/',
): Promise<void> {
  stage.edit(file, from, to)
  await stage.answers(answer, path)
  expect(stage.session.output).not.toContain('full reload')
}
