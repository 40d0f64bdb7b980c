import { relative } from 'node:path'
import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import { loaderHint } from './crash-hint.ts'
import type { CrashEvent, ListeningEvent, RestartReason, UpdateEvent } from './events.ts'
import { printable } from './printable.ts'
import type { Runner } from './runner.ts'

/** Where lines go, and whether it is a terminal. */
export type Output = Pick<WriteStream, 'write' | 'isTTY'> & { rows?: number }

/** How the screen looks. */
export interface ScreenOptions {
  /** Clear the terminal at a restart, unless an error is on it. */
  clear: boolean
  /** Shown once, below the first line. */
  hint?: string
  /** The keys can be pressed. */
  keys?: boolean
}

const shownEnds = 6

/** What the user sees of a runner: a line for each thing that happens. */
export class Screen {
  readonly #output: Output
  readonly #runner: Runner
  readonly #options: ScreenOptions
  readonly #colors: ReturnType<typeof pc.createColors>
  readonly #advised = new Set<string>()
  #isHotTold = false
  #errorOnScreen = false

  constructor(runner: Runner, output: Output, options: ScreenOptions) {
    this.#runner = runner
    this.#output = output
    this.#options = options
    const { NO_COLOR, TERM } = process.env
    this.#colors = pc.createColors(output.isTTY === true && !NO_COLOR && TERM !== 'dumb')
  }

  /** Shows events from now on. */
  attach(): void {
    const { green, yellow } = this.#colors
    this.#runner
      .on('start', ({ count }) => {
        if (count > 1) return
        if (this.#options.clear) this.clear()
        this.line(`starting ${green(printable(this.#runner.options.script))}`)
        if (this.#options.hint) this.line(this.#colors.dim(this.#options.hint))
      })
      .on('restart', ({ reason }) => this.#restart(reason))
      .on('invalidate', ({ paths: [path], boundaries }) => {
        // What is accepted is told by its update.
        if (path && boundaries.length > 0)
          this.line(this.#colors.dim(`${this.#short(path)} is new at its next import()`))
      })
      .on('hot', ({ text }) => this.#hot(text))
      .on('update', (update) => this.#update(update))
      .on('listening', (event) => this.#listening(event))
      .on('pause', ({ paused }) =>
        this.line(paused ? yellow('paused: what is saved waits for the next p') : 'goes on'),
      )
      .on('handoff', ({ pid, previousPid }) =>
        this.line(`process ${pid} serves now, ${previousPid} is told to stop`),
      )
      .on('crash', (crash) => this.#crash(crash))
  }

  /** One line: prefix, time, text, in which names are printable. */
  line(text: string): void {
    const { blue, dim } = this.#colors
    const time = new Date().toTimeString().slice(0, 8)
    this.#output.write(`${blue('[hot-runner]')} ${dim(time)} ${text}\n`)
  }

  /** A block of text as it is. */
  text(text: string): void {
    this.#output.write(`${text}\n`)
  }

  /** What the user types, which a terminal in raw mode does not show by itself. */
  echo(text: string): void {
    if (this.#output.isTTY === true) this.#output.write(text)
  }

  /** Empties the terminal; what was on it can still be scrolled back to. */
  clear(): void {
    if (this.#output.isTTY !== true) return
    this.#errorOnScreen = false
    const scroll = '\n'.repeat(Math.max(0, (this.#output.rows ?? 1) - 1))
    this.#output.write(`${scroll}\x1b[H\x1b[J`)
  }

  #restart(reason: RestartReason): void {
    if (this.#options.clear && !this.#errorOnScreen) this.clear()
    const { green, yellow } = this.#colors
    switch (reason.kind) {
      case 'full-reload': {
        const chain = reason.chain.length > 0 ? reason.chain : [reason.path]
        // A path says why by itself.
        const why = chain.length === 1 && reason.reason ? ` (${printable(reason.reason)})` : ''
        this.line(`full reload: ${this.#chain(chain)}${why}`)
        if (reason.advice !== undefined) this.#advise(reason.advice)
        else if (reason.shouldBeReloadable) {
          this.line(yellow('this file could be hot: no importer on this path accepts it'))
        }
        return
      }
      case 'save':
        this.line(`${green(this.#short(reason.path))} was saved: starting again`)
        return
      case 'asked':
        this.line(`restarting (${printable(reason.text)})`)
    }
  }

  /** Each restart tells it: only the first is news. */
  #hot(text: string): void {
    if (this.#isHotTold) return
    this.#isHotTold = true
    this.line(this.#colors.dim(printable(text)))
  }

  /** What would have made it hot: once for the two modules that its first line names. */
  #advise(advice: string): void {
    const lines = advice.split('\n')
    const [edge = ''] = lines
    if (this.#advised.has(edge)) return
    this.#advised.add(edge)
    for (const line of [...lines, 'hot-runner doctor shows the whole picture']) {
      this.text(`  ${printable(line)}`)
    }
  }

  #update({ files, modules, durationMs }: UpdateEvent): void {
    this.#errorOnScreen = false
    const { green } = this.#colors
    const [first] = files
    const more = files.length > 1 ? ` and ${files.length - 1} more` : ''
    const names = first === undefined ? '' : `: ${green(this.#short(first))}${more}`
    this.line(`${amount(modules.length, 'module')} in ${durationMs.toFixed(1)} ms${names}`)
  }

  #listening({ address, port, afterMs }: ListeningEvent): void {
    this.#errorOnScreen = false
    const where = port === undefined ? printable(address) : `port ${port}`
    this.line(`listening on ${this.#colors.green(where)} after ${afterMs} ms`)
  }

  /** What helps where Node's own words do not say it. */
  #hint(uncaught: CrashEvent['uncaught']): string | undefined {
    const { nodeArgs, script } = this.#runner.options
    const hasLoader = nodeArgs.some((argument) => /^(?:-r|--(?:import|require))/.test(argument))
    return uncaught && !hasLoader ? loaderHint(uncaught.message, printable(script)) : undefined
  }

  #crash({ code, signal, oldServes, waits, error, takenPort, uncaught }: CrashEvent): void {
    this.#errorOnScreen = true
    const { red, bold } = this.#colors
    const script = printable(this.#runner.options.script)
    const ending = error?.message ?? (signal ? `killed by ${signal}` : `exit code ${code}`)
    const how = printable(ending)
    if (oldServes) {
      this.line(red(bold(`the new process of ${script} failed (${how})`)))
      this.line('the old one goes on serving; the next save tries again')
      return
    }
    if (takenPort !== undefined) {
      this.line(red(bold(`${script} cannot listen: port ${takenPort} is taken`)))
      if (waits) this.line(`free the port, then ${this.#options.keys ? 'press r' : 'save a file'}`)
      return
    }
    this.line(red(bold(`${script} crashed (${how})`)))
    const hint = this.#hint(uncaught)
    if (hint !== undefined) this.line(hint)
    if (waits) this.line('waiting for a save to start it again')
  }

  #chain(chain: readonly string[]): string {
    const names = chain.map((file) => this.#short(file))
    const hidden = names.length - 2 * shownEnds
    if (hidden > 1) names.splice(shownEnds, hidden, `… ${hidden} more …`)
    const { green } = this.#colors
    return names.map((name, index) => (index === 0 ? green(name) : name)).join(' → ')
  }

  #short(path: string): string {
    const short = relative(this.#runner.options.cwd, path)
    return printable(short === '' || short.startsWith('..') ? path : short)
  }
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
