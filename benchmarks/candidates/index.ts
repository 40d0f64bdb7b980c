import { bun } from './bun.ts'
import type { Candidate } from './candidate.ts'
import { dynohot } from './dynohot.ts'
import { hotHook } from './hot-hook.ts'
import { hotHook1 } from './hot-hook-1.ts'
import { hotRunner, hotRunner1, hotRunnerVariants } from './managed.ts'
import { node } from './node.ts'
import { nodemon, nodeWatch, tsxWatch } from './restarters.ts'
import { vite } from './vite.ts'

/** In the order of the tables. */
export const allCandidates: readonly Candidate[] = [
  node,
  hotHook,
  hotHook1,
  dynohot,
  vite,
  nodeWatch,
  tsxWatch,
  nodemon,
  bun,
  hotRunner,
  ...hotRunnerVariants,
  hotRunner1,
]

/** Those that a quick run takes unless it is told others: the limit, ours, and the nearest peers. */
export const quickCandidates: readonly Candidate[] = [node, hotHook, hotHook1, nodeWatch]
