import { emitKeypressEvents, type Key } from 'node:readline'
import type { ReadStream } from 'node:tty'
import { inForeground } from './foreground.ts'
import type { Runner } from './runner.ts'
import type { Screen } from './screen.ts'

/** What the keys do, as `h` shows it. */
export const keysHelp = `
  r, or rs and Enter   restart
  p                    pause: saves wait, and count as one at the next p
  u                    open the module graph in a browser
  c                    clear the screen
  q                    quit
  h                    show this help
  any other line goes to the script; Ctrl-C ends it, Ctrl-Z suspends it
`

/** What a key leads to outside the runner and its screen. */
export interface KeyActions {
  quit(): void
  /** Opens the graph. */
  ui(): void
  /** Ctrl-C, Ctrl-\ or Ctrl-Z. */
  signal(signal: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'): void
  /** The terminal went away. */
  hangup(): void
}

/** Bytes that arrive in one read and are exactly this are the command, as nodemon has it. */
const restartLine = /^rs\r?\n$/

/**
 * Reads stdin: keys for the runner, the rest for the script. In raw mode the terminal edits no lines,
 * so a line for the script is echoed and collected here.
 */
export class Keys {
  readonly #stdin: ReadStream
  readonly #runner: Runner
  readonly #screen: Screen
  readonly #actions: KeyActions
  #active = true
  #line = ''
  /** `r` was the last key, `rs`, or neither: an `s` and Enter after `r` belong to it. */
  #after: '' | 'r' | 'rs' = ''

  constructor(stdin: ReadStream, runner: Runner, screen: Screen, actions: KeyActions) {
    this.#stdin = stdin
    this.#runner = runner
    this.#screen = screen
    this.#actions = actions
  }

  /** Starts to read. */
  start(): void {
    const { input } = this.#runner
    this.#stdin.on('error', () => this.#gone())
    this.#stdin.on('end', () => this.#gone())
    if (this.#stdin.isTTY) {
      this.#raw()
      this.#runner.on('start', () => this.#raw()).on('crash', () => this.#raw())
      emitKeypressEvents(this.#stdin)
      this.#stdin.on('keypress', (_text, { sequence }: Key) => {
        // An arrow or a function key, longer than a character, means nothing to anybody here.
        if (sequence !== undefined && [...sequence].length === 1) this.#key(sequence)
      })
      return
    }
    this.#stdin.on('data', (chunk) => {
      if (restartLine.test(chunk.toString('latin1'))) this.#runner.restart('rs')
      else if (!input.write(chunk)) {
        this.#stdin.pause()
        input.once('drain', () => this.#stdin.resume())
      }
    })
  }

  /** Reads no more and gives the terminal back as it was. */
  stop(): void {
    this.#active = false
    this.#stdin.pause()
    this.#cooked()
  }

  /** Goes on after `stop`; true when it can: in the background, reading would stop this process. */
  resume(): boolean {
    if (this.#stdin.isTTY && !inForeground()) return false
    this.#active = true
    this.#raw()
    this.#stdin.resume()
    return true
  }

  /** The terminal as a shell expects it. */
  #cooked(): void {
    if (this.#stdin.isTTY && this.#stdin.isRaw) this.#stdin.setRawMode(false)
  }

  /** The terminal as the keys need it, whatever the script has left it like. */
  #raw(): void {
    if (!this.#active || !this.#stdin.isTTY) return
    // Node does nothing when it believes that the mode is set already.
    this.#cooked()
    this.#stdin.setRawMode(true)
  }

  #gone(): void {
    if (this.#stdin.isTTY) this.#actions.hangup()
    else this.#runner.input.end()
  }

  #key(key: string): void {
    if (this.#control(key)) return
    const { restart, line } = this.#continueRs(key)
    if (restart) return
    if (line !== '') this.#echo(line)
    if (key === '\r' || key === '\n') this.#enter()
    else if (key === '\x7f' || key === '\b') this.#erase()
    else if (this.#line === '' && this.#command(key)) return
    else if (key >= ' ' || key === '\t') this.#echo(key)
  }

  /** `rs` and Enter after the `r` that has restarted already; anything else begins a line. */
  #continueRs(key: string): { restart: boolean; line: string } {
    const after = this.#after
    this.#after = ''
    const enter = key === '\r' || key === '\n'
    if (after !== '' && enter) return { restart: true, line: '' }
    if (after === 'r' && key === 's') {
      this.#after = 'rs'
      return { restart: true, line: '' }
    }
    return { restart: false, line: after === 'rs' ? 's' : '' }
  }

  #control(key: string): boolean {
    if (key === '\x03') this.#actions.signal('SIGINT')
    else if (key === '\x1c') this.#actions.signal('SIGQUIT')
    else if (key === '\x1a') this.#actions.signal('SIGTSTP')
    else if (key === '\x04') this.#runner.input.end()
    else return false
    return true
  }

  #command(key: string): boolean {
    if (key === 'r') {
      this.#after = 'r'
      this.#runner.restart('r')
    } else if (key === 'p') {
      if (this.#runner.paused) this.#runner.resume()
      else this.#runner.pause()
    } else if (key === 'c') this.#screen.clear()
    else if (key === 'u') this.#actions.ui()
    else if (key === 'q') this.#actions.quit()
    else if (key === 'h') this.#screen.text(keysHelp)
    else return false
    return true
  }

  #echo(text: string): void {
    this.#line += text
    this.#screen.echo(text)
  }

  #erase(): void {
    if (this.#line === '') return
    this.#line = [...this.#line].slice(0, -1).join('')
    this.#screen.echo('\b \b')
  }

  #enter(): void {
    this.#screen.echo('\n')
    const { input } = this.#runner
    if (input.writable) input.write(`${this.#line}\n`)
    this.#line = ''
  }
}
