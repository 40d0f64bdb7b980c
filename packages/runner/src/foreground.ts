import { readFileSync } from 'node:fs'

/** Whether the terminal is ours, or the shell's while we run in the background. */
export function inForeground(): boolean {
  if (process.platform !== 'linux') return true
  const stat = readFileSync('/proc/self/stat', 'latin1')
  // pid (name) state parent group session terminal foreground-group ...
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
  // Without a terminal of our own nobody can put us into the background.
  return foreground === '-1' || foreground === group
}
