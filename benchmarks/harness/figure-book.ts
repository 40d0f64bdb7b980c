import type { Figure } from './figures.ts'
import { DidNotFinish } from './time-limit.ts'

/** Gathers samples while candidates take turns: one figure for each candidate and scenario. */
export class FigureBook {
  readonly #figures = new Map<string, Figure>()

  get figures(): Figure[] {
    return [...this.#figures.values()]
  }

  /** True until the candidate has failed, cannot, or did not finish in this scenario. */
  isOpen(candidate: string, scenario: string): boolean {
    return this.#figure(candidate, scenario).status === 'measured'
  }

  didNotFinish(candidate: string, scenario: string): boolean {
    return this.#figure(candidate, scenario).status === 'did not finish'
  }

  add(candidate: string, scenario: string, samples: Record<string, number | number[]>): void {
    const { metrics } = this.#figure(candidate, scenario)
    for (const [metric, value] of Object.entries(samples)) {
      metrics[metric] = [...(metrics[metric] ?? []), ...(Array.isArray(value) ? value : [value])]
    }
  }

  note(candidate: string, scenario: string, note: string): void {
    this.#figure(candidate, scenario).note = note
  }

  close(candidate: string, scenario: string, status: Figure['status'], note: string): void {
    Object.assign(this.#figure(candidate, scenario), { status, note })
  }

  /** Runs `sample`; a time limit or an error closes the figure instead of ending the whole run. */
  async attempt(
    candidate: string,
    scenario: string,
    sample: () => Promise<Record<string, number | number[]>>,
  ): Promise<boolean> {
    if (!this.isOpen(candidate, scenario)) return false
    try {
      this.add(candidate, scenario, await sample())
      return true
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const status = error instanceof DidNotFinish ? 'did not finish' : 'failed'
      this.close(candidate, scenario, status, message)
      console.error(`    ${candidate}, ${scenario}: ${status}: ${message}`)
      return false
    }
  }

  #figure(candidate: string, scenario: string): Figure {
    const key = `${candidate}\0${scenario}`
    let figure = this.#figures.get(key)
    if (!figure) {
      figure = { candidate, scenario, status: 'measured', metrics: {} }
      this.#figures.set(key, figure)
    }
    return figure
  }
}
