import { parseArgs } from 'node:util'
import { type JsonTarget, parseJsonTarget } from './json-output.ts'
import { mistakeOf } from './mistaken-options.ts'
import { nodeShortOptions, nodeValueOptions, refusalOf } from './node-options.ts'
import { type RunnerOptions, RunnerOptionsError } from './options.ts'
import { startedScript } from './package-script.ts'

/** What a command line asks for. */
export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | {
      kind: 'run'
      options: RunnerOptions
      keys: boolean
      clearScreen: boolean
      /** Where each event is written to. */
      json: JsonTarget | undefined
      ui: UiCommand
    }

/** What is asked of the viewer. */
export interface UiCommand {
  /** Show the graph on this port, 0: any; `undefined`: when the key is pressed. */
  port: number | undefined
  /** Pages of the script renew themselves. */
  refresh: boolean
}

export const help = `
hot-runner: runs a script with Hot Hook, restarts it when it must, survives its crashes

Usage: hot-runner [options] [node options] script [script arguments]
       hot-runner doctor [--json] [node options] [script]
       hot-runner explain [--json] [node options] <file> [script]
       hot-runner status [--all] [--timeout=<ms>]

  hot-runner server.ts
  hot-runner --import=tsx --inspect src/index.ts --port 3000

Commands
  doctor                  start the script once, and tell what a save of each of its files would do,
                          and what would make it hot; --json: as data
  explain <file>          the same for one file
  status                  ask the runner of this directory, in JSON: whether the last save is live, what
                          failed and where, what runs; waits up to 10 s for what is due

Options
  --kill-signal <signal>  the signal that tells the script to end (SIGTERM)
  --kill-timeout <ms>     from that to SIGKILL when the script has to end (5000)
  --handoff               full reloads without a refused connection: the new process starts
                          beside the old one and takes over its port
  --no-standby            start the next process when it is needed, and not before: it saves memory;
                          --standby=boot: before, but without the packages of the script
  --reload <glob>         files that restart the script, on top of "reload" in package.json;
                          may be repeated, quote it: --reload 'config/**'
  --ignore <glob>         files that are never hot nor watched, on top of "ignore"; may be repeated
  --poll[=<ms>]           look at files at intervals (100), for bind mounts that send no events
  --exit-on-crash         end with the script's exit code instead of waiting for a save
  --json[=<file>|=fd:<n>] write every event as a line of JSON: to a file, an open descriptor, or stdout
                          (the script's own stdout goes to stderr then)
  --clear-screen          clear the terminal at a restart, unless an error is on it
  --ui[=<port>]           the module graph, live, in a browser: prints the address (a free port)
  --refresh               pages that the script answers renew themselves in the browser
  --no-keys               leave the keyboard to the script
  --node-args <arg>       an option for node, may be repeated
  --script-args <arg>     an argument for the script, may be repeated
  -h, --help              show this
  -v, --version           show the versions of hot-runner and node

Any other option in front of the script goes to node. What follows the script is the script's.
`

const switches = [
  'help',
  'version',
  'handoff',
  'exit-on-crash',
  'clear-screen',
  'no-clear-screen',
  'keys',
  'no-keys',
  'refresh',
] as const
const values = [
  'kill-signal',
  'kill-timeout',
  'reload',
  'ignore',
  'node-args',
  'script-args',
] as const

type Switch = (typeof switches)[number]
type Value = (typeof values)[number]
type OptionToken = Extract<ReturnType<typeof tokenize>[number], { kind: 'option' }>

/**
 * Reads a command line, without `node` and the program's own name. Node has the last word on its own
 * options; here they are only told from the script.
 *
 * @throws {RunnerOptionsError} for anything of ours that makes no sense
 */
