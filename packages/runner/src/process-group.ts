import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Sends a signal to a process group, 0 to ask whether it exists; false when nothing is there. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  if (process.platform === 'win32') return false
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}

/** Whether anything in the group still runs. */
export function groupRuns(group: number): boolean {
  if (!signalGroup(group, 0)) return false
  return process.platform !== 'linux' || hasLivingMember(group)
}

/** In a container nobody may collect what has ended: it stays a member of its group, as a zombie. */
function hasLivingMember(group: number): boolean {
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      // pid (name) state parent group ...
      const [state, , memberOf] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
      return Number(memberOf) === group && state !== 'Z' && state !== 'X'
    } catch {
      return false
    }
  })
}

/** Ends a process and everything in its group at once. */
export function killTree(pid: number): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => {})
    return
  }
  if (signalGroup(pid, 'SIGKILL')) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
