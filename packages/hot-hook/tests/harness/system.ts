import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What a process of Linux holds of the system: open files, and directories that it watches. */
export function heldBy(pid: number): { descriptors: number; watches: number } {
  const directory = `/proc/${pid}`
  let descriptors = 0
  let watches = 0
  for (const fd of readdirSync(`${directory}/fd`)) {
    try {
      const isInotify = readlinkSync(`${directory}/fd/${fd}`) === 'anon_inode:inotify'
      const info = readFileSync(`${directory}/fdinfo/${fd}`, 'utf8')
      descriptors++
      if (isInotify) watches += info.match(/^inotify wd:/gm)?.length ?? 0
    } catch {
      // It was closed meanwhile.
    }
  }
  return { descriptors, watches }
}
