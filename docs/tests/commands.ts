import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCommand } from '../../packages/runner/src/cli.ts'
import { nodeShortOptions, nodeValueOptions } from '../../packages/runner/src/node-options.ts'
import { readStatusOptions } from '../../packages/runner/src/status-command.ts'
import { root } from './pages.ts'

/** What is written as it stands: it needs rights, or a project of the reader's. */
const known = [
  'npm init -y',
  'npm pkg set type=module',
  'node ace serve --hmr',
  'npm run dev --workspace @acme/api',
  'tsc --watch --noEmit --preserveWatchOutput',
  'tsc --watch --preserveWatchOutput',
  'echo fs.inotify.max_user_watches=524288 | sudo tee /etc/sysctl.d/40-inotify.conf',
  'sudo sysctl --system',
]

/** Packages that a reader is told to install. */
const packages = new Set([
  'hot-hook',
  '@hot-hook/runner',
  ...['hot-hook', 'runner'].flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
    return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  }),
  ...Object.keys(JSON.parse(readFileSync(join(root, 'docs/package.json'), 'utf8')).devDependencies),
])

const preFile = join(root, '.changeset/pre.json')
const pre = existsSync(preFile) && JSON.parse(readFileSync(preFile, 'utf8'))
/** What names a release of ours while npm gives an older one by default. */
const tag = pre && pre.mode === 'pre' ? `@${pre.tag}` : ''
/** A package without its version or tag. */
const plain = (name: string) => name.replace(/(?<=.)@.*$/, '')
const isOurs = (name: string) => /^(?:hot-hook|@hot-hook\/\w+)(?:@|$)/.test(name)

const scripts: Record<string, string> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).scripts

/** What is wrong with a line of a shell, `undefined` when a reader can type it. */
export function problemOf(line: string): string | undefined {
  const command = line.replace(/\s+#.*$/, '').trim()
  if (command === '' || command.startsWith('#') || known.includes(command)) return undefined
  const [program = '', ...args] = wordsOf(command.replace(/^(?:[A-Z_]+=\S+ )+/, ''))
  const [first = '', ...rest] = args
  if (program === 'npx') return problemOf(args.join(' '))
  if (program.replace(/^node_modules\/\.bin\//, '') === 'hot-runner') return runnerProblem(args)
  if (program === 'node') return nodeProblem(args)
  if (program === 'npm' && first === 'install') return unknownPackage(rest)
  if (program === 'npm' && (first === 'start' || first === 'test')) return missingScript(first)
  if (program === 'npm' && first === 'run') return missingScript(rest[0])
  if (program === 'pnpm') return missingScript(first)
  return `nobody has said how to check "${program}"`
}

/** Words as a shell reads them, as far as a manual needs it. */
function wordsOf(command: string): string[] {
  return (command.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? []).map((word) => word.replace(/['"]/g, ''))
}

function runnerProblem(args: string[]): string | undefined {
  if (args[0]?.startsWith('[')) return undefined
  if (args.length === 1 && args[0] === 'doctor') return undefined
  if (args[0] === 'status') return statusProblem(args.slice(1))
  const isQuestion = args[0] === 'doctor' || args[0] === 'explain'
  const given = isQuestion ? args.slice(1).filter((word) => word !== '--json') : args
  try {
    const command = parseCommand(isQuestion && given.length === 0 ? ['server.js'] : given)
    if (command.kind !== 'run') return undefined
    const unknown = command.options.nodeArgs?.find((word) => !isNodeOption(word))
    return unknown && `hot-runner and node know no ${unknown}`
  } catch (error) {
    return String(error)
  }
}

function statusProblem(args: string[]): string | undefined {
  try {
    readStatusOptions(args)
    return undefined
  } catch (error) {
    return String(error)
  }
}

function nodeProblem(args: string[]): string | undefined {
  return args
    .filter((word) => word.startsWith('-'))
    .filter((word) => !isNodeOption(word))
    .map((word) => `node knows no ${word}`)[0]
}

/** What Node takes on the command line alone. */
const commandLineOnly = ['test']

function isNodeOption(word: string): boolean {
  if (!word.startsWith('-')) return true
  const [name = ''] = word.replace(/^-+/, '').split('=')
  const isShort = Object.values(nodeShortOptions).includes(name)
  return (
    isShort ||
    process.allowedNodeEnvironmentFlags.has(`--${name}`) ||
    nodeValueOptions.includes(name) ||
    commandLineOnly.includes(name)
  )
}

function unknownPackage(args: string[]): string | undefined {
  const names = args.filter((word) => !word.startsWith('-'))
  const unknown = names.find((name) => !packages.has(plain(name)))
  if (unknown) return `the tests know no package ${unknown}`
  const other = names.find((name) => isOurs(name) && name !== plain(name) + tag)
  return other && `${other} is another release than ${plain(other)}${tag}`
}

function missingScript(name = ''): string | undefined {
  return Object.hasOwn(scripts, name) ? undefined : `package.json has no script ${name}`
}
