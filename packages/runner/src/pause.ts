import type { RestartReason } from './events.ts'

/** What would start the script again waits while saves wait. */
export class Pause {
  #isOn = false
  #waiting: RestartReason | undefined

  get isOn(): boolean {
    return this.#isOn
  }

  /** False when it has begun before. */
  begin(): boolean {
    const isNew = !this.#isOn
    this.#isOn = true
    return isNew
  }

  /** What has waited. */
  end(): RestartReason | undefined {
    const waiting = this.#waiting
    this.#isOn = false
    this.#waiting = undefined
    return waiting
  }

  /** Whether a restart has to wait; the first of several is kept. */
  holds(reason: RestartReason): boolean {
    if (this.#isOn) this.#waiting ??= reason
    return this.#isOn
  }

  /** The script is started: it has everything that was saved. */
  started(): void {
    this.#waiting = undefined
  }
}
