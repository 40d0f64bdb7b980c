import type { ExplainedMessage } from 'hot-hook/protocol'
import { Child } from './child.ts'
import { Guard } from './guard.ts'
import { launchProcess, prepareLaunch } from './launch.ts'
import { type RunnerOptions, RunnerOptionsError, resolveOptions } from './options.ts'

/** What a save of one file would do. */
export type Explanation = ExplainedMessage['files'][number]

/** How long a script may take to start up, in milliseconds. */
const startTime = 60_000
const shownOutput = 4_000

/**
 * Starts the script once, asks its Hot Hook what a save of each file would do, and ends it.
 *
 * @param files absolute paths; without, every file that the script has loaded by then
 * @throws {RunnerOptionsError} when the script cannot be asked; its cause is what the script has said
 */
export async function diagnose(options: RunnerOptions, files?: string[]): Promise<Explanation[]> {
  const resolved = resolveOptions({
    ...options,
    stdin: 'ignore',
    stdio: 'pipe',
    handoff: false,
    standby: false,
  })
  const guard = new Guard(resolved.killTimeout)
  const child = new Child(launchProcess(prepareLaunch(resolved)), guard, resolved)
  let output = ''
  for (const stream of [child.process.stdout, child.process.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-shownOutput)
    })
  }
  const kill = () => child.kill()
  process.on('exit', kill)
  try {
    const answer = await answerOf(child, files)
    if (answer) return answer
    throw new RunnerOptionsError(await problemOf(child, resolved.script), { cause: output })
  } finally {
    await child.stop()
    process.off('exit', kill)
    guard.close()
  }
}

/** What it says when it has started up; `undefined` when it ends or takes too long. */
function answerOf(child: Child, files: string[] | undefined): Promise<Explanation[] | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), startTime)
    const end = (answer?: Explanation[]) => {
      clearTimeout(timer)
      resolve(answer)
    }
    child.on('message', (message) => {
      if (message.type === 'hot-hook:started') {
        child.message({ type: 'hot-hook:explain', ...(files && { files }) })
      } else if (message.type === 'hot-hook:explained') end(message.files)
    })
    void child.exited.then(() => end())
  })
}

async function problemOf(child: Child, script: string): Promise<string> {
  const isRunning = child.process.exitCode === null && child.process.signalCode === null
  if (isRunning) {
    return `${script} has not started up within ${startTime / 1000} s, or has an older Hot Hook`
  }
  const { code, signal } = await child.exited
  if (child.takenPort !== undefined) {
    return `${script} cannot listen: port ${child.takenPort} is taken. Stop what listens there, or give it another one`
  }
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
  return `${script} ${how} before it could be asked`
}
