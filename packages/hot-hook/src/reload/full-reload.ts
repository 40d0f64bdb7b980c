import { accessSync, constants } from 'node:fs'
import module from 'node:module'
import { coded } from '../log/codes.ts'
import type { Log } from '../log/log.ts'
import { writeTo } from '../log/output.ts'
import { isMainThread } from '../node/threads.ts'
import { missingEnvFile, originalEnvironment } from './environment.ts'
import { handOn } from './told.ts'

// Taken when this module is loaded: an application may change its arguments and its directory later.
const cwd = process.cwd()
const execArgv = [...process.execArgv]
const scriptArgv = process.argv.slice(1)

/** How long, in milliseconds, a restart waits for a reader of stdout or stderr that has stopped. */
const flushDeadline = 5_000

/**
 * Why this process cannot restart itself, as the end of 'cannot restart in place: …'; `undefined`
 * when it can.
 */
export function cannotRestartInPlace(): string | undefined {
  if (process.platform === 'win32') return 'Windows has no execve'
  if (!isMainThread) return 'this is a worker thread'
  if (execArgv.some(isInlineCode)) return 'the program was given on the command line (--eval)'
  if (scriptArgv[0] === undefined || scriptArgv[0] === '-') return 'the program came from stdin'
  if (process.permission?.has('child') === false) {
    return 'with --permission it needs --allow-child-process for that'
  }
  const missing = missingEnvFile()
  if (missing !== undefined) return `Node.js does not start without ${missing}, which is missing`
  // An update of Node.js may have removed it. Before Node 26 a failing execve aborts the process.
  if (!isExecutable(process.execPath)) return `${process.execPath} cannot be executed any more`
  return undefined
}

/**
 * Does of a restart in place what can be done while the program still answers: with a thousand modules
 * whose compiled code is not on disk yet that is most of it.
 *
 * @returns what replaces this process by a fresh start of the same program: same pid, same terminal, same
 *   arguments, the environment it was started with. It returns only by failing: it rejects with an Error
 *   when the process can no longer restart in place or the system refuses to
 * @throws an Error when the process cannot restart in place
 */
export function prepareRestart({ log }: { log: Log }): () => Promise<never> {
  assertCanRestart()
  log.debug('restarting in place: %s %j', process.execPath, [...execArgv, ...scriptArgv])
  module.flushCompileCache?.()
  const environment = originalEnvironment()
  return async () => {
    await flushOutput(performance.now() + flushDeadline)
    // To stop a server may take a while.
    assertCanRestart()
    return replaceProcess(environment)
  }
}

function assertCanRestart(): void {
  const reason = cannotRestartInPlace()
  if (reason === undefined) return
  throw coded('ERR_HOT_HOOK_RESTART', new Error(`Hot Hook cannot restart in place: ${reason}`))
}

/** Tells a process that it is the same program, started again in place. */
const restartedVariable = 'HOT_HOOK_RESTARTED'

/**
 * Says what helps when a program that was restarted in place ends before it has started up: there is
 * nobody to start it again.
 *
 * @returns a function that is to be called when it has started up
 */
export function watchRestarted(log: Log): () => void {
  const wasRestarted = process.env[restartedVariable] !== undefined
  // What the program starts is not the program.
  delete process.env[restartedVariable]
  if (!wasRestarted || !isMainThread) return () => {}
  const onExit = (code: number) => {
    if (code === 0) return
    log.hint(
      'the program could not start again, and ends. hot-runner (npm i -D @hot-hook/runner) waits for the next save',
      'HOT_HOOK_CANNOT_START',
    )
  }
  process.on('exit', onExit)
  return () => process.off('exit', onExit)
}

function replaceProcess(original: Record<string, string>): never {
  const { execve } = process
  if (execve === undefined) throw new Error('this Node.js has no process.execve')
  const directory = process.cwd()
  const argv = [process.execPath, ...execArgv, ...scriptArgv]
  try {
    process.chdir(cwd)
    // Node warns at the next tick that this is experimental: there is none.
    const environment = { ...original, ...handOn(), [restartedVariable]: '1' }
    return execve.call(process, process.execPath, argv, environment)
  } catch (error) {
    process.chdir(directory)
    throw error
  }
}

/** Waits until all that was written has left the process: execve drops what a pipe still buffers. */
async function flushOutput(deadline: number): Promise<void> {
  const streams = [process.stdout, process.stderr]
  do {
    await Promise.all(streams.map((stream) => flush(stream, deadline)))
    // One stream may be written to while the other is waited for.
  } while (streams.some((stream) => stream.writableLength > 0) && performance.now() < deadline)
}

function flush(stream: NodeJS.WriteStream, deadline: number): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) return resolve()
    const timer = setTimeout(resolve, deadline - performance.now())
    writeTo(stream, '', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    // With --permission it need not be readable.
    return (error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED'
  }
}

function isInlineCode(argument: string): boolean {
  return /^(?:-e|-p|-pe|-i|--eval|--print|--interactive)$|^--(?:eval|print)=/.test(argument)
}
