import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The processes that a process has started, where there is a /proc to ask. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
  }
}

/**
 * The peak memory, in MB, of a process and all its children together: the managers that restart
 * processes have one of their own. `undefined` where there is no /proc to ask.
 */
export function peakMemoryOfTree(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const own = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
    return childrenOf(pid).reduce((total, child) => total + (peakMemoryOfTree(child) ?? 0), own)
  } catch {
    return undefined
  }
}

/** The clock of /proc/<pid>/stat: 100 ticks a second on every Linux that Node supports. */
const ticksPerSecond = 100

/** User and system time, in seconds, of a process and all its children; `undefined` without /proc. */
export function cpuSeconds(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in parentheses and may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const own = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    return childrenOf(pid).reduce((total, child) => total + (cpuSeconds(child) ?? 0), own)
  } catch {
    return undefined
  }
}

/** The command line of a process. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** Memory of one process in MB: all that it has, and what no other process has as well. */
export function memoryOf(pid: number): { residentMb: number; ownMb: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const of = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1])
    const ownMb = (of('Private_Clean') + of('Private_Dirty')) / 1024
    return { residentMb: of('Rss') / 1024, ownMb }
  } catch {
    return undefined
  }
}

/** Open files of one process, and the directories and files that it watches; `undefined` without /proc. */
export function heldBy(pid: number): { descriptors: number; watches: number } | undefined {
  try {
    const names = readdirSync(`/proc/${pid}/fd`)
    const inotify = names.filter((name) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${name}`) === 'anon_inode:inotify'
      } catch {
        return false
      }
    })
    const watches = inotify.flatMap(
      (name) => readFileSync(`/proc/${pid}/fdinfo/${name}`, 'utf8').match(/^inotify wd:/gm) ?? [],
    )
    return { descriptors: names.length, watches: watches.length }
  } catch {
    return undefined
  }
}
