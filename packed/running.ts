import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'

const deadlineMs = 30_000

/** A command that runs, with all that it has started, until it is disposed. */
export class Running {
  readonly #child: ChildProcess
  /** What it has printed. */
  output = ''

  constructor([command = '', ...args]: readonly string[], cwd: string) {
    const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
    const env = { ...process.env, PATH: path }
    this.#child = spawn(command, args, { cwd, env, detached: true })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text) => {
        this.output += String(text)
      })
    }
  }

  /** Waits until it has printed something. */
  async see(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + deadlineMs
    for (;;) {
      const found = pattern.exec(this.output)
      if (found) return found
      if (Date.now() > deadline) throw new Error(`${pattern} was not seen in:\n${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  [Symbol.dispose](): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGTERM')
  }
}
