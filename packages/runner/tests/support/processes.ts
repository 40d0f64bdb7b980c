import { readdirSync, readFileSync } from 'node:fs'

/** Every process started with this value of the variable `HOT_RUNNER_TEST`, itself or by a parent. */
export function processesOf(mark: string): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(`HOT_RUNNER_TEST=${mark}\0`)) {
        continue
      }
      const state = readFileSync(`/proc/${name}/stat`, 'latin1').replace(/^.*\) /s, '')[0]
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ')
      if (state !== 'Z') found.push({ pid: Number(name), command })
    } catch {
      // It has ended meanwhile.
    }
  }
  return found
}

/** Whether the process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** The process group of a process. */
export function groupOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[2])
}
