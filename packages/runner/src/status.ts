import { setTimeout as wait } from 'node:timers/promises'
import type {
  CrashRecord,
  ErrorRecord,
  EventRecord,
  FullReloadRecord,
  InvalidateRecord,
  RestartRecord,
  StartRecord,
  UpdateRecord,
} from 'hot-hook/protocol'
import type { Settled } from './questions.ts'
import { followRunner } from './records.ts'
import type { Runner } from './runner.ts'

/** What `hot-runner status` says of one runner; all paths are absolute, times in milliseconds since 1970. */
export interface RunnerStatus {
  /**
   * Everything that was saved runs, or is loaded by the next `import()` of its boundary (`pending`), and
   * nothing of it has failed.
   */
  live: boolean
  /**
   * - `running`: the script has started up;
   * - `starting`, `restarting`: not yet;
   * - `crashed`: it is down, a save starts it again;
   * - `blocked`: it does not answer;
   * - `paused`: saves wait for the key `p`.
   */
  state: 'running' | 'starting' | 'restarting' | 'crashed' | 'blocked' | 'paused'
  /** The runner's own process. */
  runnerPid: number
  directory: string
  script: string
  /** The process of the script; `null` while it is down. */
  process: ProcessStatus | null
  /** What the last save has led to that had any effect. */
  lastSave: InvalidateRecord | FullReloadRecord | RestartRecord | null
  /** When new code ran last: an update, or a start. */
  lastUpdate: UpdateRecord | StartRecord | null
  /** Files whose new version the next `import()` of their boundary loads: until then nobody knows its errors. */
  pending: string[]
  /** What of the saves has failed and not been mended. */
  failures: (ErrorRecord | CrashRecord)[]
}

/** A process of the script. */
export interface ProcessStatus {
  pid: number | null
  startedAt: number
  /** How often the script has been started, this time included. */
  starts: number
  /** Where its servers listen; `port` is `null` for a pipe or a Unix socket. */
  listening: { address: string; port: number | null }[]
}

/** Milliseconds between two looks at what has to come by itself. */
const lookAgain = 20
/** How long a save of a script that is down may take to be noticed, in milliseconds. */
const noticeTime = 300
/** How long one question may take, in milliseconds: a script that is blocked may be started again meanwhile. */
const longestQuestion = 2_000
const shortestQuestion = 500

/** A process of the script, as far as it is known. */
interface Run {
  readonly status: ProcessStatus
  isStarted: boolean
}

/** Knows how a runner stands, from what it tells. */
export class Status {
  readonly #runner: Runner
  readonly #failures = new Map<string, ErrorRecord>()
  #crash: CrashRecord | undefined
  #run: Run | undefined
  /** The one that is to take over (`handoff`). */
  #next: Run | undefined
  /** The script is about to be started again. */
  #isRestartDue = false
  /** A process before has listened: this one will. */
  #listens = false
  #lastSave: RunnerStatus['lastSave'] = null
  #lastUpdate: RunnerStatus['lastUpdate'] = null

  constructor(runner: Runner) {
    this.#runner = runner
    followRunner(runner, (record) => this.#note(record))
  }

  /**
   * How it stands, when everything that was saved until now has been seen to.
   *
   * @param patience how long to wait for that, in milliseconds
   */
  async settled(patience: number): Promise<RunnerStatus> {
    const deadline = performance.now() + patience
    for (;;) {
      const left = Math.max(shortestQuestion, deadline - performance.now())
      const answer = this.#isDue
        ? undefined
        : await this.#runner.settle(Math.min(left, longestQuestion))
      await this.#noticed(deadline)
      const isSettled = !this.#isDue && (answer !== undefined || this.#run === undefined)
      if (isSettled || performance.now() >= deadline) return this.#snapshot(answer)
      await wait(lookAgain)
    }
  }

  /** A script that is down is watched by the runner, which needs a moment to see a save. */
  async #noticed(deadline: number): Promise<void> {
    const end = Math.min(deadline, performance.now() + noticeTime)
    while (this.#run === undefined && !this.#isDue && performance.now() < end) await wait(lookAgain)
  }

  /** Something comes by itself. */
  get #isDue(): boolean {
    if (this.#runner.paused) return false
    return this.#isRestartDue || (this.#run !== undefined && !this.#isUp(this.#run))
  }

  #isUp({ isStarted, status }: Run): boolean {
    return isStarted && (status.listening.length > 0 || !this.#listens)
  }

  #state(answers: boolean): RunnerStatus['state'] {
    if (this.#runner.paused) return 'paused'
    if (this.#isRestartDue) return 'restarting'
    if (this.#run === undefined) return 'crashed'
    if (!this.#isUp(this.#run)) return this.#run.status.starts > 1 ? 'restarting' : 'starting'
    return answers ? 'running' : 'blocked'
  }

  #snapshot(answer: Settled | undefined): RunnerStatus {
    const { cwd, scriptFile } = this.#runner.options
    const state = this.#state(answer !== undefined)
    // What has failed and is not stale has left the program, or was mended by a save of another file.
    const errors = [...this.#failures.values()].filter(
      ({ file }) => !answer || answer.isHeld || answer.stale.includes(file),
    )
    const failures = [...(this.#crash ? [this.#crash] : []), ...errors]
    return {
      live: state === 'running' && failures.length === 0 && answer?.isHeld === false,
      state,
      runnerPid: process.pid,
      directory: cwd,
      script: scriptFile,
      process: this.#run?.status ?? null,
      lastSave: this.#lastSave,
      lastUpdate: this.#lastUpdate,
      pending: failures.length === 0 ? (answer?.stale ?? []) : [],
      failures,
    }
  }

  #note(record: EventRecord): void {
    switch (record.event) {
      case 'start':
        this.#lastUpdate = record
        this.#started(record)
        return
      case 'handoff':
        if (this.#next) this.#takeOver(this.#next)
        return
      case 'listening': {
        const { pid, address, port } = record
        const run = [this.#next, this.#run].find((each) => each?.status.pid === pid)
        run?.status.listening.push({ address, port })
        this.#listens = true
        return
      }
      case 'hot': {
        const run = this.#next ?? this.#run
        if (run) run.isStarted = true
        return
      }
      case 'invalidate':
        this.#lastSave = record
        this.#forget(record.modules)
        return
      case 'update':
        this.#lastUpdate = record
        this.#forget(record.modules)
        return
      case 'error':
        // After any other one the new code runs all the same.
        if (record.phase === 'load' || record.phase === 'evaluate') {
          this.#failures.set(record.file, record)
        }
        return
      case 'full-reload':
        this.#lastSave = record
        this.#isRestartDue = !this.#runner.paused
        return
      case 'restart':
        if (record.kind === 'save') this.#lastSave = record
        this.#isRestartDue = true
        return
      case 'crash':
        this.#isRestartDue = false
        this.#next = undefined
        if (!record.oldServes) this.#run = undefined
        this.#crash = record
    }
  }

  #started({ pid, time, count }: StartRecord): void {
    const status = { pid, startedAt: time, starts: count, listening: [] }
    const run = { status, isStarted: false }
    // The old one serves until the new one does.
    if (this.#runner.pid === undefined) this.#takeOver(run)
    else this.#next = run
  }

  #takeOver(run: Run): void {
    this.#run = run
    this.#next = undefined
    this.#isRestartDue = false
    this.#crash = undefined
    this.#failures.clear()
  }

  #forget(files: readonly string[]): void {
    for (const file of files) this.#failures.delete(file)
  }
}
