import { cpus, loadavg, release, totalmem, type } from 'node:os'
import type { Machine } from './figures.ts'

export function describeMachine(loadAtStart: number): Machine {
  const processors = cpus()
  return {
    node: process.version,
    system: `${type()} ${release()} (${process.arch})`,
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: [loadAtStart, loadavg()[0] ?? Number.NaN],
  }
}
