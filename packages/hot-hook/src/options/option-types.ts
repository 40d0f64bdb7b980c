import type { FullReloadEvent } from '../events.ts'
import type { LogLevel } from '../log/log.ts'

/** What a user can set, in `hot.init(...)` or under "hotHook" in package.json. */
export interface HotOptions {
  /**
   * The entry of the application: a path, relative to `rootDirectory` or else to the working
   * directory, or a file URL.
   *
   * @default the first argument of `hot.init`, or the script Node was started with
   */
  root?: string | undefined
  /**
   * The directory that globs and the paths of `hot.dump()` are relative to: a path or a file URL.
   *
   * @default the directory of the nearest package.json, looked for upwards from the entry; with
   *   `hot.init({ root })`, the form of 1.x, the directory of the entry
   */
  rootDirectory?: string | undefined
  /**
   * Globs: a matching file that is created, changed or deleted restarts the process. What editors
   * write beside a file (`.env.swp`, `.env~`) never does. The files of Node's `--env-file` always do.
   *
   * @default ['.env', '.env.*']
   */
  reload?: string[] | undefined
  /** The name `reload` had in 1.x. */
  restart?: string[] | undefined
  /**
   * Globs of files that are never hot: not watched and not versioned.
   *
   * @default node_modules and the timestamp files of Vite's config
   */
  ignore?: string[] | undefined
  /**
   * Globs taken back from `ignore`, such as a package of yours inside node_modules.
   *
   * @default []
   */
  include?: string[] | undefined
  /**
   * Globs: given, only these files, and imports `with { hot: 'true' }`, are boundaries.
   *
   * @default every `import()` that runs when its module has started up
   */
  boundaries?: string[] | undefined
  /**
   * `false`: the parent process says what changed. A file that it told of once is watched here as
   * well, since what comes close after a change may not be told (chokidar 5: for 50 ms).
   *
   * @default true, or false when the environment variable HOT_HOOK_WATCH is 'false'
   */
  watch?: boolean | undefined
  /**
   * How much goes to stderr. NODE_DEBUG=hot-hook shows the detail whatever this is.
   *
   * @default 'info'
   */
  log?: LogLevel | undefined
  /**
   * Turns Node's `module.enableCompileCache` on: a process that restarts compiles less, and on Node
   * 24.12 and newer so does one that loads importers again. `NODE_DISABLE_COMPILE_CACHE` turns it off.
   *
   * @default true
   */
  compileCache?: boolean | undefined
  /**
   * A file in `boundaries` that is imported statically is an error at its import.
   *
   * @default false
   */
  throwWhenBoundariesAreNotDynamicallyImported?: boolean | undefined
  /** Called instead of restarting in place when a change cannot be hot. */
  onFullReload?: ((info: FullReloadEvent) => void) | undefined
  /** The name `onFullReload` had in 1.x. */
  onFullReloadAsked?: ((info: FullReloadEvent) => void) | undefined
}

/** Options with every default filled in, paths absolute and globs compiled. */
export interface ResolvedOptions {
  root: string | undefined
  rootDirectory: string
  reload: string[]
  ignore: string[]
  include: string[]
  boundaries: string[] | undefined
  watch: boolean
  log: LogLevel
  compileCache: boolean
  throwWhenBoundariesAreNotDynamicallyImported: boolean
  onFullReload: ((info: FullReloadEvent) => void) | undefined
  /** Whether an absolute path is in `ignore` and not taken back by `include`. */
  isIgnored(file: string): boolean
  /** Whether an absolute path is in `reload`. */
  isReload(file: string): boolean
  /** Whether an absolute path is in `boundaries`; always false when that was not given. */
  isBoundary(file: string): boolean
}
