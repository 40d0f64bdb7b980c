import { constants } from 'node:os'
import type { ExitEvent } from './events.ts'
import type { Keys } from './keys.ts'
import type { Runner } from './runner.ts'

/** npm passes a Ctrl-C on that the terminal has sent already: within this time it is the same one. */
const sameSignal = 500
const foregroundCheck = 500

const ending: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK']

/**
 * Ties this process to a runner: signals end it, and this process ends as the script did.
 */
export class Signals {
  readonly #runner: Runner
  #keys: Keys | undefined
  #endedBy: { signal: NodeJS.Signals | 'quit'; at: number } | undefined

  constructor(runner: Runner) {
    this.#runner = runner
  }

  /** Takes the signals over. */
  attach(keys: Keys | undefined): void {
    this.#keys = keys
    for (const signal of ending) process.on(signal, () => this.end(signal))
    if (process.platform !== 'win32') {
      process.on('SIGWINCH', (signal) => this.#runner.signal(signal))
      process.on('SIGUSR2', (signal) => this.#runner.restart(signal))
      process.on('SIGTSTP', () => this.#stopHere())
      process.on('SIGCONT', () => this.#resume())
    }
    this.#runner.on('exit', (exit) => this.#leave(exit))
    process.on('exit', () => keys?.stop())
  }

  /** Ends the script with this signal; asked a second time, at once. */
  end(signal: NodeJS.Signals | 'quit'): void {
    if (this.#endedBy) {
      if (performance.now() - this.#endedBy.at > sameSignal) this.#runner.kill()
      return
    }
    this.#endedBy = { signal, at: performance.now() }
    void this.#runner.stop(signal === 'quit' ? undefined : signal)
  }

  /**
   * A key that a terminal in raw mode leaves to us. It is meant for everybody in the foreground: npm,
   * and what the output is piped to, as much as for the runner.
   */
  typed(signal: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'): void {
    if (process.platform !== 'win32') process.kill(0, signal)
    else if (signal === 'SIGINT') this.end(signal)
  }

  #stopHere(): void {
    this.#keys?.stop()
    this.#runner.signal('SIGSTOP')
    process.kill(process.pid, 'SIGSTOP')
  }

  #resume(): void {
    this.#runner.signal('SIGCONT')
    const keys = this.#keys
    if (keys === undefined || keys.resume()) return
    // From the background to the foreground a shell moves us without a word.
    const timer = setInterval(() => {
      if (this.#endedBy || keys.resume()) clearInterval(timer)
    }, foregroundCheck)
  }

  #leave(exit: ExitEvent): void {
    this.#keys?.stop()
    const asked = this.#endedBy?.signal
    if (asked === 'quit') process.exit(exit.code ?? 0)
    const signal = exit.code === null ? (asked ?? exit.signal) : undefined
    // Down after a crash there was no process left to answer a signal.
    const unanswered = asked !== undefined && this.#runner.crashed !== undefined
    dieLike(unanswered ? asked : signal, exit.code ?? 1)
  }
}

function dieLike(signal: NodeJS.Signals | undefined | null, code: number): void {
  if (!signal) process.exit(code)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // The first process of a container does not die of its own signals.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 50)
}
