import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearestPackage, statOf } from '../files/directory.ts'
import { isEditorFile } from '../files/editor-file.ts'
import { show } from '../log/show.ts'
import { isCommand } from './command.ts'
import { compileGlobs, escapeGlob } from './glob.ts'
import { invalidOption, type OptionName, validateOptions } from './option-checks.ts'
import type { HotOptions, ResolvedOptions } from './option-types.ts'

export type { LogLevel } from '../log/log.ts'
export { HotHookOptionsError } from './option-checks.ts'
export type { HotOptions, ResolvedOptions } from './option-types.ts'

const defaultReload = ['.env', '.env.*']
const defaultIgnore = [
  '**/node_modules/**',
  // Vite writes its config to such a file for a moment and imports that.
  '**/vite.config.js.timestamp*',
  '**/vite.config.ts.timestamp*',
]

/**
 * Checks what a user gave and fills in the defaults.
 *
 * @param given options as they came, of any shape; `undefined` is the same as `{}`
 * @param context.cwd what relative paths are relative to
 * @param context.entry the entry when `root` is not given: a path or file URL; one that does not
 *   exist is not used
 * @param context.previous options given earlier; those in `given` replace them
 * @param context.source where `given` was written, for the error
 * @param context.isOldForm `hot.init({ root })`: `rootDirectory` is the directory of the entry, as in 1.x
 * @param context.envFiles absolute paths of the files that Node has read variables from
 * @returns the resolved options, and all that was given so far, to be the next `previous`
 * @throws HotHookOptionsError that names the option, what was expected and what was found
 */
export function resolveOptions(
  given: unknown,
  context: {
    cwd: string
    entry?: string | undefined
    previous?: HotOptions | undefined
    source?: string | undefined
    isOldForm?: boolean | undefined
    envFiles?: readonly string[] | undefined
  },
): { options: ResolvedOptions; given: HotOptions } {
  const source = context.source ?? 'hot.init'
  const merged: HotOptions = { ...context.previous, ...validateOptions(given, source) }
  const { root, rootDirectory } = locate(merged, context, source)
  if (context.isOldForm) Object.assign(merged, { root, rootDirectory })
  const envFiles = (context.envFiles ?? []).map(escapeGlob)
  const { HOT_HOOK_RELOAD, HOT_HOOK_IGNORE } = process.env
  const runnersReload = runnersGlobs(HOT_HOOK_RELOAD, context.cwd)
  const reload = [...(merged.reload ?? defaultReload), ...envFiles, ...runnersReload]
  const ignore = [
    ...(merged.ignore ?? defaultIgnore),
    ...runnersGlobs(HOT_HOOK_IGNORE, context.cwd),
  ]
  const include = merged.include ?? []
  const { boundaries } = merged
  const matches = (option: OptionName, globs: readonly string[]) =>
    compile(option, globs, rootDirectory, source)
  const isInIgnore = matches('ignore', ignore)
  const isIncluded = include.length > 0 ? matches('include', include) : undefined
  return {
    given: merged,
    options: {
      root,
      rootDirectory,
      reload,
      ignore,
      include,
      boundaries,
      watch: merged.watch ?? process.env.HOT_HOOK_WATCH !== 'false',
      log: merged.log ?? 'info',
      compileCache: merged.compileCache ?? true,
      throwWhenBoundariesAreNotDynamicallyImported:
        merged.throwWhenBoundariesAreNotDynamicallyImported ?? false,
      onFullReload: merged.onFullReload,
      isIgnored: (file) => isInIgnore(file) && isIncluded?.(file) !== true,
      isReload: reloadTest(matches('reload', reload)),
      isBoundary: boundaries === undefined ? () => false : matches('boundaries', boundaries),
    },
  }
}

function reloadTest(matches: (file: string) => boolean): (file: string) => boolean {
  return (file) => matches(file) && !isEditorFile(file)
}

/** What the runner was given on its command line: a list as JSON, relative to the working directory. */
function runnersGlobs(list: string | undefined, cwd: string): string[] {
  const globs: string[] = list === undefined ? [] : JSON.parse(list)
  const base = `${escapeGlob(cwd)}/`
  return globs.map((glob) =>
    glob.startsWith('**') || isAbsolute(glob)
      ? glob
      : glob.replace(/^(!?)(?:\.\/)?/, (_, not: string) => not + base),
  )
}

function locate(
  options: HotOptions,
  context: { cwd: string; entry?: string | undefined; isOldForm?: boolean | undefined },
  source: string,
): { root: string | undefined; rootDirectory: string } {
  const given =
    options.rootDirectory === undefined
      ? undefined
      : existing('rootDirectory', options.rootDirectory, context.cwd, source)
  const root =
    options.root === undefined
      ? findEntry(context.entry, context.cwd)
      : existing('root', options.root, given ?? context.cwd, source)
  const isElsewhere = root === undefined || (options.root === undefined && isCommand(root))
  const start = isElsewhere ? context.cwd : dirname(root)
  if (given !== undefined || context.isOldForm) return { root, rootDirectory: given ?? start }
  return { root, rootDirectory: nearestPackage(start) ?? start }
}

/** The real path of an option's file or directory, or one clear error. */
function existing(
  option: 'root' | 'rootDirectory',
  value: string,
  base: string,
  source: string,
): string {
  const path = toPath(value, base)
  const stats = path === undefined ? undefined : statOf(path)
  if (path === undefined || stats === undefined) {
    throw invalidOption(option, `${show(value)}, which does not exist`, source)
  }
  if (option === 'root' && stats.isDirectory()) {
    const problem = `${show(value)}, which is a directory (that would be 'rootDirectory')`
    throw invalidOption(option, problem, source)
  }
  if (option === 'rootDirectory' && !stats.isDirectory()) {
    throw invalidOption(option, `${show(value)}, which is no directory`, source)
  }
  // Node names modules by their real path: globs are relative to the same.
  return realpathSync(path)
}

/** The real path of the script that Node was given, when it is a file. */
export function findEntry(entry: string | undefined, cwd: string): string | undefined {
  const path = entry === undefined ? undefined : toPath(entry, cwd)
  if (path === undefined || statOf(path)?.isFile() !== true) return undefined
  return realpathSync(path)
}

function toPath(value: string, base: string): string | undefined {
  if (isAbsolute(value) || !/^file:/i.test(value)) return resolve(base, value)
  try {
    return fileURLToPath(value)
  } catch {
    return undefined
  }
}

function compile(
  option: OptionName,
  globs: readonly string[],
  rootDirectory: string,
  source: string,
): (file: string) => boolean {
  try {
    return compileGlobs(globs, rootDirectory)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalidOption(option, `${show(globs)} (${reason})`, source)
  }
}
