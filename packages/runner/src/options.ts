import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { refusalOf } from './node-options.ts'

/** What `new Runner()` takes. */
export interface RunnerOptions {
  /** The script to run, relative to `cwd`; found as Node finds its main script. */
  script: string
  /** Arguments for the script, its `process.argv.slice(2)`. Default: none. */
  scriptArgs?: readonly string[]
  /** Options for Node, `['--import=tsx', '--inspect']`. Default: none. */
  nodeArgs?: readonly string[]
  /** The script's working directory. Default: that of this process. */
  cwd?: string
  /** Variables on top of `process.env`; `undefined` takes one away. Default: none. */
  env?: Readonly<Record<string, string | undefined>>
  /** The signal that tells the script to end. Default: 'SIGTERM'. */
  killSignal?: NodeJS.Signals
  /** Milliseconds between that signal (or another request to end) and SIGKILL. Default: 5000. */
  killTimeout?: number
  /** Globs of files that restart the script, relative to `cwd`, on top of Hot Hook's own. Default: none. */
  reload?: readonly string[]
  /** Globs of files that are never hot nor watched, relative to `cwd`, on top of Hot Hook's own. Default: none. */
  ignore?: readonly string[]
  /**
   * Full reloads without a refused connection: the new process starts beside the old one and takes
   * over the port. Uses `node:cluster`, so one such runner a process. Default: false.
   */
  handoff?: boolean
  /**
   * The next process is started before it is needed, and waits in front of the script for the next full
   * reload, with the packages loaded that the script loads first. `'boot'`: without them. Default: true,
   * where there is memory for it.
   */
  standby?: boolean | 'boot'
  /** Look at files at intervals, `true` or milliseconds, where the system sends no events. Default: false. */
  poll?: boolean | number
  /** End with the script when it crashes, instead of waiting for a save. Default: false. */
  exitOnCrash?: boolean
  /** The script's stdin; `pipe`: written through `runner.input`. Default: 'inherit'. */
  stdin?: 'inherit' | 'pipe' | 'ignore'
  /**
   * The script's stdout and stderr; `pipe`: given with each `start` event; `stderr`: both to that of this
   * process. Default: 'inherit'.
   */
  stdio?: 'inherit' | 'pipe' | 'ignore' | 'stderr'
}

/** `RunnerOptions`, checked, with every default in its place. */
export interface ResolvedOptions {
  script: string
  /** Absolute path of the script file. */
  scriptFile: string
  scriptArgs: readonly string[]
  nodeArgs: readonly string[]
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  killSignal: NodeJS.Signals
  killTimeout: number
  reload: readonly string[]
  ignore: readonly string[]
  handoff: boolean
  standby: boolean | 'boot'
  /** Milliseconds between two looks; `undefined`: the system's own events. */
  poll: number | undefined
  exitOnCrash: boolean
  stdin: 'inherit' | 'pipe' | 'ignore'
  stdio: 'inherit' | 'pipe' | 'ignore' | 'stderr'
}

/** An option has a value that makes no sense; the message names it and what was expected. */
export class RunnerOptionsError extends Error {
  override name = 'RunnerOptionsError'
  readonly code = 'ERR_HOT_HOOK_RUNNER_OPTIONS'
}

const defaultKillTimeout = 5000
const defaultPollInterval = 100
// A longer one would overflow Node's timers and fire at once.
const longestTimeout = 2 ** 31 - 1

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {RunnerOptionsError} for the first option that is wrong
 */
