import { applications } from './applications.ts'
import { footprint } from './footprint.ts'
import { fullReload } from './full-reload.ts'
import { handler } from './handler.ts'
import { ladders } from './ladders.ts'
import { largeProgram } from './large-program.ts'
import type { Measure } from './measure.ts'
import { memory } from './memory.ts'
import { memoryGuard } from './memory-guard.ts'
import { propagation } from './propagation.ts'
import { save } from './save.ts'
import { standby } from './standby.ts'
import { start } from './start.ts'
import { storms } from './storms/storms.ts'
import { throughput } from './throughput.ts'

/** In the order of the report. */
export const allMeasures: readonly Measure[] = [
  start,
  save,
  throughput,
  handler,
  largeProgram,
  ladders,
  propagation,
  memory,
  memoryGuard,
  storms,
  fullReload,
  applications,
  standby,
  footprint,
]
