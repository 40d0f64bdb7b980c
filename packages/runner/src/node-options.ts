/**
 * The options of Node 22, 24 and 26 that take a value, which may be the next argument
 * (`--import tsx`) as well as `--import=tsx`. Node has no public list of them, and without one
 * `tsx` would be taken for the script. A test compares this list with what each Node says itself.
 */
export const nodeValueOptions: readonly string[] = [
  'allow-fs-read',
  'allow-fs-write',
  'bench-isolation',
  'bench-name-pattern',
  'bench-reporter',
  'bench-reporter-destination',
  'bench-samples',
  'bench-warmup',
  'build-sea',
  'build-snapshot-config',
  'conditions',
  'cpu-prof-dir',
  'cpu-prof-interval',
  'cpu-prof-name',
  'debug-port',
  'diagnostic-dir',
  'disable-proto',
  'disable-warning',
  'dns-result-order',
  'env-file',
  'env-file-if-exists',
  'es-module-specifier-resolution',
  'eval',
  'experimental-config-file',
  'experimental-default-type',
  'experimental-loader',
  'experimental-package-map',
  'experimental-sea-config',
  'experimental-test-isolation',
  'experimental-test-tag-filter',
  'heap-prof-dir',
  'heap-prof-interval',
  'heap-prof-name',
  'heapsnapshot-near-heap-limit',
  'heapsnapshot-signal',
  'icu-data-dir',
  'import',
  'input-type',
  'inspect-port',
  'inspect-publish-uid',
  'loader',
  'localstorage-file',
  'max-http-header-size',
  'max-old-space-size-percentage',
  'network-family-autoselection-attempt-timeout',
  'openssl-config',
  'redirect-warnings',
  'report-dir',
  'report-directory',
  'report-filename',
  'report-signal',
  'require',
  'run',
  'secure-heap',
  'secure-heap-min',
  'security-revert',
  'security-reverts',
  'snapshot-blob',
  'stack-trace-limit',
  'test-concurrency',
  'test-coverage-branches',
  'test-coverage-exclude',
  'test-coverage-functions',
  'test-coverage-include',
  'test-coverage-lines',
  'test-global-setup',
  'test-isolation',
  'test-name-pattern',
  'test-random-seed',
  'test-reporter',
  'test-reporter-destination',
  'test-rerun-failures',
  'test-shard',
  'test-skip-pattern',
  'test-timeout',
  'title',
  'tls-cipher-list',
  'tls-keylog',
  'trace-event-categories',
  'trace-event-file-pattern',
  'trace-require-module',
  'unhandled-rejections',
  'use-largepages',
  'v8-pool-size',
  'vfs-load',
  'vfs-mount',
  'watch-kill-signal',
  'watch-path',
]

/** Their one-letter forms. */
export const nodeShortOptions: Readonly<Record<string, string>> = {
  conditions: 'C',
  eval: 'e',
  require: 'r',
}

const watching = 'hot-runner watches by itself: leave it out'
const noScript = 'hot-runner starts a script file: put the code in one'

const refused = new Map([
  ['--eval', noScript],
  ['-e', noScript],
  ['--print', noScript],
  ['-p', noScript],
  ['-pe', noScript],
  ['--interactive', noScript],
  ['-i', noScript],
  ['--check', 'it runs nothing: use node itself'],
  ['-c', 'it runs nothing: use node itself'],
  ['--run', 'use node itself, with hot-runner inside the script of package.json'],
  ['--test', 'for tests use node itself, or a test runner with a watch mode'],
])

/** Why an option of Node makes no sense under the runner, with what to do instead. */
export function refusalOf(nodeArgument: string): string | undefined {
  const name = nodeArgument.split('=', 1)[0] ?? ''
  if (/^--watch(-|$)/.test(name.replaceAll('_', '-'))) return watching
  return refused.get(name)
}

/** All options that Node gets: those in NODE_OPTIONS, which it reads first, and those given. */
export function effectiveNodeArgs(
  env: Readonly<Record<string, string | undefined>>,
  nodeArgs: readonly string[],
): string[] {
  return [...splitOptions({ ...process.env, ...env }.NODE_OPTIONS ?? ''), ...nodeArgs]
}

/** As Node reads it: blanks separate, but not within double quotes. */
function splitOptions(text: string): string[] {
  const options = text.match(/(?:[^\s"]|"(?:\\.|[^"\\])*")+/g) ?? []
  return options.map((option) =>
    option.replace(/"((?:\\.|[^"\\])*)"/g, '$1').replace(/\\(.)/g, '$1'),
  )
}