export function resolveOptions(options: RunnerOptions): ResolvedOptions {
  const known = new Set<string>(optionNames)
  for (const name of Object.keys(options)) {
    if (!known.has(name)) {
      throw new RunnerOptionsError(`Unknown option "${name}". Known: ${optionNames.join(', ')}.`)
    }
  }
  const cwd = resolve(text('cwd', options.cwd ?? process.cwd()))
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RunnerOptionsError(`cwd: there is no directory ${cwd}.`)
  }
  const script = text('script', options.script)
  return {
    script,
    scriptFile: findScript(script, cwd),
    scriptArgs: texts('scriptArgs', options.scriptArgs),
    nodeArgs: checkNodeArgs(texts('nodeArgs', options.nodeArgs)),
    cwd,
    env: options.env ?? {},
    killSignal: signal('killSignal', options.killSignal ?? 'SIGTERM'),
    killTimeout: milliseconds('killTimeout', options.killTimeout ?? defaultKillTimeout),
    reload: texts('reload', options.reload),
    ignore: texts('ignore', options.ignore),
    handoff: yesOrNo('handoff', options.handoff),
    standby: standby(options.standby ?? true),
    poll: pollInterval(options.poll),
    exitOnCrash: yesOrNo('exitOnCrash', options.exitOnCrash),
    stdin: oneOf('stdin', options.stdin, ['inherit', 'pipe', 'ignore']),
    stdio: oneOf('stdio', options.stdio, ['inherit', 'pipe', 'ignore', 'stderr']),
  }
}

const optionNames = [
  'script',
  'scriptArgs',
  'nodeArgs',
  'cwd',
  'env',
  'killSignal',
  'killTimeout',
  'reload',
  'ignore',
  'handoff',
  'standby',
  'poll',
  'exitOnCrash',
  'stdin',
  'stdio',
] as const satisfies (keyof RunnerOptions)[]

/** The file that `node <script>` would run: as it stands, with an extension, or a directory's main. */
function findScript(script: string, cwd: string): string {
  const path = resolve(cwd, script)
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  try {
    return createRequire(join(cwd, 'noop.js')).resolve(path)
  } catch {
    const what = existsSync(path) ? 'is a directory without a main file' : 'does not exist'
    throw new RunnerOptionsError(`The script ${path} ${what}. Give the path of a file to run.`)
  }
}

function checkNodeArgs(nodeArgs: readonly string[]): readonly string[] {
  for (const argument of nodeArgs) {
    const refusal = refusalOf(argument)
    if (refusal !== undefined) {
      throw new RunnerOptionsError(`${argument} cannot be used with hot-runner: ${refusal}.`)
    }
  }
  return nodeArgs
}

function pollInterval(value: unknown): number | undefined {
  if (value === undefined || value === false) return undefined
  if (value === true) return defaultPollInterval
  const interval = milliseconds('poll', value)
  if (interval === 0) throw wrong('poll', 'a number of milliseconds above 0', value)
  return interval
}

function milliseconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= longestTimeout) return value
  throw wrong(name, `a number of milliseconds, 0 to ${longestTimeout}`, value)
}

function signal(name: string, value: unknown): NodeJS.Signals {
  if (typeof value === 'string' && Object.hasOwn(constants.signals, value)) {
    return value as NodeJS.Signals
  }
  throw wrong(name, "the name of a signal, as 'SIGINT'", value)
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  throw wrong(name, 'a path', value)
}

function texts(name: string, value: unknown): readonly string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return [...value]
  throw wrong(name, 'an array of strings', value)
}

function yesOrNo(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false
  throw wrong(name, 'true or false', value)
}

function standby(value: unknown): boolean | 'boot' {
  if (typeof value === 'boolean' || value === 'boot') return value
  throw wrong('standby', "true, false or 'boot'", value)
}

function oneOf<const Value extends string>(
  name: string,
  value: unknown,
  known: readonly ['inherit', ...Value[]],
): 'inherit' | Value {
  if (value === undefined) return 'inherit'
  const found = known.find((each) => each === value)
  if (found !== undefined) return found
  const names = known.map((each) => `'${each}'`)
  throw wrong(name, `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`, value)
}

function wrong(name: string, expected: string, value: unknown): RunnerOptionsError {
  return new RunnerOptionsError(`${name}: expected ${expected}, got ${describe(value)}.`)
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
