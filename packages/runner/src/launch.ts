import { type ChildProcess, spawn } from 'node:child_process'
import type { ResolvedOptions } from './options.ts'
import { marker } from './preload-protocol.ts'
import { preloadArgs } from './preloads.ts'
import { whyImpossible } from './standby/possible.ts'

type Stdio = 'inherit' | 'pipe' | 'ignore' | 2

/** What it takes to start the script once. */
export interface Launch {
  /** Options for Node: ours, then the user's. */
  execArgv: string[]
  script: string
  args: string[]
  cwd: string
  env: NodeJS.ProcessEnv
  /** The channel for messages, and a pipe for the preload. */
  stdio: [Stdio, Stdio, Stdio, 'ipc', 'pipe']
}

/**
 * Reads everything anew, so that a restart sees today's environment and installed packages.
 *
 * @param isAhead the process is to wait in front of the script
 */
export function prepareLaunch(options: ResolvedOptions, isAhead = false): Launch {
  const { stdin } = options
  const stdio = options.stdio === 'stderr' ? 2 : options.stdio
  const { first, last } = preloadArgs(options)
  return {
    execArgv: [...first, ...options.nodeArgs, ...last],
    script: options.scriptFile,
    args: [...options.scriptArgs],
    cwd: options.cwd,
    env: environment(options, isAhead),
    stdio: [stdin, stdio, stdio, 'ipc', 'pipe'],
  }
}

/** Starts the script; its messages come over the channel as JSON, which every Node speaks. */
export function launchProcess(launch: Launch): ChildProcess {
  return spawn(process.execPath, [...launch.execArgv, launch.script, ...launch.args], {
    cwd: launch.cwd,
    env: launch.env,
    stdio: launch.stdio,
    serialization: 'json',
    detached: ownGroup,
  })
}

/**
 * The script leads a process group of its own. So a signal reaches it once, from the runner, and not
 * a second time from the terminal; and what it leaves behind can be found and ended.
 */
export const ownGroup = process.platform !== 'win32'

function environment(options: ResolvedOptions, isAhead: boolean): NodeJS.ProcessEnv {
  const { killTimeout, handoff, poll, reload, ignore } = options
  const standby = whyImpossible(options) !== undefined ? 0 : isAhead ? 2 : 1
  return {
    ...process.env,
    // chokidar reads these in the application, too.
    ...(poll !== undefined && { CHOKIDAR_USEPOLLING: 'true', CHOKIDAR_INTERVAL: String(poll) }),
    ...options.env,
    ...(reload.length > 0 && { HOT_HOOK_RELOAD: JSON.stringify(reload) }),
    ...(ignore.length > 0 && { HOT_HOOK_IGNORE: JSON.stringify(ignore) }),
    // Hot Hook leaves to us what we show ourselves.
    HOT_RUNNER: String(process.pid),
    [marker]: [killTimeout, handoff ? 1 : 0, standby].join(','),
  }
}
