import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

// Taken when this module is loaded: before the application had a chance to add to it.
const snapshot: Record<string, string | undefined> = { ...process.env }

// Node takes these out of `process.env`; they name a channel that does not outlive an execve.
const channelVariables = ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_UNIQUE_ID']

/**
 * The environment this process was started with, without what it read from `.env` files since: given
 * to a successor, those are read anew, and their new values count.
 */
export function originalEnvironment(): Record<string, string> {
  const environment = readInitialEnvironment() ?? withoutEnvFiles(snapshot, process.execArgv)
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
  for (const file of envFiles(execArgv)) {
    for (const [name, value] of Object.entries(readEnvFile(file))) {
      fromFiles.set(name, (fromFiles.get(name) ?? new Set()).add(value ?? ''))
    }
  }
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && fromFiles.get(name)?.has(value) !== true) kept[name] = value
  }
  return kept
}

function envFiles(execArgv: readonly string[]): string[] {
  const files: string[] = []
  for (const [index, argument] of execArgv.entries()) {
    const [, joined] = /^--env-file(?:-if-exists)?=(.*)$/s.exec(argument) ?? []
    const next = execArgv[index + 1]
    if (joined !== undefined) files.push(joined)
    else if (/^--env-file(?:-if-exists)?$/.test(argument) && next !== undefined) files.push(next)
  }
  return files
}

function readEnvFile(file: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}
