import { parseArgs } from 'node:util'
import { RunnerOptionsError } from './options.ts'
import { askEverywhere, askHere } from './runners-here.ts'
import type { RunnerStatus } from './status.ts'

/** What `hot-runner status` prints. */
export interface StatusReport {
  /** Every runner below is live. */
  live: boolean
  runners: RunnerStatus[]
}

/** Exit codes of `hot-runner status`; 2 is a wrong command line. */
export const statusCodes = { live: 0, notLive: 1, noRunner: 3 } as const

const defaultTimeout = 10_000

/**
 * `hot-runner status [--all] [--timeout=<ms>]`: asks the runners of this directory, those that run in it,
 * above or below it, or all of this user.
 *
 * @throws {RunnerOptionsError} for a command line that makes no sense
 */
export async function status(
  args: readonly string[],
): Promise<{ report: StatusReport; code: number }> {
  const { all, patience } = readStatusOptions(args)
  const request = { ask: 'status', patience } as const
  const runners = all
    ? await askEverywhere(request, isStatus)
    : await askHere(request, process.cwd(), isStatus)
  const live = runners.length > 0 && runners.every((runner) => runner.live)
  const { live: ok, notLive, noRunner } = statusCodes
  return { report: { live, runners }, code: live ? ok : runners.length > 0 ? notLive : noRunner }
}

/**
 * What is given to `hot-runner status`.
 *
 * @throws {RunnerOptionsError} for what makes no sense
 */
export function readStatusOptions(args: readonly string[]): { all: boolean; patience: number } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        all: { type: 'boolean' },
        json: { type: 'boolean' },
        timeout: { type: 'string' },
        wait: { type: 'boolean' },
      },
    })
    return { all: values.all === true, patience: milliseconds(values.timeout) }
  } catch (error) {
    if (error instanceof RunnerOptionsError) throw error
    const problem = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new RunnerOptionsError(`${problem}. Usage: hot-runner status [--all] [--timeout=<ms>]`)
  }
}

function milliseconds(text: string | undefined): number {
  if (text === undefined) return defaultTimeout
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new RunnerOptionsError(`--timeout: expected a number of milliseconds, got "${text}".`)
}

function isStatus(answer: object): answer is RunnerStatus {
  return 'live' in answer && 'directory' in answer && 'script' in answer
}
