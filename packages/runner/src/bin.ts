import { readFileSync } from 'node:fs'
import { joinChannels } from './channel.ts'
import { type Command, help, parseCommand } from './cli.ts'
import { answer, isQuestion } from './doctor-command.ts'
import { inForeground } from './foreground.ts'
import { jsonOutput } from './json-output.ts'
import { Keys } from './keys.ts'
import { RunnerOptionsError } from './options.ts'
import { printable } from './printable.ts'
import { followRunner } from './records.ts'
import { Runner } from './runner.ts'
import { serveRunner } from './runner-socket.ts'
import { Screen } from './screen.ts'
import { Signals } from './signals.ts'
import { Status } from './status.ts'
import { status } from './status-command.ts'
import { Ui } from './ui.ts'

const usageError = 2
const oldestNode = [22, 22] as const

try {
  checkNode()
  const [first, ...rest] = process.argv.slice(2)
  if (isQuestion(first)) process.stdout.write(await answer(first, rest))
  else if (first === 'status') await printStatus(rest)
  else await start(parseCommand(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof RunnerOptionsError)) throw error
  process.stderr.write(`hot-runner: ${printable(error.message)}\n`)
  // What a script has said that could not be asked.
  if (typeof error.cause === 'string') process.stderr.write(error.cause)
  process.exitCode = usageError
}

type RunCommand = Extract<Command, { kind: 'run' }>

async function start(command: Command): Promise<void> {
  if (command.kind === 'help') process.stdout.write(help.trimStart())
  else if (command.kind === 'version') process.stdout.write(`${version()}\n`)
  else await run(command)
}

async function printStatus(args: readonly string[]): Promise<void> {
  const { report, code } = await status(args)
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  process.exitCode = code
}

async function run({
  options,
  keys,
  clearScreen: clear,
  json,
  ui: wanted,
}: RunCommand): Promise<void> {
  // A terminal that went away must not end us before the script has ended.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  // In the background the terminal is the shell's: reading from it would stop us.
  const background = process.stdin.isTTY && !inForeground()
  const stdin = background ? 'ignore' : keys ? 'pipe' : 'inherit'
  const ui = new Ui(wanted)
  const runner = new Runner({ ...(await ui.prepare(options)), stdin })
  const hasKeys = process.stdin.isTTY && stdin === 'pipe'
  const hint = hasKeys ? { hint: 'press h for help', keys: true } : {}
  const screen = new Screen(runner, process.stderr, { clear, ...hint })
  if (json !== undefined) followRunner(runner, jsonOutput(json))
  screen.attach()
  await answerOthers(runner)
  ui.attach(runner, screen)
  const signals = new Signals(runner)
  const reader =
    stdin === 'pipe'
      ? new Keys(process.stdin, runner, screen, {
          quit: () => signals.end('quit'),
          ui: () => void ui.open(),
          signal: (signal) => signals.typed(signal),
          hangup: () => signals.end('SIGHUP'),
        })
      : undefined
  signals.attach(reader)
  joinChannels(runner)
  // Node gives a terminal back, when it ends, as it was when it began: the keys come first.
  reader?.start()
  await runner.start()
}

/** This user's `hot-runner status` and `doctor` are answered as long as the runner lives. */
async function answerOthers(runner: Runner): Promise<void> {
  const known = new Status(runner)
  const socket = await serveRunner(async (request) => {
    if (request.ask === 'status') return known.settled(request.patience)
    const { cwd: directory, scriptFile: script } = runner.options
    return { directory, script, files: await runner.explain(request.files) }
  })
  // A signal that ends this process leaves no other time.
  runner.on('exit', () => socket?.close())
  process.on('exit', () => socket?.close())
}

function checkNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldestNode
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new RunnerOptionsError(
    `Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}.`,
  )
}

function version(): string {
  const file = new URL('../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return `hot-runner ${version}, node ${process.version}`
}
