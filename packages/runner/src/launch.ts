import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { ResolvedOptions } from './options.ts'
import { marker } from './preload-protocol.ts'

type Stdio = ResolvedOptions['stdio']

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

/** Reads everything anew, so that a restart sees today's environment and installed packages. */
export function prepareLaunch(options: ResolvedOptions): Launch {
  const preload = new URL('./preload.js', import.meta.url).href
  const { stdin, stdio } = options
  return {
    execArgv: [
      `--import=${preload}`,
      `--import=${registerUrl(options.scriptFile)}`,
      ...options.nodeArgs,
    ],
    script: options.scriptFile,
    args: [...options.scriptArgs],
    cwd: options.cwd,
    env: environment(options),
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

/** The application's own Hot Hook, else the one that came with the runner. */
function registerUrl(scriptFile: string): string {
  try {
    return pathToFileURL(createRequire(scriptFile).resolve('hot-hook/register')).href
  } catch {
    return import.meta.resolve('hot-hook/register')
  }
}

function environment(options: ResolvedOptions): NodeJS.ProcessEnv {
  const { killTimeout, handoff, poll } = options
  return {
    ...process.env,
    // chokidar reads these in the application, too.
    ...(poll !== undefined && { CHOKIDAR_USEPOLLING: 'true', CHOKIDAR_INTERVAL: String(poll) }),
    ...options.env,
    // Hot Hook leaves to us what we show ourselves.
    HOT_RUNNER: String(process.pid),
    [marker]: [killTimeout, handoff ? 1 : 0].join(','),
  }
}
