import type { Story } from '../stage.ts'
import { stories as databases } from './databases.ts'
import { stories as docker } from './docker.ts'
import { stories as events } from './events.ts'
import { stories as manual } from './manual.ts'
import { stories as recipes } from './recipes.ts'
import { stories as runner } from './runner.ts'
import { stories as start } from './start.ts'

/** By what they are about. */
export const stories = { start, manual, runner, events, recipes, databases, docker }

export const allStories: Story[] = Object.values(stories).flat()