export function parseCommand(args: readonly string[]): Command {
  const on = new Set<Switch>()
  const nodeArgs: string[] = []
  const scriptArgs: string[] = []
  const reload: string[] = []
  const ignore: string[] = []
  let script: string | undefined
  let killTimeout: number | undefined
  let killSignal: string | undefined
  let poll: boolean | number = false
  let json: JsonTarget | undefined
  let uiPort: number | undefined
  let standby: boolean | 'boot' = true
  let pushed = -1

  for (const token of tokenize(args)) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      script = token.value
      scriptArgs.push(...args.slice(token.index + 1))
      break
    }
    const { name } = token
    if (isSwitch(name)) on.add(readSwitch(name, token))
    else if (name === 'poll') poll = token.value === undefined || readNumber('poll', token.value)
    else if (name === 'json') json = parseJsonTarget(token.value)
    else if (name === 'ui') uiPort = token.value === undefined ? 0 : readPort('ui', token.value)
    else if (name === 'standby') standby = readStandby(token)
    else if (name === 'no-standby') {
      readSwitch(name, token)
      standby = false
    } else if (!isValue(name)) {
      // `-abc` is one argument to node, three options to the parser.
      if (token.index !== pushed) nodeArgs.push(...nodeArgument(token, args))
      pushed = token.index
    } else if (name === 'kill-timeout') killTimeout = readNumber(name, readValue(token))
    else if (name === 'kill-signal') killSignal = readValue(token)
    else if (name === 'reload') reload.push(readValue(token))
    else if (name === 'ignore') ignore.push(readValue(token))
    else if (name === 'node-args') nodeArgs.push(oneArgument(readValue(token)))
    else scriptArgs.push(readValue(token))
    if (on.has('help')) return { kind: 'help' }
    if (on.has('version')) return { kind: 'version' }
  }

  if (script === undefined) {
    const last = nodeArgs.at(-1)
    const taken = last === undefined ? '' : ` All of "${args.join(' ')}" was taken for options.`
    const started = startedScript(process.cwd())
    const usage = started
      ? ` "${started.command}" runs ${started.script}: hot-runner ${started.script}`
      : ' Usage: hot-runner server.ts'
    throw new RunnerOptionsError(`No script to run.${taken}${usage}`)
  }
  return {
    kind: 'run',
    keys: !on.has('no-keys'),
    clearScreen: on.has('clear-screen') && !on.has('no-clear-screen'),
    json,
    ui: { port: uiPort, refresh: on.has('refresh') },
    options: {
      script,
      scriptArgs,
      nodeArgs,
      reload,
      ignore,
      handoff: on.has('handoff'),
      standby,
      poll,
      exitOnCrash: on.has('exit-on-crash'),
      ...(json === 'stdout' && { stdio: 'stderr' }),
      ...(killTimeout !== undefined && { killTimeout }),
      ...(killSignal !== undefined && { killSignal: killSignal as NodeJS.Signals }),
    },
  }
}

function tokenize(args: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    poll: { type: 'boolean' },
    json: { type: 'boolean' },
    ui: { type: 'boolean' },
    standby: { type: 'boolean' },
    'no-standby': { type: 'boolean' },
  }
  for (const name of nodeValueOptions) {
    const short = nodeShortOptions[name]
    options[name] = short === undefined ? { type: 'string' } : { type: 'string', short }
    // Node takes --env_file for --env-file.
    options[name.replaceAll('-', '_')] ??= { type: 'string' }
  }
  for (const name of values) options[name] = { type: 'string' }
  for (const name of switches) options[name] = { type: 'boolean' }
  options.help = { type: 'boolean', short: 'h' }
  options.version = { type: 'boolean', short: 'v' }
  return parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens
}

/** An option of Node as it was written, with its value when that is the next argument. */
function nodeArgument(token: OptionToken, args: readonly string[]): string[] {
  const written = args[token.index] ?? token.rawName
  const refusal = refusalOf(written)
  if (refusal !== undefined) {
    throw new RunnerOptionsError(`${written} cannot be used with hot-runner: ${refusal}.`)
  }
  const mistake = mistakeOf(token.name, [
    ...switches,
    ...values,
    'poll',
    'json',
    'ui',
    'standby',
    'no-standby',
  ])
  if (mistake !== undefined) {
    throw new RunnerOptionsError(`There is no option ${written.split('=', 1)[0]}: ${mistake}`)
  }
  const next = token.value !== undefined && !token.inlineValue ? [token.value] : []
  return [written, ...next]
}

function readStandby({ value }: OptionToken): boolean | 'boot' {
  if (value === undefined) return true
  if (value === 'boot') return 'boot'
  throw new RunnerOptionsError(`--standby: expected --standby or --standby=boot, got "${value}".`)
}

function readSwitch<Name extends string>(name: Name, token: OptionToken): Name {
  if (token.value === undefined) return name
  throw new RunnerOptionsError(`--${name} takes no value, got "${token.value}".`)
}

function readValue(token: OptionToken): string {
  if (token.value !== undefined && token.value !== '') return token.value
  throw new RunnerOptionsError(`--${token.name} needs a value: --${token.name}=<value>.`)
}

function readNumber(name: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value)
  throw new RunnerOptionsError(`--${name}: expected a number of milliseconds, got "${value}".`)
}

function readPort(name: string, value: string): number {
  if (/^\d+$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw new RunnerOptionsError(`--${name}: expected a port, 0 to 65535, got "${value}".`)
}

function oneArgument(value: string): string {
  if (!/^-[^\s=]*\s/.test(value)) return value
  throw new RunnerOptionsError(
    `--node-args takes one argument at a time, got "${value}". Write --node-args=${value.replace(/\s+/, '=')}`,
  )
}

function isSwitch(name: string): name is Switch {
  return switches.some((known) => known === name)
}

function isValue(name: string): name is Value {
  return values.some((known) => known === name)
}
