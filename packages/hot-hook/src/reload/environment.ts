import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
// As a whole: Node 18, which is told that it is too old, has no `parseEnv`.
import util from 'node:util'

// Taken when this module is loaded: before the application had a chance to change them.
const snapshot: Record<string, string | undefined> = { ...process.env }
const cwd = process.cwd()
const ownExecArgv = [...process.execArgv]

// Node takes these out of `process.env`; they name a channel that does not outlive an execve.
const channelVariables = ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_UNIQUE_ID']

/**
 * The environment this process was started with, without what it read from `.env` files since: given
 * to a successor, those are read anew, and their new values count.
 */
export function originalEnvironment(): Record<string, string> {
  const environment = readInitialEnvironment() ?? withoutEnvFiles(snapshot, ownExecArgv)
  for (const name of channelVariables) delete environment[name]
  return environment
}

/** What the kernel keeps of the environment at the start; Linux only. */
function readInitialEnvironment(): Record<string, string> | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return parseEnviron(readFileSync('/proc/self/environ', 'utf8'))
  } catch {
    return undefined
  }
}

/** `NAME=value` entries, each ended by a NUL. */
export function parseEnviron(text: string): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const entry of text.split('\0')) {
    const equals = entry.indexOf('=')
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1)
  }
  return environment
}

/** `environment` without the variables that have the value which an `--env-file` gives them. */
export function withoutEnvFiles(
  environment: Record<string, string | undefined>,
  execArgv: readonly string[],
): Record<string, string> {
  const fromFiles = new Map<string, Set<string>>()
  for (const { path } of envFiles(execArgv)) {
    for (const [name, value] of Object.entries(readEnvFile(path))) {
      fromFiles.set(name, (fromFiles.get(name) ?? new Set()).add(value ?? ''))
    }
  }
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && fromFiles.get(name)?.has(value) !== true) kept[name] = value
  }
  return kept
}

/** A file that Node is told to read variables from. */
interface EnvFile {
  /** As it was given. */
  path: string
  /** Without it Node does not start. */
  isRequired: boolean
}

function envFiles(execArgv: readonly string[]): EnvFile[] {
  const files: EnvFile[] = []
  for (const [index, argument] of execArgv.entries()) {
    if (!argument.startsWith('--env')) continue
    const option = /^--env[-_]file([-_]if[-_]exists)?(?:=(.*))?$/s.exec(argument)
    const path = option?.[2] ?? execArgv[index + 1]
    if (option && path) files.push({ path, isRequired: option[1] === undefined })
  }
  return files
}

/** The files that this process has read variables from when it started, absolute paths. */
export function ownEnvFiles(): string[] {
  return envFiles(ownExecArgv).map(({ path }) => resolve(cwd, path))
}

/** Those of them without which it would not have started, absolute paths. */
export function requiredEnvFiles(): string[] {
  const required = envFiles(ownExecArgv).filter(({ isRequired }) => isRequired)
  return required.map(({ path }) => resolve(cwd, path))
}

/** A file that is gone and without which Node would not start again. */
export function missingEnvFile(): string | undefined {
  return requiredEnvFiles().find((path) => !existsSync(path))
}

function readEnvFile(file: string): Record<string, string | undefined> {
  try {
    return util.parseEnv(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}
