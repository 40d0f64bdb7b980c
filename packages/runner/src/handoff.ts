import { ChildProcess } from 'node:child_process'
import cluster from 'node:cluster'
import type { Child } from './child.ts'
import { inspectorPort } from './inspector.ts'
import { type Launch, ownGroup } from './launch.ts'

/** After the last `listen`, the time a process gets for its other ports, in milliseconds. */
const otherPorts = 1000
/** How long a process may take to read a message and answer it, in milliseconds. */
const answerTime = 500

/**
 * Starts the script as a cluster worker: it listens on a port that the runner holds, so a second
 * process can listen on the same one.
 */
export function launchWorker(launch: Launch): ChildProcess {
  // Connections go to the script directly, not through the runner.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const port = inspectorPort(launch.execArgv)
  cluster.setupPrimary({
    exec: launch.script,
    args: launch.args,
    execArgv: launch.execArgv,
    cwd: launch.cwd,
    stdio: [...launch.stdio],
    serialization: 'json',
    // Without it, every worker gets a port of its own.
    ...(port !== undefined && { inspectPort: port }),
  })
  return inOwnGroup(() => cluster.fork(launch.env).process)
}

/** cluster.fork cannot pass `detached` on, and the script needs its own group here as well. */
function inOwnGroup(fork: () => ChildProcess): ChildProcess {
  const prototype: object & { spawn?: unknown } = ChildProcess.prototype
  const { spawn } = prototype
  if (!ownGroup || typeof spawn !== 'function') return fork()
  prototype.spawn = function (this: ChildProcess, options: object) {
    return spawn.call(this, { ...options, detached: true })
  }
  try {
    return fork()
  } finally {
    prototype.spawn = spawn
  }
}

/** The addresses that a process listens on. */
export class Addresses {
  readonly #of = new Map<Child, Set<string>>()

  /** The process listens on this address. */
  add(child: Child, address: string): void {
    const known = this.#of.get(child)
    if (known) known.add(address)
    else this.#of.set(child, new Set([address]))
  }

  /** Whether it serves anything at all. */
  any(child: Child): boolean {
    return this.#of.has(child)
  }

  /** Whether `next` serves all that `previous` does. */
  covers(next: Child, previous: Child): boolean {
    const has = this.#of.get(next) ?? new Set()
    return [...(this.#of.get(previous) ?? [])].every((address) => has.has(address))
  }

  /** The process has ended. */
  delete(child: Child): void {
    this.#of.delete(child)
  }
}

/**
 * Resolves to true when `next` has taken over from `previous`: it listens on the same addresses, or
 * on some and no more follow. False: it ended first.
 */
export async function takenOver(
  next: Child,
  previous: Child,
  addresses: Addresses,
): Promise<boolean> {
  let settled: NodeJS.Timeout | undefined
  const listens = new Promise<boolean>((resolve) => {
    next.on('message', (message) => {
      if (message.type !== 'hot-runner:listening') return
      clearTimeout(settled)
      if (addresses.covers(next, previous)) resolve(true)
      else settled = setTimeout(resolve, otherPorts, true)
    })
  })
  const ends = next.exited.then(() => false)
  return Promise.race([listens, ends]).finally(() => clearTimeout(settled))
}

/**
 * Lets the old process answer the requests it has, then ends it.
 *
 * @param timeout for the answers, in milliseconds
 */
export async function retire(previous: Child, timeout: number): Promise<void> {
  await previous.ask('drain', 'hot-runner:drained', timeout + answerTime)
  await previous.stop()
}

/** Takes the inspector's port from the old process, so that the new one can open it. */
export async function freeInspector(previous: Child, nodeArgs: readonly string[]): Promise<void> {
  if (inspectorPort(nodeArgs) === undefined) return
  await previous.ask('close-inspector', 'hot-runner:inspector-closed', answerTime)
}
