import type { EventRecord } from 'hot-hook/protocol'
import { wirePath } from '../sources/wire-graph.ts'
import type { ChangeMessage, ErrorMessage, RefreshMessage, ShownError } from './messages.ts'

/** Who comes later is told so many changes: a page connects right after it was made. */
const mostKept = 50

export interface PageChangesOptions {
  rootDirectory(): string
  /** The runner hands over: pages are old when the new process has taken over, not when it listens. */
  handsOver?: boolean
}

/** What the events of a program mean for the pages that it has made. */
export class PageChanges {
  readonly #options: PageChangesOptions
  readonly #tell: (message: RefreshMessage) => void
  readonly #changes: ChangeMessage[] = []
  /** Modules that the next request loads: their update is no news for a page that was told. */
  readonly #announced = new Set<string>()
  readonly #failed = new Set<string>()
  #error: ErrorMessage | undefined
  #startedAt: number | undefined

  constructor(options: PageChangesOptions, tell: (message: RefreshMessage) => void) {
    this.#options = options
    this.#tell = tell
  }

  /** What a page has to know that connects now. */
  get current(): RefreshMessage[] {
    return [...this.#changes, ...(this.#error ? [this.#error] : [])]
  }

  /** Another process serves since `time`. */
  restarted(time: number, pid?: number | null): void {
    this.#announced.clear()
    this.#healed(time)
    this.#change({ type: 'change', time, reason: 'restart', ...(pid != null && { pid }) })
  }

  add(record: EventRecord): void {
    const { time } = record
    switch (record.event) {
      case 'invalidate':
        // What is accepted is loaded without a request: its update follows.
        if (record.boundaries.length === 0) return
        for (const path of record.modules) this.#announced.add(path)
        this.#change({
          type: 'change',
          time,
          reason: 'stale',
          boundaries: this.#names(record.boundaries),
        })
        return
      case 'update':
        this.#updated(record)
        return
      case 'error':
        // A handler that fails stops no update.
        if (record.phase === 'dispose' || record.phase === 'prune') return
        this.#failed.add(record.file)
        this.#fail(time, {
          title: `${this.#name(record.file)} could not be ${verbs[record.phase]}`,
          message: record.message,
          detail: record.frame ?? record.stack ?? '',
        })
        return
      case 'crash':
        this.#fail(time, {
          title: record.oldServes ? 'The new process failed' : 'The program crashed',
          message: record.message ?? `exit code ${record.code ?? record.signal}`,
          detail: record.frame ?? record.stack ?? '',
        })
        return
      case 'start':
        this.#startedAt = time
        return
      case 'listening':
        if (this.#startedAt === undefined || this.#options.handsOver) return
        this.restarted(this.#startedAt)
        this.#startedAt = undefined
        return
      case 'handoff':
        // The old one answers on connections that it has.
        this.restarted(time, record.pid)
        return
    }
  }

  #updated({ time, files, modules, boundaries }: Extract<EventRecord, { event: 'update' }>): void {
    for (const path of [...files, ...modules]) this.#failed.delete(path)
    if (this.#failed.size === 0) this.#healed(time)
    const isKnown = modules.every((path) => this.#announced.delete(path)) && boundaries.length > 0
    if (!isKnown) this.#change({ type: 'change', time, reason: 'update' })
  }

  #change(change: ChangeMessage): void {
    this.#changes.push(change)
    if (this.#changes.length > mostKept) this.#changes.shift()
    this.#tell(change)
  }

  #fail(time: number, error: ShownError): void {
    this.#error = { type: 'error', time, error }
    this.#tell(this.#error)
  }

  #healed(time: number): void {
    this.#failed.clear()
    if (!this.#error) return
    this.#error = undefined
    this.#tell({ type: 'error', time, error: null })
  }

  #names(files: readonly string[]): string[] {
    return files.map((file) => this.#name(file))
  }

  #name(file: string): string {
    return wirePath(file, this.#options.rootDirectory())
  }
}

const verbs = { load: 'loaded', evaluate: 'evaluated', accept: 'accepted' } as const
