import { setTimeout as wait } from 'node:timers/promises'
import type { FileStamp } from 'hot-hook/protocol'
import { isSavedAfter, WatchList } from './watch-list.ts'

/**
 * How often in a row a script is started for a save that it missed. One that writes its own sources and
 * crashes, or does so in a long start, would otherwise be started for ever.
 */
const mostLateStarts = 3
/** A script that ran for so long, in milliseconds, was no loop of late starts. */
const goodRun = 10_000
/** A file that is empty may be in the middle of a save: it is given this long, in milliseconds. */
const saveTime = 200
const saveCheck = 20
/** A script that answers within this time after a save, in milliseconds, has seen it itself. */
const lastChance = 200

/** A process of the script, as far as its saves are concerned. */
interface Run {
  readonly startedAt: number
  readonly lastError: string
}

/** Sees to saves that Hot Hook cannot see: while the script is down, or does not answer. */
export class SaveWatch {
  readonly #list: WatchList
  readonly #entry: string
  readonly #onSave: (path: string) => void
  #lateStarts = 0
  #startedAt = 0
  #lastChance: NodeJS.Timeout | undefined
  /** A save that did not count waits for the end of a young script, once until the user works with it. */
  #overdue: NodeJS.Timeout | undefined
  #wasOverdue = false

  /** @param onSave the script is to be started again, because this file was saved */
  constructor(entry: string, poll: number | undefined, onSave: (path: string) => void) {
    this.#entry = entry
    this.#list = new WatchList(entry, poll)
    this.#onSave = onSave
  }

  /** A process is started: Hot Hook watches from now on. */
  started(): void {
    this.close()
    this.#startedAt = Date.now()
    this.#list.started()
    this.#list.note([this.#entry])
  }

  /** These files belong to the program now, as they were when they were read. */
  note(paths: readonly string[], stamps: readonly (FileStamp | null)[]): void {
    this.#list.note(paths, stamps)
  }

  /** The user works with a script that runs: whatever was saved late before is settled. */
  settled(): void {
    this.#lateStarts = 0
    this.#wasOverdue = false
  }

  /** The script is down: the next save starts it, and one that it missed does at once. */
  afterCrash(run: Run | undefined): void {
    this.close()
    if (run && Date.now() - run.startedAt > goodRun) this.#lateStarts = 0
    const countsLate = this.#lateStarts < mostLateStarts
    this.#list.open(
      (path, stats) =>
        run !== undefined && countsLate && this.#list.isNewer(path, stats, run.startedAt),
      (path, late) => {
        this.#lateStarts = late ? this.#lateStarts + 1 : 0
        this.#onSave(path)
      },
      { error: run?.lastError },
    )
  }

  /**
   * The script does not answer, and so Hot Hook in it does not see what is saved. It may be starting, and
   * write files itself, which must not start it for ever: data that it has not loaded does not count,
   * and of other files so many as of those that it missed. One more counts when the script has had its
   * time and still does not answer: who has mended an endless loop saves quickly, too.
   */
  whileBlocked(since: number): void {
    const isYoung = () => Date.now() - this.#startedAt < goodRun
    const counts = (path: string) => {
      if (!isYoung()) this.#lateStarts = 0
      if (this.#list.isForeignData(path)) return false
      if (this.#lateStarts < mostLateStarts) return true
      if (!this.#wasOverdue) this.#noteOverdue(path)
      return false
    }
    this.#list.open(
      (_, stats) => isSavedAfter(stats, since),
      (path) => {
        this.#lastChance = setTimeout(() => {
          this.#lateStarts += isYoung() ? 1 : 0
          this.#onSave(path)
        }, lastChance)
      },
      { counts },
    )
  }

  /**
   * The script ended well. Whether that was only because it read its entry in the middle of a save: what
   * it missed is there now.
   */
  async endedInSave(): Promise<boolean> {
    if (this.#lateStarts >= mostLateStarts) return false
    const deadline = performance.now() + (this.#list.wasEmpty(this.#entry) ? saveTime : 0)
    while (!this.#list.hasChanged(this.#entry)) {
      if (performance.now() >= deadline) return false
      await wait(saveCheck)
    }
    this.#lateStarts += 1
    return true
  }

  #noteOverdue(path: string): void {
    this.#overdue ??= setTimeout(
      () => {
        this.#wasOverdue = true
        this.#onSave(path)
      },
      this.#startedAt + goodRun - Date.now(),
    )
  }

  /** Watches no more: the script answers again, or nobody waits for it. */
  close(): void {
    clearTimeout(this.#lastChance)
    clearTimeout(this.#overdue)
    this.#overdue = undefined
    this.#list.close()
  }
}
