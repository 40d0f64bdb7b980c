import type { Story } from '../stage.ts'
import { stories as docker } from './docker.ts'
import { stories as manual } from './manual.ts'
import { stories as recipes } from './recipes.ts'
import { stories as start } from './start.ts'

/** By what they are about; each of these runs by itself. */
export const stories = { start, manual, recipes, docker }

export const allStories: Story[] = Object.values(stories).flat()
