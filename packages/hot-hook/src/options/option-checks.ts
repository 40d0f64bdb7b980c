import type { ErrorCode } from '../log/codes.ts'
import { show } from '../log/show.ts'
import type { HotOptions } from './option-types.ts'

/** An option that Hot Hook cannot work with. */
export class HotHookOptionsError extends Error {
  // Written out, since what is built has shorter names.
  static override readonly name = 'HotHookOptionsError'
  override readonly name = 'HotHookOptionsError'
  readonly code: ErrorCode = 'ERR_HOT_HOOK_OPTIONS'
}

export type OptionName = keyof HotOptions
type Check = (value: unknown) => string | undefined

const checks: Record<OptionName, { expected: string; check: Check }> = {
  root: { expected: 'the path or file URL of the entry', check: checkPath },
  rootDirectory: { expected: 'the path or file URL of a directory', check: checkPath },
  reload: globOption("['.env', 'config/**']"),
  restart: globOption("['.env', 'config/**']"),
  ignore: globOption("['**/generated/**']"),
  include: globOption("['**/node_modules/@my-org/**']"),
  boundaries: globOption("['app/controllers/**']"),
  watch: { expected: 'true or false', check: ofType('boolean') },
  log: { expected: "'silent', 'info' or 'debug'", check: checkLogLevel },
  compileCache: { expected: 'true or false', check: ofType('boolean') },
  throwWhenBoundariesAreNotDynamicallyImported: {
    expected: 'true or false',
    check: ofType('boolean'),
  },
  onFullReload: { expected: 'a function', check: ofType('function') },
  onFullReloadAsked: { expected: 'a function', check: ofType('function') },
}

/**
 * What was given, with 1.x names replaced by today's and what is undefined left out.
 *
 * @throws HotHookOptionsError
 */
export function validateOptions(given: unknown, source: string): HotOptions {
  if (given === undefined) return {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new HotHookOptionsError(
      `Hot Hook's options in ${source} must be an object such as { reload: ['.env'] }, got ${show(given)}`,
    )
  }
  const valid: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) throw unknownOption(name, source)
    if (value === undefined) continue
    const problem = checks[name as OptionName].check(value)
    if (problem !== undefined) throw invalidOption(name as OptionName, problem, source)
    valid[name] = value
  }
  renameOption(valid, 'restart', 'reload', source)
  renameOption(valid, 'onFullReloadAsked', 'onFullReload', source)
  return valid
}

function renameOption(
  options: Record<string, unknown>,
  from: OptionName,
  to: OptionName,
  source: string,
): void {
  if (!(from in options)) return
  if (to in options) {
    throw new HotHookOptionsError(
      `Options '${from}' and '${to}' in ${source} are the same option: give only '${to}'`,
    )
  }
  options[to] = options[from]
  delete options[from]
}

function globOption(example: string): { expected: string; check: Check } {
  const expected = `a list of globs such as ${example}`
  return { expected, check: checkGlobs }
}

function checkGlobs(value: unknown): string | undefined {
  if (!Array.isArray(value)) return show(value)
  const bad = value.findIndex((glob) => typeof glob !== 'string' || glob.trim() === '')
  return bad === -1 ? undefined : `${show(value[bad])} at index ${bad}`
}

function checkPath(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : show(value)
}

function checkLogLevel(value: unknown): string | undefined {
  return value === 'silent' || value === 'info' || value === 'debug' ? undefined : show(value)
}

function ofType(type: 'boolean' | 'function'): Check {
  return (value) => {
    const right = typeof value === type
    return right ? undefined : show(value)
  }
}

/** The error of an option whose value is not what was expected. */
export function invalidOption(
  option: OptionName,
  problem: string,
  source: string,
): HotHookOptionsError {
  return new HotHookOptionsError(
    `Option '${option}' in ${source} must be ${checks[option].expected}, got ${problem}`,
  )
}

function unknownOption(name: string, source: string): HotHookOptionsError {
  const known = Object.keys(checks)
  const near = known
    .map((option) => ({ option, distance: editDistance(name.toLowerCase(), option.toLowerCase()) }))
    .filter(({ option, distance }) => isMeant(name, option, distance))
    .sort((a, b) => a.distance - b.distance)
  // 'rootDir' is the beginning of 'rootDirectory', though closer to 'root'.
  const begun = near.find(({ option }) => option.toLowerCase().startsWith(name.toLowerCase()))
  const meant = begun ?? near[0]
  const hint = meant ? `did you mean '${meant.option}'?` : `the options are ${known.join(', ')}`
  return new HotHookOptionsError(`Unknown option '${name}' in ${source}: ${hint}`)
}

/** A slip of the keys, or another form of the word: 'boundary', 'rootDir', 'watchFiles'. */
function isMeant(name: string, option: string, distance: number): boolean {
  if (distance <= Math.max(2, Math.floor(name.length / 3))) return true
  const shorter = Math.min(name.length, option.length)
  let start = 0
  while (start < shorter && name[start]?.toLowerCase() === option[start]?.toLowerCase()) start++
  return start >= 3 && start >= (shorter * 2) / 3
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const substituted = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
