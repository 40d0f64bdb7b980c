import type { PerformanceNodeTiming } from 'node:perf_hooks'

/** A turn of the event loop, and how long the loop had waited by then, in milliseconds. */
export interface LoopMoment {
  readonly turn: number
  readonly idleMs: number
}

let timing: PerformanceNodeTiming | undefined

/** Its getters are what is read with every request. Node loads it when it is first asked for. */
export function nodeTiming(): PerformanceNodeTiming {
  timing ??= performance.nodeTiming
  return timing
}

/** How often the event loop has turned. To read that costs less than to have it turn once more to be told. */
export function eventLoopTurn(): number {
  return nodeTiming().uvMetricsInfo.loopCount
}

/** Now, in turns of the event loop. */
export function loopMoment(): LoopMoment {
  return { turn: eventLoopTurn(), idleMs: nodeTiming().idleTime }
}
